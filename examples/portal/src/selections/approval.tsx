// The approval of a choice: the client signs the document that is shown, named by its hash.
import { type ReactNode, useEffect, useRef } from 'react';
import { useAction, useData } from '../api/hooks';
import { day, instant, type Money, money, size } from '../format';
import { MembershipDocument, SelectionApproveDocument } from '../gql/operations';
import { Icon, type IconName } from '../parts/icons';
import { FaultNote } from '../parts/page';
import { useProject } from '../project';
import { left } from './allowances';
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

interface ApprovalProps {
  selection: Selection;
  /** Grows when the client has chosen, approved or declined: what comes next gets the focus. 0 before. */
  isNext: number;
  onApproved: () => void;
  onChange: () => void;
}

/** What comes after the choice: its approval, or the state that it led to. */
export function Approval(props: ApprovalProps) {
  const { selection, isNext } = props;
  const { project } = useProject();
  const on = (at: string | null) => (at ? ` on ${instant(at, project.timeZone, { month: 'long', day: 'numeric', year: 'numeric' })}` : '');
  switch (selection.status) {
    case 'CHOSEN':
      return <Chosen {...props} />;
    case 'APPROVED':
      return <State icon="check" isNext={isNext} isGood>{`Approved${on(selection.approvedAt)}. The team orders it next.`}</State>;
    case 'LOCKED':
      return <State icon="check" isGood>{`Approved${on(selection.approvedAt)}. The choice is locked, and the team orders it.`}</State>;
    case 'ORDERED':
      return <State icon="check" isGood>{`Ordered${on(selection.orderedAt)}.`}</State>;
    case 'DECLINED':
      return <State icon="clock" isNext={isNext}>{selection.declineReason ? `Declined: “${selection.declineReason}”` : 'Declined.'}</State>;
    default:
      return null;
  }
}

interface StateProps {
  icon: IconName;
  isGood?: boolean;
  isNext?: number;
  children: ReactNode;
}

function State({ icon, isGood, isNext, children }: StateProps) {
  const note = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (isNext) note.current?.focus();
  }, [isNext]);
  return (
    <p className={isGood ? 'note good' : 'note'} role="status" ref={note} tabIndex={-1}>
      <Icon name={icon} />
      <span>{children}</span>
    </p>
  );
}

function Chosen({ selection, isNext, onApproved, onChange }: ApprovalProps) {
  const { project } = useProject();
  const membership = useData(MembershipDocument, { project: project.id }).data?.project?.viewerMembership;
  const signed = selection.approvalDocument;
  const expired = selection.choices.find(({ option }) => option.isPriceExpired)?.option;
  const who = selection.chosenBy ? `Chosen by ${selection.chosenBy}` : 'Chosen';
  if (expired) {
    const date = expired.priceExpiresOn ? ` on ${day(expired.priceExpiresOn)}` : '';
    return <State icon="clock" isNext={isNext}>{`${who}, but the price of “${expired.title}” expired${date}. Ask for a new price in a comment, or choose another option.`}</State>;
  }
  if (!signed) return <State icon="clock" isNext={isNext}>{`${who}. The price is to be determined: you approve when it is known.`}</State>;
  if (membership && !membership.canApprove) {
    return <State icon="clock" isNext={isNext}>{`${who}. A client who may approve for the project decides next; you may still change the choice.`}</State>;
  }
  return <Sign selection={selection} document={JSON.parse(signed.text) as Document} signed={signed} isNext={isNext} onApproved={onApproved} onChange={onChange} />;
}

interface SignProps extends ApprovalProps {
  document: Document;
  signed: { text: string; hash: string };
}

function Sign({ selection, document, signed, isNext, onApproved, onChange }: SignProps) {
  const { project } = useProject();
  const { send, isBusy, fault, clear } = useAction(SelectionApproveDocument);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNext) heading.current?.focus();
  }, [isNext]);
  const { options, price, priceDelta, contractTotalChange, allowance, files } = document;
  const choice = options.map(({ title, quantity }) => (quantity > 1 ? `${quantity} × ${title}` : title)).join(', ');
  const difference = priceDelta && Number(priceDelta.amount) !== 0 && `${money(priceDelta, 'exceptZero')} compared with the included standard`;
  const approve = async () => {
    if (isBusy) return;
    const payload = await send({ id: selection.id, documentHash: signed.hash });
    if (payload) {
      dialog.current?.close();
      onApproved();
    }
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
      <h2 id="approve" ref={heading} tabIndex={-1}>
        Approve the choice
      </h2>
      <p>
        <strong>{choice}</strong> for <strong>{money(price)}</strong>
        {difference && ` (${difference})`}
      </p>
      {selection.chosenBy && selection.chosenAt && (
        <p className="faint">{`Chosen by ${selection.chosenBy}, ${instant(selection.chosenAt, project.timeZone)}`}</p>
      )}
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
          {difference && (
            <>
              <dt>Difference</dt>
              <dd>{difference}</dd>
            </>
          )}
          {allowance && (
            <>
              <dt>{allowance.name}</dt>
              <dd>{`${left(allowance)} after this`}</dd>
            </>
          )}
          {allowance && Number(allowance.overageTotal.amount) > 0 && (
            <>
              <dt>Over the allowance</dt>
              <dd>{`${money(allowance.overageTotal)}, with ${money(allowance.fee)} fee and ${money(allowance.tax)} tax`}</dd>
            </>
          )}
          <dt>Change of the contract total</dt>
          <dd>{Number(contractTotalChange.amount) === 0 ? 'None' : money(contractTotalChange, 'exceptZero')}</dd>
          {files.length > 0 && (
            <>
              <dt>Files</dt>
              <dd>{files.map((file) => `${file.name} (${size(Number(file.size))})`).join(', ')}</dd>
            </>
          )}
        </dl>
        <p>You cannot undo an approval yourself. It is recorded, and mailed to the clients who may approve.</p>
        <details>
          <summary>The exact text that is recorded</summary>
          <p className="exact">{signed.text}</p>
          <p className="exact">{`SHA-256 ${signed.hash}`}</p>
        </details>
        <FaultNote fault={fault} onRetry={approve} />
        <div className="dialog-actions">
          <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
            Not yet
          </button>
          <button type="button" className="button" aria-disabled={isBusy || undefined} onClick={approve}>
            {isBusy ? 'Approving…' : 'Approve'}
          </button>
        </div>
      </dialog>
    </section>
  );
}
