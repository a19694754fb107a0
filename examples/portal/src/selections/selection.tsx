// One selection: its options with prices, the choice, the approval, and comments.
import { useState } from 'react';
import { useData } from '../api/hooks';
import { day, money, todayIn } from '../format';
import { type SelectionQuery, SelectionDocument } from '../gql/operations';
import { Badge, Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { pathTo } from '../router';
import { left } from './allowances';
import { Approval } from './approval';
import { Choosing } from './choosing';
import { Comments } from './comments';
import { Photos } from './photos';
import { StatusLine } from './selections';

export type Selection = Extract<NonNullable<SelectionQuery['node']>, { options: unknown }>;
export type Option = Selection['options'][number];

export function SelectionPage({ id }: { id: string }) {
  const { project } = useProject();
  const read = useData(SelectionDocument, { selection: id });
  const node = read.data?.node;
  const selection = node && 'options' in node && node.projectId === project.id ? node : undefined;
  const above = { label: 'Selections', to: pathTo(project.id, 'selections') };
  return (
    <Page title={selection?.title ?? 'Selection'} above={above} lead={selection?.instructions}>
      <Loaded read={read}>
        {() =>
          selection ? (
            <Content selection={selection} onChange={read.reload} />
          ) : (
            <Empty>This selection does not exist, or is not shared with you any more.</Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function Content({ selection, onChange }: { selection: Selection; onChange: () => void }) {
  const { project } = useProject();
  const [done, setDone] = useState<{ status: string; times: number }>({ status: '', times: 0 });
  const finish = (status: string) => setDone(({ times }) => ({ status, times: times + 1 }));
  const isOpen = selection.status === 'SHARED' || selection.status === 'CHOSEN';
  return (
    <div className="selection-page">
      <div className="facts">
        <StatusLine selection={selection} today={todayIn(project.timeZone)} />
        <p className="faint">
          {[
            selection.location?.name,
            selection.category,
            isOpen && selection.dueOn && selection.dueOn >= todayIn(project.timeZone) && `due ${day(selection.dueOn)}`,
            isOpen && selection.dueTask && `needed before “${selection.dueTask.name}”`,
            selection.allowance && `${selection.allowance.name}: ${left(selection.allowance)} of ${money(selection.allowance.granted)}`,
            selection.allowance?.covers === 'MATERIAL' && 'for materials only',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Approval selection={selection} isNext={done.status === selection.status ? done.times : 0} onApproved={() => finish('APPROVED')} onChange={onChange} />
      {isOpen ? (
        <Choosing selection={selection} onChosen={() => finish('CHOSEN')} onDeclined={() => finish('DECLINED')} onChange={onChange} />
      ) : (
        <Options selection={selection} />
      )}
      <Photos selection={selection} onChange={onChange} />
      <Comments selection={selection} onChange={onChange} />
    </div>
  );
}

function Options({ selection }: { selection: Selection }) {
  return (
    <section aria-labelledby="options">
      <h2 id="options">Options</h2>
      <ul className="options">
        {selection.options.map((option) => {
          const chosen = selection.choices.find((choice) => choice.option.id === option.id);
          return (
            <li key={option.id} className={chosen ? 'option chosen' : 'option'}>
              <OptionText option={option} isDecided />
              {chosen && <Badge tone="done">{chosen.quantity > 1 ? `Chosen: ${chosen.quantity}${chosen.price ? ` for ${money(chosen.price)}` : ''}` : 'Chosen'}</Badge>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Title, description and price of an option, and why it cannot be chosen if it cannot. */
export function OptionText({ option, isDecided = false }: { option: Option; isDecided?: boolean }) {
  const { priceDelta, leadTimeDays, priceExpiresOn } = option;
  const facts = [
    option.isStandard && 'Included in your contract',
    !option.isStandard && priceDelta && `${Number(priceDelta.amount) === 0 ? 'Costs the same as' : `${money(priceDelta, 'exceptZero')} to`} the included standard`,
    leadTimeDays !== null && `${leadTimeDays} days from order to delivery`,
    priceExpiresOn && !option.isPriceExpired && `Price valid until ${day(priceExpiresOn)}`,
  ].filter(Boolean);
  return (
    <span className="option-text">
      <span className="option-head">
        <strong>{option.title}</strong>
        <span className="price">{option.price ? money(option.price) : 'Price to be determined'}</span>
      </span>
      {option.description && <span>{option.description}</span>}
      {facts.length > 0 && <span className="faint">{facts.join(' · ')}</span>}
      {option.isPriceExpired && !isDecided && (
        <span className="reason">
          {`This price was valid until ${priceExpiresOn ? day(priceExpiresOn) : 'an earlier day'}. Ask for a new price in a comment, then choose it.`}
        </span>
      )}
    </span>
  );
}
