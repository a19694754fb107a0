// One thread: its messages, the newest last, and an answer.
import { type FormEvent, type KeyboardEvent, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { perform, useAction, useData } from '../api/hooks';
import { instant } from '../format';
import { MessageMarkReadDocument, MessagePostDocument, type ThreadQuery, ThreadDocument } from '../gql/operations';
import { useDraft } from '../parts/draft';
import { Avatar, Empty, FaultNote, Loaded } from '../parts/page';
import { useProject } from '../project';

type Thread = Extract<NonNullable<ThreadQuery['node']>, { messages: unknown }>;
type Message = Pick<Thread['messages']['nodes'][number], 'id' | 'authorName' | 'isOwn' | 'body' | 'createdAt' | 'editedAt'> & {
  attachments?: Thread['messages']['nodes'][number]['attachments'];
};

export function ThreadView({ id }: { id: string }) {
  const client = useClient();
  // The newest page, and before it those that were asked for.
  const [before, setBefore] = useState<(string | null)[]>([null]);
  const newest = useData(ThreadDocument, { thread: id, before: null });
  const thread = asThread(newest.data);
  const unread = thread?.unreadCount ?? 0;
  useEffect(() => {
    if (unread > 0) void perform(client, MessageMarkReadDocument, { input: { threadId: id, upToId: null } });
  }, [client, id, unread]);
  return (
    <section className="panel thread" aria-label="Conversation">
      <Loaded read={newest}>
        {() =>
          thread ? (
            <>
              {before.map((cursor) => (
                <Messages key={cursor} id={id} before={cursor} isFirst={cursor === before[0]} onEarlier={(next) => setBefore([next, ...before])} />
              ))}
              <Reply threadId={id} onSent={newest.reload} />
            </>
          ) : (
            <Empty>This conversation does not exist, or is not shared with you.</Empty>
          )
        }
      </Loaded>
    </section>
  );
}

const asThread = (data: ThreadQuery | undefined) => (data?.node && 'messages' in data.node ? data.node : undefined);

interface MessagesProps {
  id: string;
  before: string | null;
  isFirst: boolean;
  onEarlier: (cursor: string | null) => void;
}

function Messages({ id, before, isFirst, onEarlier }: MessagesProps) {
  const read = useData(ThreadDocument, { thread: id, before });
  const page = asThread(read.data)?.messages;
  return (
    <Loaded read={read}>
      {() => (
        <>
          {isFirst && page?.pageInfo.hasPreviousPage && (
            <button type="button" className="button quiet" onClick={() => onEarlier(page.pageInfo.startCursor)}>
              Show earlier messages
            </button>
          )}
          <MessageList messages={page?.nodes ?? []} />
        </>
      )}
    </Loaded>
  );
}

export function MessageList({ messages }: { messages: Message[] }) {
  const { project } = useProject();
  return (
    <ol className="messages">
      {messages.map((message) => (
        <li key={message.id} className={message.isOwn ? 'own' : undefined}>
          <Avatar name={message.authorName} />
          <div className="bubble">
            <p className="by">
              <strong>{message.isOwn ? 'You' : message.authorName}</strong>{' '}
              <time className="faint" dateTime={message.createdAt}>
                {instant(message.createdAt, project.timeZone)}
              </time>
              {message.editedAt && <span className="faint"> · edited</span>}
            </p>
            <p className="prose">{message.body}</p>
            {message.attachments?.map(({ id, file }) => (
              <p key={id}>{file.download ? <a href={file.download.url}>{file.name}</a> : file.name}</p>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Reply({ threadId, onSent }: { threadId: string; onSent: () => void }) {
  const action = useAction(MessagePostDocument);
  const send = async (body: string) => {
    const payload = await action.send({ threadId, body, mentionIds: null, fileIds: null });
    if (payload) onSent();
    return Boolean(payload);
  };
  return <ReplyForm draft={threadId} label="Your answer" send={send} isBusy={action.isBusy} fault={action.fault} />;
}

interface ReplyFormProps {
  draft: string;
  label: string;
  send: (body: string) => Promise<boolean>;
  isBusy: boolean;
  fault: ReturnType<typeof useAction>['fault'];
}

/** A text that is kept until it was sent. Ctrl and Enter send it. */
export function ReplyForm({ draft, label, send, isBusy, fault }: ReplyFormProps) {
  const [body, setBody] = useDraft(draft);
  const submit = async (event?: FormEvent | KeyboardEvent) => {
    event?.preventDefault();
    if (body.trim() && !isBusy && (await send(body))) setBody('');
  };
  return (
    <form className="stack reply" onSubmit={submit}>
      <label htmlFor={`reply-${draft}`}>{label}</label>
      <textarea
        id={`reply-${draft}`}
        rows={3}
        required
        value={body}
        aria-invalid={fault?.field === 'body'}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && submit(event)}
      />
      <FaultNote fault={fault} onRetry={() => submit()} />
      <button type="submit" className="button" disabled={isBusy}>
        {isBusy ? 'Sending…' : 'Send'}
      </button>
    </form>
  );
}
