// The approval of a choice: the client signs the document that is shown, named by its hash.
import { useRef } from 'react';
import { useAction } from '../api/hooks';
import { type Money, money, size } from '../format';
import { SelectionApproveDocument } from '../gql/operations';
import { Icon } from '../parts/icons';
import { FaultNote } from '../parts/page';
import type { Selection } from './selection';

/** What the document says, as far as the page shows it in words. Its full text is below. */
interface Document {
  option: { title: string; price: Money; priceDelta: Money | null };
  selection: { title: string; location: string | null };
  allowance: { name: string; remaining: Money } | null;
  files: { id: string; name: string; size: string }[];
}

export function Approval({ selection, onChange }: { selection: Selection; onChange: () => void }) {
  const { send, isBusy, fault, clear } = useAction(SelectionApproveDocument);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const signed = selection.approvalDocument;
  if (selection.status === 'APPROVED') {
    return (
      <p className="note good" role="status">
        <Icon name="check" />
        Approved. The team orders it next.
      </p>
    );
  }
  if (!signed) return null;
  const { option, allowance, files } = JSON.parse(signed.text) as Document;
  const approve = async () => {
    const payload = await send({ id: selection.id, documentHash: signed.hash });
    if (!payload) return;
    dialog.current?.close();
    onChange();
  };
  const open = () => {
    clear();
    dialog.current?.showModal();
    // Not a button: a key that is still pressed must not approve.
    title.current?.focus();
  };
  return (
    <section className="panel approve urgent" aria-labelledby="approve">
      <h2 id="approve">Approve your choice</h2>
      <p>
        <strong>{option.title}</strong> for <strong>{money(option.price)}</strong>
        {option.priceDelta && ` (${money(option.priceDelta, 'exceptZero')} to the included standard)`}
      </p>
      <button type="button" className="button" onClick={open}>
        Review and approve
      </button>
      <dialog ref={dialog} aria-labelledby="approve-title">
        <h2 id="approve-title" ref={title} tabIndex={-1}>{`Approve “${selection.title}”?`}</h2>
        <dl>
          <dt>Choice</dt>
          <dd>{option.title}</dd>
          <dt>Price</dt>
          <dd>{money(option.price)}</dd>
          {option.priceDelta && (
            <>
              <dt>Difference</dt>
              <dd>{`${money(option.priceDelta, 'exceptZero')} to the included standard`}</dd>
            </>
          )}
          {allowance && (
            <>
              <dt>{allowance.name}</dt>
              <dd>{`${money(allowance.remaining)} left after this`}</dd>
            </>
          )}
          {files.length > 0 && (
            <>
              <dt>Files</dt>
              <dd>{files.map((file) => `${file.name} (${size(Number(file.size))})`).join(', ')}</dd>
            </>
          )}
        </dl>
        <p>An approval is final. It is recorded, and mailed to the clients who may approve.</p>
        <details>
          <summary>The exact text that is recorded</summary>
          <p className="exact">{signed.text}</p>
          <p className="exact">{`SHA-256 ${signed.hash}`}</p>
        </details>
        <FaultNote fault={fault} onRetry={approve} onReload={onChange} />
        <div className="dialog-actions">
          <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
            Not yet
          </button>
          <button type="button" className="button" disabled={isBusy} onClick={approve}>
            {isBusy ? 'Approving…' : 'Approve'}
          </button>
        </div>
      </dialog>
    </section>
  );
}
