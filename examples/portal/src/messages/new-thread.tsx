import type { FormEvent } from 'react';
import { useAction } from '../api/hooks';
import { ThreadStartDocument } from '../gql/operations';
import { useDraft } from '../parts/draft';
import { FaultNote } from '../parts/page';
import { useProject } from '../project';
import { navigate, pathTo } from '../router';

export function NewThread({ onStarted }: { onStarted: () => void }) {
  const { project } = useProject();
  const { send, isBusy, fault } = useAction(ThreadStartDocument);
  const [title, setTitle] = useDraft(`title ${project.id}`);
  const [body, setBody] = useDraft(`body ${project.id}`);
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const payload = await send({ projectId: project.id, audience: 'CLIENT', recordId: null, title, body, mentionIds: null, fileIds: null });
    if (!payload?.thread) return;
    setTitle('');
    setBody('');
    onStarted();
    navigate(pathTo(project.id, 'messages', payload.thread.id), { replace: true });
  };
  return (
    <form className="panel stack" onSubmit={submit}>
      <p className="faint">The team and all clients of the project read it.</p>
      <label htmlFor="thread-title">Subject</label>
      <input id="thread-title" required value={title} aria-invalid={fault?.field === 'title'} onChange={(event) => setTitle(event.target.value)} />
      <label htmlFor="thread-body">Message</label>
      <textarea id="thread-body" rows={6} required value={body} aria-invalid={fault?.field === 'body'} onChange={(event) => setBody(event.target.value)} />
      <FaultNote fault={fault} onRetry={() => submit()} />
      <button type="submit" className="button" disabled={isBusy}>
        {isBusy ? 'Sending…' : 'Send'}
      </button>
    </form>
  );
}
