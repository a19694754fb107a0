// Questions and answers of the company, and feedback to it.
import { type FormEvent, useState } from 'react';
import { useAction, useData } from '../api/hooks';
import { FeedbackSendDocument, HelpDocument } from '../gql/operations';
import { useDraft } from '../parts/draft';
import { Empty, FaultNote, Loaded, Page } from '../parts/page';
import { useProject } from '../project';

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
  const [body, setBody] = useDraft(`feedback ${project.id}`);
  const [isSent, setSent] = useState(false);
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!(await send({ projectId: project.id, body, fileIds: null }))) return;
    setBody('');
    setSent(true);
  };
  return (
    <section className="panel" aria-labelledby="feedback">
      <h2 id="feedback">Tell us what you think</h2>
      <form onSubmit={submit} className="stack">
        <label htmlFor="feedback-text">Your feedback. All clients of the project can read it.</label>
        <textarea
          id="feedback-text"
          rows={5}
          required
          value={body}
          onChange={(event) => {
            setBody(event.target.value);
            setSent(false);
          }}
        />
        <FaultNote fault={fault} onRetry={() => submit()} />
        <button type="submit" className="button" disabled={isBusy}>
          {isBusy ? 'Sending…' : 'Send'}
        </button>
        <p role="status">{isSent && 'Thank you. We answer under Messages.'}</p>
      </form>
    </section>
  );
}
