// Comments of clients and team on a selection. The first one starts the thread.
import { useAction } from '../api/hooks';
import { ThreadStartDocument } from '../gql/operations';
import { Composer } from '../messages/composer';
import { ThreadView } from '../messages/thread';
import { Empty } from '../parts/page';
import { useProject } from '../project';
import type { Selection } from './selection';

const LABEL = 'Your comment';

export function Comments({ selection, onChange }: { selection: Selection; onChange: () => void }) {
  const thread = selection.threads[0];
  return (
    <section className="panel" aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      {thread ? <ThreadView id={thread.id} label={LABEL} /> : <First selection={selection} onStarted={onChange} />}
    </section>
  );
}

function First({ selection, onStarted }: { selection: Selection; onStarted: () => void }) {
  const { project } = useProject();
  const { send, isBusy, fault } = useAction(ThreadStartDocument);
  const start = async (body: string, fileIds: string[]) => {
    const payload = await send({ projectId: project.id, audience: 'CLIENT', recordId: selection.id, title: null, body, mentionIds: null, fileIds });
    if (payload) onStarted();
    return Boolean(payload);
  };
  return (
    <>
      <Empty>No comments yet. The team and all clients of the project read them.</Empty>
      <Composer draft={selection.id} label={LABEL} send={start} isBusy={isBusy} fault={fault} />
    </>
  );
}
