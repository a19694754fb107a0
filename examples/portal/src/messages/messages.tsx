// Threads of the project, and one of them beside the list; on a phone each is a page.
import { useState } from 'react';
import { useData, useRefresh } from '../api/hooks';
import { instant } from '../format';
import { type MessagesQuery, MessagesDocument } from '../gql/operations';
import { Icon } from '../parts/icons';
import { Avatar, Badge, Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';
import { NewThread } from './new-thread';
import { ThreadView } from './thread';

type Thread = NonNullable<MessagesQuery['project']>['threads']['nodes'][number];

/** What a thread is called: its title, or the record that it is about. */
export function threadTitle(thread: Pick<Thread, 'kind' | 'title' | 'record'>): string {
  if (thread.title) return thread.title;
  if (thread.kind === 'FEEDBACK') return 'Your feedback';
  const record = thread.record;
  if (record && 'title' in record) return record.title;
  if (record && 'name' in record) return record.name;
  return 'Conversation';
}

export function MessagesPage({ id }: { id: string | undefined }) {
  const { project } = useProject();
  const [after, setAfter] = useState<string | null>(null);
  const read = useData(MessagesDocument, { project: project.id, after });
  useRefresh(read.reload, 30);
  const threads = read.data?.project?.threads;
  const shown = threads?.nodes.find((thread) => thread.id === id);
  const home = pathTo(project.id, 'messages');
  const title = id === 'new' ? 'New conversation' : shown ? threadTitle(shown) : id ? 'Conversation' : 'Messages';
  const start = (
    <Link to={pathTo(project.id, 'messages', 'new')} className="button">
      New conversation
    </Link>
  );
  return (
    <Page title={title} above={id ? { label: 'Messages', to: home } : undefined} actions={id ? undefined : start}>
      <div className={id ? 'split one' : 'split'}>
        <nav className="panel thread-list" aria-label="Conversations">
          <Loaded read={read}>
            {() => (
              <>
                {threads?.nodes.length === 0 && <Empty>No messages yet.</Empty>}
                <ul className="rows">
                  {threads?.nodes.map((thread) => (
                    <li key={thread.id}>
                      <ThreadLink thread={thread} isCurrent={thread.id === id} />
                    </li>
                  ))}
                </ul>
                {threads?.pageInfo.hasNextPage && (
                  <button type="button" className="button quiet" onClick={() => setAfter(threads.pageInfo.endCursor)}>
                    Show older conversations
                  </button>
                )}
              </>
            )}
          </Loaded>
        </nav>
        <div className="thread-pane">
          {id === 'new' && <NewThread onStarted={read.reload} />}
          {id && id !== 'new' && (
            <section className="panel thread" aria-label="Conversation">
              <ThreadView key={id} id={id} />
            </section>
          )}
          {!id && (
            <div className="panel pick only-wide">
              <Icon name="messages" />
              <p>Choose a conversation, or start a new one.</p>
            </div>
          )}
        </div>
      </div>
    </Page>
  );
}

function ThreadLink({ thread, isCurrent }: { thread: Thread; isCurrent: boolean }) {
  const { project } = useProject();
  const last = thread.messages.nodes.at(-1);
  return (
    <Link to={pathTo(project.id, 'messages', thread.id)} className={thread.unreadCount > 0 ? 'row unread' : 'row'} aria-current={isCurrent ? 'true' : undefined}>
      {last && <Avatar name={last.authorName} />}
      <span className="row-main">
        <span className="row-line">
          <strong>{threadTitle(thread)}</strong>
          <span className="faint">{instant(thread.lastMessageAt, project.timeZone, { month: 'short', day: 'numeric' })}</span>
        </span>
        <span className="row-line">
          {last && <span className="faint one-line">{`${last.isOwn ? 'You' : last.authorName}: ${last.body}`}</span>}
          {thread.unreadCount > 0 && <Badge tone="todo">{`${thread.unreadCount} new`}</Badge>}
        </span>
      </span>
    </Link>
  );
}
