// The schedule in the calendar app of a phone.
import { useAction, useData } from '../api/hooks';
import { CalendarFeedCreateDocument, CalendarFeedDocument } from '../gql/operations';
import { FaultNote } from '../parts/page';
import { useProject } from '../project';

export function Feed() {
  const { project } = useProject();
  const { data } = useData(CalendarFeedDocument, { project: project.id });
  const { send, isBusy, fault } = useAction(CalendarFeedCreateDocument);
  if (!data?.project) return null;
  const feed = data.project.calendarFeed;
  const create = () => send({ projectId: project.id });
  return (
    <section className="panel" aria-labelledby="feed">
      <h2 id="feed">In your calendar app</h2>
      {feed ? (
        <>
          <label htmlFor="feed-address">Subscribe to this address. Anyone who has it can read the schedule, so keep it to yourself.</label>
          <input id="feed-address" readOnly value={feed.url} onFocus={(event) => event.target.select()} />
          <p>
            <a href={feed.url.replace(/^https?:/, 'webcal:')}>Open in the calendar app</a>
          </p>
        </>
      ) : (
        <>
          <p>Get an address to which your calendar app can subscribe. The dates then follow the schedule.</p>
          <button type="button" className="button quiet" disabled={isBusy} onClick={create}>
            Create the address
          </button>
          <FaultNote fault={fault} onRetry={create} />
        </>
      )}
    </section>
  );
}
