// All selections of the project: those that wait for the client first.
import { useState } from 'react';
import { useData } from '../api/hooks';
import { day, daysFrom, money, todayIn } from '../format';
import { type SelectionSheetQuery, SelectionSheetDocument } from '../gql/operations';
import { AllowanceList } from '../pages/home';
import { Badge, Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';
import { selectionStatus } from '../words';

type Selection = NonNullable<SelectionSheetQuery['project']>['selections']['nodes'][number];

const GROUPS: { title: string; holds: (selection: Selection) => boolean }[] = [
  { title: 'To choose', holds: ({ status }) => status === 'SHARED' },
  { title: 'To approve', holds: ({ status }) => status === 'CHOSEN' },
  { title: 'Decided', holds: ({ status }) => status !== 'SHARED' && status !== 'CHOSEN' },
];

export function SelectionsPage() {
  const { project } = useProject();
  const [after, setAfter] = useState<string | null>(null);
  const read = useData(SelectionSheetDocument, { project: project.id, after });
  return (
    <Page title="Selections" lead="What you choose for your home, and what it costs.">
      <Loaded read={read}>
        {({ project: sheet }) => {
          if (!sheet) return null;
          const { nodes, pageInfo } = sheet.selections;
          return (
            <>
              {nodes.length === 0 && <Empty>There is nothing to choose yet. We mail you when there is.</Empty>}
              {GROUPS.map(({ title, holds }) => {
                const members = nodes.filter(holds);
                if (members.length === 0) return null;
                return (
                  <section key={title} aria-label={title}>
                    <h2>
                      {title} <span className="count">{members.length}</span>
                    </h2>
                    <ul className="cards">
                      {members.map((selection) => (
                        <li key={selection.id}>
                          <Card selection={selection} />
                        </li>
                      ))}
                    </ul>
                  </section>
                );
              })}
              {pageInfo.hasNextPage && (
                <button type="button" className="button quiet" onClick={() => setAfter(pageInfo.endCursor)}>
                  Show more selections
                </button>
              )}
              {sheet.allowances.length > 0 && (
                <section className="panel" aria-labelledby="allowances">
                  <h2 id="allowances">Allowances</h2>
                  <AllowanceList allowances={sheet.allowances} />
                </section>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Card({ selection }: { selection: Selection }) {
  const { project } = useProject();
  const image = selection.attachments.map(({ file }) => file.image).find((found) => found !== null);
  const { chosenOption } = selection;
  return (
    <Link to={pathTo(project.id, 'selections', selection.id)} className="card link selection">
      {image ? <img src={image.url} width={image.width} height={image.height} alt="" loading="lazy" /> : <Pattern title={selection.title} />}
      <span className="card-body">
        <span className="above">{selection.location?.name ?? 'Whole home'}</span>
        <strong className="card-title">{selection.title}</strong>
        <span className="faint">
          {chosenOption ? chosenOption.title : isOpenChoice(selection) ? `${selection.options.length} options${priceRange(selection.options)}` : 'Several options'}
          {chosenOption?.price && ` · ${money(chosenOption.price)}`}
        </span>
        <StatusLine selection={selection} today={todayIn(project.timeZone)} />
      </span>
    </Link>
  );
}

const isOpenChoice = ({ status }: Selection) => status === 'SHARED' || status === 'DECLINED';

function priceRange(options: Selection['options']): string {
  const prices = options.flatMap(({ price }) => (price ? [price] : []));
  const sorted = prices.sort((one, other) => Number(one.amount) - Number(other.amount));
  return sorted[0] ? ` from ${money(sorted[0])}` : '';
}

export function StatusLine({ selection, today }: { selection: Pick<Selection, 'status' | 'dueOn' | 'isOverdue'>; today: string }) {
  const { status, dueOn, isOverdue } = selection;
  const isOpen = status === 'SHARED' || status === 'CHOSEN';
  return (
    <span className="badges">
      <Badge tone={isOpen ? 'todo' : status === 'DECLINED' ? 'neutral' : 'done'}>{selectionStatus(status)}</Badge>
      {isOpen && dueOn && <Badge tone={isOverdue ? 'late' : 'neutral'}>{isOverdue ? `Was due ${day(dueOn)}` : `Due ${daysFrom(today, dueOn)}`}</Badge>}
    </span>
  );
}

/** Stands in for a photo: quiet shapes that differ from title to title. */
export function Pattern({ title }: { title: string }) {
  const seed = [...title].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const shift = (seed % 7) * 14;
  return (
    <svg className="pattern" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="320" height="180" className="ground" />
      <circle cx={60 + shift} cy={40 + (seed % 5) * 18} r={54 + (seed % 4) * 10} className="one" />
      <rect x={190 - shift} y={70 + (seed % 3) * 12} width="150" height="120" rx="14" className="two" />
      <path d={`M0 ${150 - (seed % 6) * 5} L320 ${110 + (seed % 5) * 9} V180 H0 Z`} className="three" />
    </svg>
  );
}
