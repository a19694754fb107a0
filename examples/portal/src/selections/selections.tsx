// All selections of the project: those that wait for the client first.
import { useEffect, useState } from 'react';
import { useData } from '../api/hooks';
import { due, money, todayIn } from '../format';
import { type SelectionSheetQuery, SelectionSheetDocument } from '../gql/operations';
import { Badge, Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';
import { selectionStatus } from '../words';
import { AllowanceList } from './allowances';
import { Filters, matching, STATES, useFilter } from './filters';
import { Placeholder } from './placeholder';

type Sheet = NonNullable<SelectionSheetQuery['project']>;
export type SheetSelection = Sheet['selections']['nodes'][number];

export function SelectionsPage() {
  const { project } = useProject();
  const [after, setAfter] = useState<string | null>(null);
  const read = useData(SelectionSheetDocument, { project: project.id, after });
  const page = read.data?.project?.selections.pageInfo;
  // The cache joins the pages: filters and counts are over all of them.
  useEffect(() => {
    if (page?.hasNextPage) setAfter(page.endCursor);
  }, [page?.hasNextPage, page?.endCursor]);
  return (
    <Page title="Selections" lead="What you choose for your home, and what it costs.">
      <Loaded read={read}>{({ project: sheet }) => sheet && <SheetView sheet={sheet} />}</Loaded>
    </Page>
  );
}

function SheetView({ sheet }: { sheet: Sheet }) {
  const filter = useFilter();
  const { nodes } = sheet.selections;
  const found = matching(nodes, filter);
  const groups = Object.entries(STATES).filter(([state]) => !filter.state || state === filter.state);
  const isEmpty = groups.every(([, { holds }]) => !found.some(holds));
  return (
    <>
      {nodes.length === 0 ? <Empty>There is nothing to choose yet.</Empty> : <Filters selections={nodes} />}
      {nodes.length > 0 && isEmpty && <Empty>No selection fits these filters.</Empty>}
      {groups.map(([state, { title, holds }]) => (
        <Group key={state} title={title} members={found.filter(holds)} isByDate={state !== 'decided'} />
      ))}
      {sheet.allowances.length > 0 && (
        <section className="panel" aria-labelledby="allowances">
          <h2 id="allowances">Allowances</h2>
          <AllowanceList allowances={sheet.allowances} />
        </section>
      )}
    </>
  );
}

/** Those without a date come last. */
const byDate = (one: SheetSelection, other: SheetSelection) => (one.dueOn ?? '9999').localeCompare(other.dueOn ?? '9999');

function Group({ title, members, isByDate }: { title: string; members: SheetSelection[]; isByDate: boolean }) {
  if (members.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>
        {title} <span className="count">{members.length}</span>
      </h2>
      <ul className="cards selections">
        {(isByDate ? members.toSorted(byDate) : members).map((selection) => (
          <li key={selection.id}>
            <Card selection={selection} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card({ selection }: { selection: SheetSelection }) {
  const { project } = useProject();
  const image = selection.attachments.map(({ file }) => file.image).find((found) => found !== null);
  return (
    <Link to={pathTo(project.id, 'selections', selection.id)} className="card link selection">
      {image ? (
        <img src={image.url} width={image.width} height={image.height} alt="" loading="lazy" />
      ) : (
        <Placeholder title={selection.title} category={selection.category} />
      )}
      <span className="card-body">
        <span className="above">{selection.location?.name ?? 'Whole home'}</span>
        <strong className="card-title">{selection.title}</strong>
        <span className="faint">{summary(selection)}</span>
        <StatusLine selection={selection} today={todayIn(project.timeZone)} />
      </span>
    </Link>
  );
}

function summary({ choices, options }: SheetSelection): string {
  if (choices.length > 0) {
    return choices
      .map(({ quantity, price, option }) => [quantity > 1 ? `${quantity} × ${option.title}` : option.title, price && money(price)].filter(Boolean).join(' · '))
      .join(', ');
  }
  const prices = options.flatMap(({ price }) => (price ? [price] : []));
  const lowest = prices.sort((one, other) => Number(one.amount) - Number(other.amount))[0];
  const count = options.length === 1 ? '1 option' : `${options.length} options`;
  return lowest ? `${count} ${options.length === 1 ? 'for' : 'from'} ${money(lowest)}` : count;
}

export function StatusLine({ selection, today }: { selection: Pick<SheetSelection, 'status' | 'dueOn' | 'isOverdue'>; today: string }) {
  const { status, dueOn, isOverdue } = selection;
  const isOpen = status === 'SHARED' || status === 'CHOSEN';
  return (
    <span className="badges">
      <Badge tone={isOpen ? 'todo' : status === 'DECLINED' ? 'neutral' : 'done'}>{selectionStatus(status)}</Badge>
      {isOpen && dueOn && <Badge tone={isOverdue ? 'late' : 'neutral'}>{due(today, dueOn)}</Badge>}
    </span>
  );
}
