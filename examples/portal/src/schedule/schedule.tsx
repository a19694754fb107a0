// The published schedule, as a list, a calendar and a Gantt chart.
import { type KeyboardEvent, useRef } from 'react';
import { useData } from '../api/hooks';
import { todayIn } from '../format';
import { type ScheduleQuery, ScheduleDocument } from '../gql/operations';
import { Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { navigate, useParameter } from '../router';
import { CalendarView } from './calendar';
import { Delays } from './delays';
import { Feed } from './feed';
import { GanttView } from './gantt';
import { ListView } from './list';

export type Plan = NonNullable<ScheduleQuery['project']>;
export type Task = NonNullable<Plan['schedule']>['tasks']['nodes'][number];

export interface ViewProps {
  tasks: Task[];
  plan: Plan;
  today: string;
}

const VIEWS = { list: 'List', calendar: 'Calendar', gantt: 'Gantt chart' };
type View = keyof typeof VIEWS;

export function SchedulePage() {
  const { project } = useProject();
  const read = useData(ScheduleDocument, { project: project.id });
  const page = read.data?.project?.schedule?.tasks;
  // Further pages are added to the first one in the cache.
  const rest = useData(ScheduleDocument, { project: project.id, after: page?.pageInfo.endCursor ?? null }, !page?.pageInfo.hasNextPage);
  const chosen = useParameter('view');
  return (
    <Page title="Schedule" lead="Dates are those of the site. They can move; we tell you when they do.">
      <Loaded read={read}>
        {({ project: plan }) => {
          if (!plan?.schedule) return <Empty>The schedule is not shared yet. Your milestones are on the start page.</Empty>;
          const shared = plan.schedule.view === 'GANTT' ? 'gantt' : 'calendar';
          const view = chosen && chosen in VIEWS ? (chosen as View) : innerWidth < 700 ? 'list' : shared;
          const props = { tasks: (rest.data ?? read.data)?.project?.schedule?.tasks.nodes ?? [], plan, today: todayIn(project.timeZone) };
          return (
            <>
              <Tabs current={view} />
              <div role="tabpanel" id="view" aria-labelledby={`tab-${view}`} className="panel">
                {view === 'list' && <ListView {...props} />}
                {view === 'calendar' && <CalendarView {...props} />}
                {view === 'gantt' && <GanttView {...props} />}
              </div>
              <Delays plan={plan} />
              <Feed />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

/** Tabs: one stop of the Tab key, and arrow keys between them. */
function Tabs({ current }: { current: View }) {
  const list = useRef<HTMLDivElement>(null);
  const views = Object.keys(VIEWS) as View[];
  const show = (view: View) => navigate(`${location.pathname}?view=${view}`, { replace: true });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = views[(views.indexOf(current) + step + views.length) % views.length]!;
    show(next);
    list.current?.querySelector<HTMLButtonElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="View of the schedule" className="segments" ref={list} onKeyDown={onKeyDown}>
      {views.map((view) => (
        <button
          key={view}
          id={`tab-${view}`}
          type="button"
          role="tab"
          aria-selected={view === current}
          aria-controls="view"
          tabIndex={view === current ? 0 : -1}
          onClick={() => show(view)}
        >
          {VIEWS[view]}
        </button>
      ))}
    </div>
  );
}

/** Tasks of each milestone, in the order of the schedule. */
export function byMilestone(tasks: Task[]): { name: string; tasks: Task[] }[] {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const name = task.milestone?.name ?? 'Other work';
    groups.set(name, [...(groups.get(name) ?? []), task]);
  }
  return [...groups].map(([name, members]) => ({ name, tasks: members }));
}

export const stateOf = (task: Task, today: string) =>
  task.percentComplete >= 100 ? 'done' : task.startOn <= today ? 'now' : 'planned';
