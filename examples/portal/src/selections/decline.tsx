// Declining, where the company allows it. A reason helps the team, and is not required.
import { type FormEvent, useRef } from 'react';
import { useAction } from '../api/hooks';
import { SelectionDeclineDocument } from '../gql/operations';
import { useDraft } from '../parts/draft';
import { FaultNote } from '../parts/page';
import { Submit } from '../parts/submit';
import type { Selection } from './selection';

export function Decline({ selection, onDeclined, onChange }: { selection: Selection; onDeclined: () => void; onChange: () => void }) {
  const { send, isBusy, fault, clear } = useAction(SelectionDeclineDocument);
  const [reason, setReason] = useDraft(`decline ${selection.id}`);
  const dialog = useRef<HTMLDialogElement>(null);
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const payload = await send({ id: selection.id, expectedVersion: selection.version, reason: reason.trim() || null });
    if (payload) {
      setReason('');
      dialog.current?.close();
      onDeclined();
    }
    onChange();
  };
  const open = () => {
    clear();
    dialog.current?.showModal();
  };
  return (
    <div>
      <button type="button" className="button quiet" onClick={open}>
        Decline
      </button>
      <dialog ref={dialog} aria-labelledby="decline-title">
        <form className="stack" onSubmit={submit}>
          <h2 id="decline-title">{`Decline “${selection.title}”?`}</h2>
          <p>Nothing is ordered, and you are not asked again. If you change your mind, write a comment.</p>
          <label htmlFor="decline-reason">Your reason (you may leave it empty)</label>
          <textarea id="decline-reason" rows={3} maxLength={2000} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />
          <FaultNote fault={fault} onRetry={() => submit()} />
          <div className="dialog-actions">
            <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <Submit isBusy={isBusy} busy="Declining…">
              Decline
            </Submit>
          </div>
        </form>
      </dialog>
    </div>
  );
}
