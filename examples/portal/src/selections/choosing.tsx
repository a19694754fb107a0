// Choosing: the options as a list of choices, and what they cost before anything is sent.
import { type FormEvent } from 'react';
import { useAction } from '../api/hooks';
import { type SelectionChoiceInput, SelectionChooseDocument } from '../gql/operations';
import { useDraft } from '../parts/draft';
import { FaultNote } from '../parts/page';
import { Submit } from '../parts/submit';
import { Decline } from './decline';
import { Costs, usePreview } from './preview';
import { OptionFiles, OptionPhotos } from './option-files';
import { OptionText, type Selection } from './selection';

type Choice = SelectionChoiceInput & { quantity: number };

/** What the client has marked and not sent, and the version of the selection in which it began. */
interface Marked {
  choices: Choice[];
  version: number;
}

export interface ChoosingProps {
  selection: Selection;
  onChosen: () => void;
  onDeclined: () => void;
  onChange: () => void;
}

export function Choosing({ selection, onChosen, onDeclined, onChange }: ChoosingProps) {
  const { minChoices, maxChoices, mayDecline, options, version } = selection;
  const { marked, mark, forget } = useMarked(selection);
  const saved = selection.choices.map(({ option, quantity }) => ({ optionId: option.id, quantity }));
  const choices = marked?.choices ?? saved;
  const isEnough = choices.length >= minChoices && choices.length <= maxChoices;
  const hasExpired = choices.some(({ optionId }) => options.some((option) => option.id === optionId && option.isPriceExpired));
  const canChoose = isEnough && !hasExpired;
  const estimate = usePreview(selection.id, version, choices, canChoose);
  const choose = useAction(SelectionChooseDocument);
  const isSingle = maxChoices === 1;
  const isOutdated = marked !== undefined && marked.version !== version;
  const toggle = (optionId: string) => {
    const isIn = choices.some((choice) => choice.optionId === optionId);
    const added = { optionId, quantity: 1 };
    mark(isSingle ? [added] : isIn ? choices.filter((choice) => choice.optionId !== optionId) : [...choices, added]);
  };
  const count = (optionId: string, quantity: number) => mark(choices.map((choice) => (choice.optionId === optionId ? { optionId, quantity } : choice)));
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const payload = await choose.send({ id: selection.id, choices, expectedVersion: version });
    if (payload) {
      forget();
      onChosen();
    }
    // Also after a rejection: the page then shows what has changed, and keeps what is marked.
    onChange();
  };
  return (
    <div className="choosing">
      <form onSubmit={submit}>
        <fieldset>
          <legend>{hint(minChoices, maxChoices)}</legend>
          <div className="options">
            {options.map((option) => {
              const chosen = choices.find((choice) => choice.optionId === option.id);
              return (
                <div key={option.id} className={chosen ? 'option chosen' : option.isPriceExpired ? 'option expired' : 'option'}>
                  <label>
                    <OptionPhotos option={option} />
                    <input
                      type={isSingle ? 'radio' : 'checkbox'}
                      name="option"
                      value={option.id}
                      checked={Boolean(chosen)}
                      disabled={option.isPriceExpired && !chosen}
                      onChange={() => toggle(option.id)}
                    />
                    <OptionText option={option} />
                  </label>
                  <OptionFiles option={option} />
                  {chosen && !isSingle && (
                    <label className="quantity">
                      Quantity
                      <input
                        type="number"
                        min={1}
                        max={9999}
                        value={chosen.quantity}
                        onChange={(event) => count(option.id, Math.min(9999, Math.max(1, Math.round(event.target.valueAsNumber) || 1)))}
                      />
                    </label>
                  )}
                </div>
              );
            })}
          </div>
        </fieldset>
        <div className="decision">
          {isOutdated && <Meanwhile selection={selection} onKeep={forget} />}
          {choices.length > maxChoices && <p className="note">{`Choose at most ${maxChoices} options.`}</p>}
          {canChoose ? <Costs selection={selection} estimate={estimate} /> : <p className="hint">Select options to see here what they cost, before you choose.</p>}
          <FaultNote fault={estimate.fault} onRetry={estimate.retry} />
          {!(isOutdated && choose.fault?.code === 'CONFLICT') && <FaultNote fault={choose.fault} onRetry={() => submit()} />}
          {(marked || saved.length === 0) && (
            <div className="dialog-actions">
              <Submit isBusy={choose.isBusy} busy="Saving…" disabled={!canChoose || Boolean(estimate.fault)}>
                {isOutdated && saved.length > 0 ? 'Choose mine instead' : saved.length > 0 ? 'Change the choice' : 'Choose'}
              </Submit>
            </div>
          )}
          {canChoose && <p className="faint">A choice can still be changed. It becomes final when it is approved.</p>}
        </div>
      </form>
      {mayDecline && selection.status === 'SHARED' && <Decline selection={selection} onDeclined={onDeclined} onChange={onChange} />}
    </div>
  );
}

function hint(min: number, max: number): string {
  if (max === 1) return 'Choose one option';
  return min === max ? `Choose ${min} options` : `Choose ${min} to ${max} options`;
}

/** What is marked survives a reload, a lost connection, and a choice that another client makes meanwhile. */
function useMarked(selection: Selection) {
  const [text, setText] = useDraft(`choice ${selection.id}`);
  const isOffered = ({ optionId }: Choice) => selection.options.some((option) => option.id === optionId);
  const parsed = text ? (JSON.parse(text) as Marked) : undefined;
  const marked = parsed && { ...parsed, choices: parsed.choices.filter(isOffered) };
  const mark = (choices: Choice[]) => setText(JSON.stringify({ choices, version: marked?.version ?? selection.version } satisfies Marked));
  return { marked, mark, forget: () => setText('') };
}

/** Another client has changed the selection while the client was choosing: theirs is shown, and mine can still be sent. */
function Meanwhile({ selection, onKeep }: { selection: Selection; onKeep: () => void }) {
  const theirs = selection.choices.map(({ quantity, option }) => (quantity > 1 ? `${quantity} × ${option.title}` : option.title)).join(', ');
  return (
    <div className="note meanwhile" role="alert">
      <p>
        {theirs ? (
          <>
            <strong>{`${selection.chosenBy ?? 'Another client'} chose ${theirs} while you were choosing.`}</strong> What you marked is still here.
          </>
        ) : (
          <>
            <strong>This selection has changed while you were choosing.</strong> What you marked is still here: check the options and prices.
          </>
        )}
      </p>
      <button type="button" className="button quiet" onClick={onKeep}>
        {theirs ? 'Keep that choice' : 'Start over'}
      </button>
    </div>
  );
}
