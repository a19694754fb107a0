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
  options: { id: string; title: string; quantity: number; price: Money }[];
  price: Money;
  priceDelta: Money | null;
  contractTotalChange: Money;
  allowance: { name: string; remaining: Money; overageTotal: Money; fee: Money; tax: Money } | null;
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
  const { options, price, priceDelta, contractTotalChange, allowance, files } = JSON.parse(signed.text) as Document;
  const choice = options.map(({ title, quantity }) => (quantity > 1 ? `${quantity} × ${title}` : title)).join(', ');
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
        <strong>{choice}</strong> for <strong>{money(price)}</strong>
        {priceDelta && ` (${money(priceDelta, 'exceptZero')} to the included standard)`}
      </p>
      <button type="button" className="button" onClick={open}>
        Review and approve
      </button>
      <dialog ref={dialog} aria-labelledby="approve-title">
        <h2 id="approve-title" ref={title} tabIndex={-1}>{`Approve “${selection.title}”?`}</h2>
        <dl>
          <dt>Choice</dt>
          <dd>{choice}</dd>
          <dt>Price</dt>
          <dd>{money(price)}</dd>
          {priceDelta && (
            <>
              <dt>Difference</dt>
              <dd>{`${money(priceDelta, 'exceptZero')} to the included standard`}</dd>
            </>
          )}
          {allowance && (
            <>
              <dt>{allowance.name}</dt>
              <dd>{`${money(allowance.remaining)} left after this`}</dd>
            </>
          )}
          {allowance && Number(allowance.overageTotal.amount) > 0 && (
            <>
              <dt>Over the allowance</dt>
              <dd>{`${money(allowance.overageTotal)}, with ${money(allowance.fee)} fee and ${money(allowance.tax)} tax`}</dd>
            </>
          )}
          <dt>Change of the contract total</dt>
          <dd>{money(contractTotalChange, 'exceptZero')}</dd>
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
