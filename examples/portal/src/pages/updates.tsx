// What happened in the project, in the API's own sentences.
import { useState } from 'react';
import { useData } from '../api/hooks';
import { instant } from '../format';
import { type UpdatesQuery, UpdatesDocument } from '../gql/operations';
import { Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';

type Update = NonNullable<UpdatesQuery['project']>['updates']['nodes'][number];

export function UpdatesPage() {
  const { project } = useProject();
  const [after, setAfter] = useState<string | null>(null);
  const read = useData(UpdatesDocument, { project: project.id, after });
  return (
    <Page title="Updates" lead="What has happened in your project, newest first.">
      <section className="panel">
        <Loaded read={read}>
          {(data) => {
            const page = data.project?.updates;
            if (!page) return null;
            return (
              <>
                <UpdateList updates={page.nodes} />
                {page.pageInfo.hasNextPage && (
                  <button type="button" className="button quiet" onClick={() => setAfter(page.pageInfo.endCursor)}>
                    Show earlier updates
                  </button>
                )}
              </>
            );
          }}
        </Loaded>
      </section>
    </Page>
  );
}

export function UpdateList({ updates }: { updates: Update[] }) {
  const { project } = useProject();
  if (updates.length === 0) return <Empty>Nothing yet.</Empty>;
  return (
    <ol className="updates">
      {updates.map((update) => (
        <li key={update.id}>
          <p>
            {update.record?.__typename === 'Selection' ? (
              <Link to={pathTo(project.id, 'selections', update.record.id)}>{update.text}</Link>
            ) : (
              update.text
            )}
          </p>
          <time className="faint" dateTime={update.at}>
            {instant(update.at, project.timeZone)}
          </time>
        </li>
      ))}
    </ol>
  );
}
