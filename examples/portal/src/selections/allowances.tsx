// Allowances: what is left of each, and on a page of their own what they were used for.
import { useData } from '../api/hooks';
import { instant, isNegative, money, negated, percent } from '../format';
import { type AllowanceLedgerQuery, AllowanceLedgerDocument, type DashboardQuery } from '../gql/operations';
import { Empty, Loaded, Meter, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';

type Short = Pick<NonNullable<DashboardQuery['project']>['allowances'][number], 'id' | 'name' | 'granted' | 'used' | 'remaining'>;
type Allowance = NonNullable<AllowanceLedgerQuery['project']>['allowances'][number];
type Entry = Allowance['entries'][number];

export const left = ({ remaining }: Pick<Short, 'remaining'>) => (isNegative(remaining) ? `${money(negated(remaining))} over` : `${money(remaining)} left`);

function Bar({ granted, used, remaining }: Omit<Short, 'id' | 'name'>) {
  return (
    <Meter
      share={Number(used.amount) / Number(granted.amount) || 0}
      tone={isNegative(remaining) ? 'late' : 'neutral'}
      label={`${money(used)} of ${money(granted)} used`}
    />
  );
}

export function AllowanceList({ allowances }: { allowances: Short[] }) {
  const { project } = useProject();
  return (
    <>
      <ul className="allowances">
        {allowances.map((allowance) => (
          <li key={allowance.id}>
            <span className="allowance-line">
              <span>{allowance.name}</span>
              <span className={isNegative(allowance.remaining) ? 'over' : 'faint'}>{left(allowance)}</span>
            </span>
            <Bar {...allowance} />
          </li>
        ))}
      </ul>
      {allowances.length > 0 && (
        <Link to={pathTo(project.id, 'allowances')} className="all">
          View ledgers
        </Link>
      )}
    </>
  );
}

export function AllowancesPage() {
  const { project } = useProject();
  const read = useData(AllowanceLedgerDocument, { project: project.id });
  const above = { label: 'Selections', to: pathTo(project.id, 'selections') };
  return (
    <Page title="Allowances" above={above} lead="Amounts that your contract already includes. You decide what they are used for.">
      <Loaded read={read}>
        {({ project: data }) =>
          data && (
            <>
              {data.allowances.length === 0 && <Empty>Your contract has no allowances.</Empty>}
              <div className="ledgers">
                {data.allowances.map((allowance) => (
                  <Ledger key={allowance.id} allowance={allowance} />
                ))}
              </div>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Ledger({ allowance }: { allowance: Allowance }) {
  const { id, name, terms, granted, used, remaining, entries } = allowance;
  return (
    <section className="panel ledger" aria-labelledby={id}>
      <div className="allowance-line">
        <h2 id={id}>{name}</h2>
        <strong className={isNegative(remaining) ? 'over' : undefined}>{left(allowance)}</strong>
      </div>
      <Bar granted={granted} used={used} remaining={remaining} />
      <p className="faint">{rules(allowance)}</p>
      {terms && <p className="prose">{terms}</p>}
      <table>
        <caption className="hidden">{`Ledger of the ${name}`}</caption>
        <thead className="hidden">
          <tr>
            <th scope="col">Date</th>
            <th scope="col">What</th>
            <th scope="col">Amount</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            <th scope="row">{isNegative(remaining) ? 'Over the allowance' : 'Left'}</th>
            <td>{money(isNegative(remaining) ? negated(remaining) : remaining)}</td>
          </tr>
        </tfoot>
      </table>
      <p>{outcome(allowance)}</p>
    </section>
  );
}

function Line({ entry }: { entry: Entry }) {
  const { project } = useProject();
  const { amount, selection, createdAt } = entry;
  const isGrant = entry.kind === 'GRANTED' || entry.kind === 'GRANT_CHANGED';
  return (
    <tr>
      <td>
        <time dateTime={createdAt}>{instant(createdAt, project.timeZone, { month: 'short', day: 'numeric', year: 'numeric' })}</time>
      </td>
      <td>{selection ? <Link to={pathTo(project.id, 'selections', selection.id)}>{words(entry)}</Link> : words(entry)}</td>
      {/* A price takes from what is left. */}
      <td>{money(isGrant ? amount : negated(amount), 'exceptZero')}</td>
    </tr>
  );
}

function words({ kind, amount, selection }: Entry): string {
  const title = selection?.title ?? 'A selection';
  switch (kind) {
    case 'GRANTED':
      return 'Included in your contract';
    case 'GRANT_CHANGED':
      return isNegative(amount) ? 'Allowance lowered' : 'Allowance raised';
    case 'APPROVED':
      return `${title} approved`;
    case 'REOPENED':
      return `${title} reopened`;
    default:
      return title;
  }
}

/** What the allowance covers, in a sentence. */
function rules({ covers, unusedPolicy }: Allowance): string {
  const what = covers === 'MATERIAL' ? 'Pays for materials only; work is billed separately.' : 'Pays for materials and labor.';
  const rest = unusedPolicy === 'CREDIT' ? 'What is left at the end is credited to you.' : 'What is left at the end stays part of the contract.';
  return `${what} ${rest}`;
}

/** What the allowance does to the contract as it stands. */
function outcome({ overageTotal, unusedCredit, feePercent, taxPercent }: Allowance): string {
  if (Number(overageTotal.amount) > 0) {
    return `${money(overageTotal)} is added to your contract: the part over the allowance, with ${percent(feePercent)} fee and ${percent(taxPercent)} tax.`;
  }
  if (isNegative(unusedCredit)) return `If nothing more is approved, ${money(negated(unusedCredit))} is credited to you, tax included.`;
  return 'Nothing is added to your contract so far.';
}
