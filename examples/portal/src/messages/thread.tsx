// One thread: its messages, the newest last, and an answer.
import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { perform, useAction, useData, useRefresh } from '../api/hooks';
import { MessageMarkReadDocument, MessagePostDocument, type ThreadQuery, ThreadDocument } from '../gql/operations';
import { Empty, Loaded } from '../parts/page';
import { Composer } from './composer';
import { firstUnread, MessageList } from './message-list';

/** Seconds between looks for new messages, and for images of new photos. */
const EVERY = 20;
const IMAGES_AFTER = 3;

export function ThreadView({ id, label = 'Your reply' }: { id: string; label?: string }) {
  const client = useClient();
  // The newest page, and before it those that were asked for.
  const [before, setBefore] = useState<(string | null)[]>([null]);
  const newest = useData(ThreadDocument, { thread: id, before: null });
  const thread = asThread(newest.data);
  const unread = thread?.unreadCount ?? 0;
  // The line above new messages stays while the thread is open, although they count as read from now on.
  const [newFrom, setNewFrom] = useState<string>();
  const first = thread && unread > 0 ? firstUnread(thread.messages.nodes, unread)?.id : undefined;
  if (first && !newFrom) setNewFrom(first);
  useEffect(() => {
    if (unread > 0) void perform(client, MessageMarkReadDocument, { input: { threadId: id, upToId: null } });
  }, [client, id, unread]);
  const isPending = thread?.messages.nodes.some(({ attachments }) => attachments.some(({ file }) => file.renditionState === 'PENDING')) ?? false;
  useRefresh(newest.reload, isPending ? IMAGES_AFTER : EVERY);
  return (
    <Loaded read={newest}>
      {() =>
        thread ? (
          <>
            {before.map((cursor) => (
              <Messages
                key={cursor}
                id={id}
                before={cursor}
                isFirst={cursor === before[0]}
                newFrom={newFrom}
                onEarlier={(next) => setBefore([next, ...before])}
              />
            ))}
            <Reply
              threadId={id}
              label={label}
              onSent={() => {
                setNewFrom(undefined);
                newest.reload();
              }}
            />
          </>
        ) : (
          <Empty>This conversation does not exist, or is not shared with you.</Empty>
        )
      }
    </Loaded>
  );
}

const asThread = (data: ThreadQuery | undefined) => (data?.node && 'messages' in data.node ? data.node : undefined);

interface MessagesProps {
  id: string;
  before: string | null;
  isFirst: boolean;
  newFrom: string | undefined;
  onEarlier: (cursor: string | null) => void;
}

function Messages({ id, before, isFirst, newFrom, onEarlier }: MessagesProps) {
  const read = useData(ThreadDocument, { thread: id, before });
  const page = asThread(read.data)?.messages;
  const end = useRef<HTMLDivElement>(null);
  const last = page?.nodes.at(-1);
  const seen = useRef(last?.id);
  useEffect(() => {
    // A message that arrives or was sent is scrolled to; the first look at a thread begins at its top.
    if (before === null && seen.current && last && seen.current !== last.id) end.current?.scrollIntoView({ block: 'nearest' });
    seen.current = last?.id;
  }, [before, last]);
  return (
    <Loaded read={read}>
      {() => (
        <>
          {isFirst && page?.pageInfo.hasPreviousPage && (
            <button type="button" className="button quiet" onClick={() => onEarlier(page.pageInfo.startCursor)}>
              Show earlier messages
            </button>
          )}
          <MessageList messages={page?.nodes ?? []} newFrom={newFrom} />
          <div ref={end} />
        </>
      )}
    </Loaded>
  );
}

function Reply({ threadId, label, onSent }: { threadId: string; label: string; onSent: () => void }) {
  const action = useAction(MessagePostDocument);
  const send = async (body: string, fileIds: string[]) => {
    const payload = await action.send({ threadId, body, mentionIds: null, fileIds });
    if (payload) onSent();
    return Boolean(payload);
  };
  return <Composer draft={threadId} label={label} send={send} isBusy={action.isBusy} fault={action.fault} />;
}
