// Choosing: the options as a list of choices, and what they cost before anything is sent.
import { type FormEvent, useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { Fault } from '../api/faults';
import { perform, useAction } from '../api/hooks';
import { money } from '../format';
import {
  type SelectionChoiceInput,
  type SelectionPreviewMutation,
  SelectionChooseDocument,
  SelectionDeclineDocument,
  SelectionPreviewDocument,
} from '../gql/operations';
import { FaultNote } from '../parts/page';
import { type Option, OptionText, type Selection } from './selection';

type Choice = SelectionChoiceInput & { quantity: number };
type Preview = NonNullable<SelectionPreviewMutation['selectionPreview']['preview']>;

export function Choosing({ selection, onChange }: { selection: Selection; onChange: () => void }) {
  const { minChoices, maxChoices, mayDecline } = selection;
  const chosen = () => selection.choices.map(({ option, quantity }) => ({ optionId: option.id, quantity }));
  const [choices, setChoices] = useState<Choice[]>(chosen);
  const { preview, fault: previewFault } = usePreview(selection.id, choices);
  const choose = useAction(SelectionChooseDocument);
  const decline = useAction(SelectionDeclineDocument);
  const isSingle = maxChoices === 1;
  const toggle = (optionId: string) => {
    const isIn = choices.some((choice) => choice.optionId === optionId);
    const added = { optionId, quantity: 1 };
    setChoices(isSingle ? [added] : isIn ? choices.filter((choice) => choice.optionId !== optionId) : [...choices, added]);
  };
  const count = (optionId: string, quantity: number) =>
    setChoices(choices.map((choice) => (choice.optionId === optionId ? { optionId, quantity } : choice)));
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (await choose.send({ id: selection.id, choices, expectedVersion: selection.version })) onChange();
  };
  const refuse = async () => {
    if (await decline.send({ id: selection.id, expectedVersion: selection.version, reason: null })) onChange();
  };
  const isEnough = choices.length >= minChoices && choices.length <= maxChoices;
  return (
    <form onSubmit={submit} className="choosing">
      <fieldset>
        <legend>{isSingle ? 'Choose one option' : `Choose ${minChoices} to ${maxChoices} options`}</legend>
        <div className="options">
          {selection.options.map((option) => {
            const chosen = choices.find((choice) => choice.optionId === option.id);
            return (
              <div key={option.id} className={chosen ? 'option chosen' : 'option'}>
                <label>
                  <OptionPhotos option={option} />
                  <input
                    type={isSingle ? 'radio' : 'checkbox'}
                    name="option"
                    value={option.id}
                    checked={Boolean(chosen)}
                    disabled={option.isPriceExpired}
                    onChange={() => toggle(option.id)}
                  />
                  <OptionText option={option} />
                </label>
                <OptionFiles option={option} />
                {chosen && !isSingle && (
                  <label className="quantity">
                    Quantity
                    <input type="number" min={1} value={chosen.quantity} onChange={(event) => count(option.id, Math.max(1, event.target.valueAsNumber || 1))} />
                  </label>
                )}
              </div>
            );
          })}
        </div>
      </fieldset>
      {preview && <Costs preview={preview} />}
      <FaultNote fault={choose.fault ?? decline.fault ?? previewFault} onRetry={choose.fault ? () => submit() : undefined} onReload={onChange} />
      <div className="dialog-actions">
        {mayDecline && selection.status === 'SHARED' && (
          <button type="button" className="button quiet" disabled={decline.isBusy} onClick={refuse}>
            We do not want this
          </button>
        )}
        <button type="submit" className="button" disabled={!isEnough || choose.isBusy}>
          {choose.isBusy ? 'Saving…' : 'Choose'}
        </button>
      </div>
    </form>
  );
}

/** Photos of an option, which choose it too. Its title says what they show. */
function OptionPhotos({ option }: { option: Option }) {
  const photos = option.attachments.filter(({ file }) => file.image);
  if (photos.length === 0) return null;
  return (
    <span className="option-photos">
      {photos.map(({ id, file }) => (
        <img key={id} src={file.image?.url} width={file.image?.width} height={file.image?.height} alt="" loading="lazy" />
      ))}
    </span>
  );
}

/** Links to the files of an option: its photos at a larger size, and what is no photo. */
function OptionFiles({ option }: { option: Option }) {
  if (option.attachments.length === 0) return null;
  return (
    <ul className="option-files">
      {option.attachments.map(({ id, file }) => (
        <li key={id}>
          <a href={file.picture?.url ?? file.download?.url} target="_blank" rel="noreferrer">
            {file.name}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What the choices would cost. Only the answer to the newest question counts. */
function usePreview(id: string, choices: Choice[]): { preview?: Preview; fault?: Fault } {
  const client = useClient();
  const [state, setState] = useState<{ preview?: Preview; fault?: Fault }>({});
  useEffect(() => {
    if (choices.length === 0) {
      setState({});
      return undefined;
    }
    let isNewest = true;
    const ask = async () => {
      const outcome = await perform(client, SelectionPreviewDocument, { input: { id, choices } });
      if (isNewest) setState('fault' in outcome ? { fault: outcome.fault } : { preview: outcome.payload.preview ?? undefined });
    };
    void ask();
    return () => {
      isNewest = false;
    };
  }, [client, id, choices]);
  return state;
}

function Costs({ preview }: { preview: Preview }) {
  const { price, priceDelta, allowance, contractTotalAfter, contractTotalChange } = preview;
  const isZero = (amount: string) => Number(amount) === 0;
  return (
    <section className="panel" aria-label="What this costs" aria-live="polite">
      <dl>
        <dt>Price</dt>
        <dd>{price ? money(price) : 'To be determined'}</dd>
        {priceDelta && (
          <>
            <dt>Difference</dt>
            <dd>{`${money(priceDelta, 'exceptZero')} to the included standard`}</dd>
          </>
        )}
        {allowance && (
          <>
            <dt>{allowance.allowance.name}</dt>
            <dd>{`${money(allowance.remainingAfter)} left after this`}</dd>
          </>
        )}
        {allowance && !isZero(allowance.overageTotal.amount) && (
          <>
            <dt>Over the allowance</dt>
            <dd>{`${money(allowance.overageTotal)}, with ${money(allowance.fee)} fee and ${money(allowance.tax)} tax`}</dd>
          </>
        )}
        {contractTotalAfter && contractTotalChange && (
          <>
            <dt>Contract total</dt>
            <dd>{`${money(contractTotalAfter)} (${money(contractTotalChange, 'exceptZero')})`}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
