// Where a message is written: its text, its files, and the button that sends it. Text and files are kept until they were sent.
import { type FormEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';
import type { Fault } from '../api/faults';
import { Picker, UploadList, useUploads } from '../files/uploads';
import { useDraft } from '../parts/draft';
import { Icon } from '../parts/icons';
import { FaultNote } from '../parts/page';
import { Submit } from '../parts/submit';

/** An uploaded file that waits for its message. */
interface Attached {
  id: string;
  name: string;
}

interface ComposerProps {
  /** Name under which what is written is kept. */
  draft: string;
  label: string;
  rows?: number;
  /** Fields before the text. */
  before?: ReactNode;
  /** Sends the message. Whether it was sent. */
  send: (body: string, fileIds: string[]) => Promise<boolean>;
  isBusy: boolean;
  fault: Fault | undefined;
}

/** Ctrl and Enter send the message. */
export function Composer({ draft, label, rows = 3, before, send, isBusy, fault }: ComposerProps) {
  const [body, setBody] = useDraft(draft);
  const [text, setText] = useDraft(`files ${draft}`);
  const attached = text ? (JSON.parse(text) as Attached[]) : [];
  // An upload may end after another one has changed the list.
  const newest = useRef(attached);
  newest.current = attached;
  const attach = (files: Attached[]) => {
    newest.current = files;
    setText(files.length > 0 ? JSON.stringify(files) : '');
  };
  const uploads = useUploads((id, name) => attach([...newest.current, { id, name }]));
  const isReady = body.trim() !== '' && !uploads.isPending;
  const submit = async (event?: FormEvent | KeyboardEvent) => {
    event?.preventDefault();
    if (!isReady || isBusy || !(await send(body, attached.map(({ id }) => id)))) return;
    setBody('');
    attach([]);
    uploads.clearDone();
  };
  const sending = { ...uploads, items: uploads.items.filter(({ progress }) => !progress.isDone) };
  return (
    <form className="stack composer" onSubmit={submit}>
      {before}
      <label htmlFor={`text-${draft}`}>{label}</label>
      <textarea
        id={`text-${draft}`}
        rows={rows}
        required
        value={body}
        aria-invalid={fault?.field === 'body'}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && submit(event)}
      />
      {attached.length > 0 && (
        <ul className="attached" aria-label="Files of this message">
          {attached.map((file) => (
            <li key={file.id}>
              <Icon name="file" />
              <span>{file.name}</span>
              <button type="button" className="text-button" onClick={() => attach(attached.filter(({ id }) => id !== file.id))}>
                Remove<span className="hidden">{` ${file.name}`}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <UploadList uploads={sending} />
      <FaultNote fault={fault} onRetry={() => submit()} />
      <div className="composer-actions">
        <Submit isBusy={isBusy} busy="Sending…">
          Send
        </Submit>
        <Picker label="Attach files" icon="clip" onChange={uploads.add} />
        <p className="faint" role="status">
          {uploads.isPending && 'The message can be sent when its files are uploaded.'}
        </p>
      </div>
    </form>
  );
}
