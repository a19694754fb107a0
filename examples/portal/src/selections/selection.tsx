// One selection: its options with prices, the choice, the approval, and comments.
import { useData } from '../api/hooks';
import { day, money, todayIn } from '../format';
import { type SelectionQuery, SelectionDocument } from '../gql/operations';
import { Badge, Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { pathTo } from '../router';
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
  const isOpen = selection.status === 'SHARED' || selection.status === 'CHOSEN';
  return (
    <div className="selection-page">
      <div className="facts">
        <StatusLine selection={selection} today={todayIn(project.timeZone)} />
        <p className="faint">
          {[
            selection.location?.name,
            selection.dueOn && `due ${day(selection.dueOn)}`,
            selection.allowance && `${selection.allowance.name}: ${money(selection.allowance.remaining)} of ${money(selection.allowance.granted)} left`,
            selection.allowance?.covers === 'MATERIAL' && 'for materials only',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Approval selection={selection} onChange={onChange} />
      {isOpen ? <Choosing key={selection.version} selection={selection} onChange={onChange} /> : <Options selection={selection} />}
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
              <OptionText option={option} />
              {chosen && <Badge tone="done">{chosen.quantity > 1 ? `Chosen: ${chosen.quantity}` : 'Chosen'}</Badge>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Title, description and price of an option. */
export function OptionText({ option }: { option: Option }) {
  return (
    <span className="option-text">
      <span className="option-head">
        <strong>{option.title}</strong>
        <span className="price">{option.price ? money(option.price) : 'Price to follow'}</span>
      </span>
      {option.description && <span>{option.description}</span>}
      <span className="faint">
        {[
          option.isStandard ? 'Included in your contract' : option.priceDelta && `${money(option.priceDelta, 'exceptZero')} to the included standard`,
          option.leadTimeDays !== null && `${option.leadTimeDays} days from order to delivery`,
          option.priceExpiresOn && (option.isPriceExpired ? 'the price has expired' : `price until ${day(option.priceExpiresOn)}`),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </span>
  );
}
