// Messages with their files. Those that the client has not read yet come after a line.
import { Fragment } from 'react';
import { instant, size } from '../format';
import type { ThreadQuery } from '../gql/operations';
import { Icon } from '../parts/icons';
import { Avatar } from '../parts/page';
import { useProject } from '../project';

export type Thread = Extract<NonNullable<ThreadQuery['node']>, { messages: unknown }>;
type Message = Thread['messages']['nodes'][number];
type File = Message['attachments'][number]['file'];

/** First of the newest messages of others, as many as are unread. */
export function firstUnread(messages: Message[], unread: number): Message | undefined {
  return messages.filter(({ isOwn }) => !isOwn).slice(-unread)[0];
}

export function MessageList({ messages, newFrom }: { messages: Message[]; newFrom?: string }) {
  const { project } = useProject();
  return (
    <ol className="messages">
      {messages.map((message) => (
        <Fragment key={message.id}>
          {message.id === newFrom && (
            <li className="new-line">
              <span>New</span>
            </li>
          )}
          <li className={message.isOwn ? 'own' : undefined}>
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
              <Files files={message.attachments.map(({ file }) => file)} />
            </div>
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

function Files({ files }: { files: File[] }) {
  if (files.length === 0) return null;
  const pictures = files.filter(({ image }) => image);
  const others = files.filter(({ image }) => !image);
  return (
    <>
      {pictures.length > 0 && (
        <ul className="pictures">
          {pictures.map((file) => (
            <li key={file.id}>
              <a href={file.download?.url} target="_blank" rel="noreferrer">
                <img src={file.image!.url} width={file.image!.width} height={file.image!.height} alt={file.name} loading="lazy" />
              </a>
            </li>
          ))}
        </ul>
      )}
      {others.map((file) => (
        <p key={file.id} className="attachment">
          <Icon name="file" />
          <span>
            {file.download ? <a href={file.download.url}>{file.name}</a> : file.name}
            <span className="faint">{` ${size(Number(file.size))}${file.renditionState === 'PENDING' ? ', being prepared' : ''}`}</span>
          </span>
        </p>
      ))}
    </>
  );
}
