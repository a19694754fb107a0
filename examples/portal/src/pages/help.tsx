// Questions and answers of the company, and feedback to it.
import { useState } from 'react';
import { useAction, useData } from '../api/hooks';
import { FeedbackSendDocument, HelpDocument } from '../gql/operations';
import { Composer } from '../messages/composer';
import { Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';

export function HelpPage() {
  const { project } = useProject();
  const read = useData(HelpDocument, { project: project.id });
  return (
    <Page title="Help">
      <Loaded read={read}>
        {({ project: data }) => {
          const portal = data?.portal;
          const articles = portal?.helpArticles.nodes ?? [];
          return (
            <div className="columns">
              <section className="panel" aria-labelledby="questions">
                <h2 id="questions">Questions and answers</h2>
                {articles.length === 0 && <Empty>There are no articles yet.</Empty>}
                {articles.map((article) => (
                  <details key={article.id}>
                    <summary>{article.title}</summary>
                    <p className="prose">{article.body}</p>
                  </details>
                ))}
                {portal?.guideUrl && (
                  <p>
                    <a href={portal.guideUrl} target="_blank" rel="noreferrer">
                      Open the guide to this portal
                    </a>
                  </p>
                )}
              </section>
              <Feedback />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Feedback() {
  const { project } = useProject();
  const { send, isBusy, fault } = useAction(FeedbackSendDocument);
  const [thread, setThread] = useState<string>();
  const submit = async (body: string, fileIds: string[]) => {
    const payload = await send({ projectId: project.id, body, fileIds });
    setThread(payload?.thread?.id);
    return Boolean(payload);
  };
  return (
    <section className="panel" aria-labelledby="feedback">
      <h2 id="feedback">Tell us what you think</h2>
      <Composer
        draft={`feedback ${project.id}`}
        label="Your feedback. All clients of the project can read it."
        rows={5}
        send={submit}
        isBusy={isBusy}
        fault={fault}
      />
      <p role="status">
        {thread && (
          <>
            Thank you. We answer in <Link to={pathTo(project.id, 'messages', thread)}>this conversation</Link>.
          </>
        )}
      </p>
    </section>
  );
}
