// What a choice would cost: asked for while the client marks options, before anything is sent.
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { Fault } from '../api/faults';
import { perform } from '../api/hooks';
import { type Money, isNegative, money, negated, percent } from '../format';
import { type SelectionChoiceInput, type SelectionPreviewMutation, SelectionPreviewDocument } from '../gql/operations';
import type { Selection } from './selection';

type Preview = NonNullable<SelectionPreviewMutation['selectionPreview']['preview']>;

interface Shown {
  preview?: Preview;
  fault?: Fault;
  /** Whether the preview is that of an earlier choice, and a new one is on its way. */
  isStale: boolean;
}

export interface Estimate extends Shown {
  /** Asks again after a fault. */
  retry: () => void;
}

/** Typing a quantity asks once, when the keys rest. */
const REST = 200;

/** What the choices would cost. Only the answer to the newest question counts, and the last one stays until then. */
export function usePreview(id: string, version: number, choices: SelectionChoiceInput[], isEnough: boolean): Estimate {
  const client = useClient();
  const [state, setState] = useState<Shown>({ isStale: false });
  const [attempt, setAttempt] = useState(0);
  const text = JSON.stringify(choices);
  useEffect(() => {
    if (!isEnough) {
      setState({ isStale: false });
      return undefined;
    }
    let isNewest = true;
    setState((last) => ({ ...last, isStale: true }));
    const ask = async () => {
      const outcome = await perform(client, SelectionPreviewDocument, { input: { id, choices: JSON.parse(text) as SelectionChoiceInput[] } });
      if (!isNewest) return;
      setState('fault' in outcome ? { fault: outcome.fault, isStale: false } : { preview: outcome.payload.preview ?? undefined, isStale: false });
    };
    const timer = setTimeout(ask, REST);
    return () => {
      isNewest = false;
      clearTimeout(timer);
    };
    // With each version the prices may be others.
  }, [client, id, version, text, isEnough, attempt]);
  return { ...state, retry: useCallback(() => setAttempt((last) => last + 1), []) };
}

/** The sentence that matters most: what happens to the contract. */
function headline(change: Money | null): { text: string; tone: string } {
  if (!change) return { text: 'The price is to be determined. You approve when it is known.', tone: 'open' };
  if (Number(change.amount) === 0) return { text: 'No change to your contract total', tone: 'same' };
  if (isNegative(change)) return { text: `Lowers your contract total by ${money(negated(change))}`, tone: 'same' };
  return { text: `Adds ${money(change)} to your contract total`, tone: 'more' };
}

interface CostsProps {
  selection: Selection;
  estimate: Estimate;
  children?: ReactNode;
}

export function Costs({ selection, estimate: { preview, isStale }, children }: CostsProps) {
  if (!preview) return null;
  const { price, priceDelta, choices, allowance, contractTotalBefore, contractTotalAfter, contractTotalChange } = preview;
  const { text, tone } = headline(contractTotalChange);
  const isDetailed = choices.length > 1 || choices.some(({ quantity }) => quantity > 1);
  const titleOf = (id: string) => selection.options.find((option) => option.id === id)?.title ?? '';
  return (
    <section className={isStale ? 'panel costs stale' : 'panel costs'} aria-label="What this costs" aria-busy={isStale}>
      <p className={`headline ${tone}`} aria-live="polite">
        {text}
      </p>
      <dl className="sums">
        {isDetailed &&
          choices.map((choice) => (
            <Sum key={choice.option.id} label={choice.quantity > 1 ? `${choice.quantity} × ${titleOf(choice.option.id)}` : titleOf(choice.option.id)}>
              {choice.price ? money(choice.price) : 'Price to be determined'}
            </Sum>
          ))}
        <Sum label={isDetailed ? 'Total' : 'Price'}>{price ? money(price) : 'Price to be determined'}</Sum>
        {priceDelta && <Sum label="Compared with what is included">{Number(priceDelta.amount) === 0 ? 'The same' : money(priceDelta, 'exceptZero')}</Sum>}
      </dl>
      {(allowance || (contractTotalBefore && contractTotalAfter)) && (
        <table className="effect">
          <thead>
            <tr>
              <td />
              <th scope="col">Now</th>
              <th scope="col">After this choice</th>
            </tr>
          </thead>
          <tbody>
            {allowance && selection.allowance && (
              <tr>
                <th scope="row">{`${allowance.allowance.name}, remaining`}</th>
                <td>{money(selection.allowance.remaining)}</td>
                <td className={isNegative(allowance.remainingAfter) ? 'over' : undefined}>{money(allowance.remainingAfter)}</td>
              </tr>
            )}
            {contractTotalBefore && contractTotalAfter && (
              <tr>
                <th scope="row">Contract total</th>
                <td>{money(contractTotalBefore)}</td>
                <td>{money(contractTotalAfter)}</td>
              </tr>
            )}
          </tbody>
        </table>
      )}
      {allowance && Number(allowance.overageTotal.amount) > 0 && <Overage selection={selection} allowance={allowance} />}
      {children}
    </section>
  );
}

function Sum({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** The part that the allowance does not pay, line by line: the client sees where the sum comes from. */
function Overage({ selection, allowance }: { selection: Selection; allowance: NonNullable<Preview['allowance']> }) {
  const { overage, fee, tax, overageTotal } = allowance;
  const rates = selection.allowance;
  return (
    <dl className="sums overage">
      <Sum label="Over the allowance">{money(overage)}</Sum>
      <Sum label={rates ? `Fee of your contract, ${percent(rates.feePercent)}` : 'Fee of your contract'}>{money(fee)}</Sum>
      <Sum label={rates ? `Tax, ${percent(rates.taxPercent)}` : 'Tax'}>{money(tax)}</Sum>
      <Sum label="Added to your contract">{money(overageTotal)}</Sum>
    </dl>
  );
}
