// Comments of clients and team on a selection. The first one starts the thread.
import { useAction } from '../api/hooks';
import { MessagePostDocument, ThreadStartDocument } from '../gql/operations';
import { MessageList, ReplyForm } from '../messages/thread';
import { Empty } from '../parts/page';
import { useProject } from '../project';
import type { Selection } from './selection';

export function Comments({ selection, onChange }: { selection: Selection; onChange: () => void }) {
  const { project } = useProject();
  const post = useAction(MessagePostDocument);
  const start = useAction(ThreadStartDocument);
  const thread = selection.threads[0];
  const send = async (body: string) => {
    const common = { body, mentionIds: null, fileIds: null };
    const payload = thread
      ? await post.send({ threadId: thread.id, ...common })
      : await start.send({ projectId: project.id, audience: 'CLIENT', recordId: selection.id, title: null, ...common });
    if (payload) onChange();
    return Boolean(payload);
  };
  return (
    <section className="panel" aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      {thread ? <MessageList messages={thread.messages.nodes} /> : <Empty>No comments yet. The team and all clients of the project read them.</Empty>}
      <ReplyForm draft={selection.id} label="Your comment" send={send} isBusy={post.isBusy || start.isBusy} fault={post.fault ?? start.fault} />
    </section>
  );
}
