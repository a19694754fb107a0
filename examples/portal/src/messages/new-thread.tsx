import { useAction } from '../api/hooks';
import { ThreadStartDocument } from '../gql/operations';
import { useDraft } from '../parts/draft';
import { useProject } from '../project';
import { navigate, pathTo } from '../router';
import { Composer } from './composer';

export function NewThread({ onStarted }: { onStarted: () => void }) {
  const { project } = useProject();
  const { send, isBusy, fault } = useAction(ThreadStartDocument);
  const [title, setTitle] = useDraft(`title ${project.id}`);
  const start = async (body: string, fileIds: string[]) => {
    const payload = await send({ projectId: project.id, audience: 'CLIENT', recordId: null, title, body, mentionIds: null, fileIds });
    const { thread } = payload ?? {};
    if (!thread) return false;
    setTitle('');
    onStarted();
    navigate(pathTo(project.id, 'messages', thread.id), { replace: true });
    return true;
  };
  const subject = (
    <>
      <p className="faint">The team and all clients of the project read it.</p>
      <label htmlFor="thread-title">Subject</label>
      <input id="thread-title" required value={title} aria-invalid={fault?.field === 'title'} onChange={(event) => setTitle(event.target.value)} />
    </>
  );
  return (
    <section className="panel">
      <Composer draft={`new ${project.id}`} label="Message" rows={6} before={subject} send={start} isBusy={isBusy} fault={fault} />
    </section>
  );
}
