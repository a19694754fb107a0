// The start page: what is to be done, what comes next on site, and what it costs.
import { useData } from '../api/hooks';
import { day, daysFrom, due, money, todayIn } from '../format';
import {
  type DashboardQuery,
  DashboardDocument,
  type NewsQuery,
  NewsDocument,
  ScheduleDocument,
  UpdatesDocument,
} from '../gql/operations';
import { hasSection } from '../menu';
import { Icon } from '../parts/icons';
import { Badge, Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';
import { AllowanceList } from '../selections/allowances';
import { milestoneStatus, projectStage } from '../words';
import { UpdateList } from './updates';
import { Welcome } from './welcome';

type Data = NonNullable<DashboardQuery['project']>;
type News = NonNullable<NewsQuery['project']>;

export function HomePage() {
  const { project, viewer } = useProject();
  const read = useData(DashboardDocument, { project: project.id });
  const news = useData(NewsDocument, { project: project.id }).data?.project;
  const { timeZone } = project;
  const [first] = viewer.name.split(' ');
  return (
    <Page title={`Hello, ${first}`} lead={`${project.name} · ${projectStage(project.stage)}`}>
      <Loaded read={read}>
        {({ project: data }) =>
          data && (
            <div className="home">
              <div className="stack-of-panels">
                <Todo data={data} unread={news?.unreadMessageCount ?? 0} today={todayIn(timeZone)} />
                <Welcome />
                {hasSection(project, 'schedule') && <ComingUp today={todayIn(timeZone)} />}
                <Latest />
              </div>
              <div className="stack-of-panels">
                <Cover photo={news?.coverPhoto} />
                <Milestones data={data} />
                <Costs data={data} />
              </div>
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

type Subject = Data['pendingActions'][number]['subject'];
const isToApprove = (subject: Subject) => 'status' in subject && subject.status === 'CHOSEN';

function hintOf(subject: Subject): string {
  if (!('options' in subject)) return '';
  if (isToApprove(subject)) return 'See the choice, then approve it';
  const count = subject.options.length === 1 ? '1 option' : `${subject.options.length} options`;
  return subject.allowance ? `${count} · ${subject.allowance.name}` : count;
}

/** What waits for the client, the most urgent first, and unread messages. */
function Todo({ data, unread, today }: { data: Data; unread: number; today: string }) {
  const { project } = useProject();
  const { pendingActions } = data;
  return (
    <section className="panel urgent" aria-labelledby="todo">
      <h2 id="todo">
        To do {pendingActions.length > 0 && <span className="count">{pendingActions.length}</span>}
      </h2>
      {pendingActions.length === 0 && unread === 0 && (
        <Empty>Nothing to do right now.</Empty>
      )}
      <ul className="rows">
        {pendingActions.slice(0, 5).map(({ subject, title, dueOn, isOverdue }) => (
          <li key={subject.id}>
            <Link to={pathTo(project.id, 'selections', subject.id)} className="row">
              <span className={isOverdue ? 'tile late' : 'tile'}>
                <Icon name={isToApprove(subject) ? 'check' : 'choices'} />
              </span>
              <span className="row-main todo-main">
                <span>
                  <strong>{isToApprove(subject) ? `Approve: ${title}` : `Choose: ${title}`}</strong>
                  <span className="faint">{hintOf(subject)}</span>
                </span>
                {dueOn && (
                  <Badge tone={isOverdue ? 'late' : 'todo'}>{due(today, dueOn)}</Badge>
                )}
              </span>
              <Icon name="next" />
            </Link>
          </li>
        ))}
        {unread > 0 && (
          <li>
            <Link to={pathTo(project.id, 'messages')} className="row">
              <span className="tile">
                <Icon name="messages" />
              </span>
              <span className="row-main">
                <strong>{unread === 1 ? 'Read 1 new message' : `Read ${unread} new messages`}</strong>
              </span>
              <Icon name="next" />
            </Link>
          </li>
        )}
      </ul>
      {pendingActions.length > 5 && (
        <Link to={pathTo(project.id, 'selections')} className="all">All open selections</Link>
      )}
    </section>
  );
}

function Cover({ photo }: { photo: News['coverPhoto'] | undefined }) {
  const image = photo?.image;
  if (!image) return null;
  return (
    <figure className="cover">
      <img src={image.url} width={image.width} height={image.height} alt={photo?.name ?? ''} />
    </figure>
  );
}

function ComingUp({ today }: { today: string }) {
  const { project } = useProject();
  const read = useData(ScheduleDocument, { project: project.id });
  return (
    <section className="panel" aria-labelledby="coming">
      <h2 id="coming">On site</h2>
      <Loaded read={read}>
        {(data) => {
          const tasks = data.project?.schedule?.tasks.nodes ?? [];
          const open = tasks.filter((task) => task.percentComplete < 100 && task.finishOn >= today).slice(0, 4);
          if (open.length === 0) return <Empty>Nothing is planned at the moment.</Empty>;
          return (
            <>
              <ul className="rows">
                {open.map((task) => (
                  <li key={task.id} className="row">
                    <span className="row-main">
                      <strong>{task.name}</strong>
                      <span className="faint">
                        {task.startOn <= today ? `Until ${day(task.finishOn)}` : `Starts ${day(task.startOn)}`}
                      </span>
                    </span>
                    <Badge tone={task.startOn <= today ? 'done' : 'neutral'}>{task.startOn <= today ? 'Now' : daysFrom(today, task.startOn)}</Badge>
                  </li>
                ))}
              </ul>
              <Link to={pathTo(project.id, 'schedule')} className="all">
                Whole schedule
              </Link>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Milestones({ data }: { data: Data }) {
  if (data.milestones.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="milestones">
      <h2 id="milestones">Milestones</h2>
      <ol className="steps">
        {data.milestones.map((milestone) => (
          <li key={milestone.id} className={milestone.status.toLowerCase()}>
            <strong>{milestone.name}</strong>
            <span className="faint">
              {milestoneStatus(milestone.status)}
              {milestone.anticipatedFinishOn && milestone.status !== 'COMPLETED' && ` · ready ${day(milestone.anticipatedFinishOn)}`}
              {milestone.status === 'STARTED' && milestone.percentComplete !== null && ` · ${milestone.percentComplete}%`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Costs({ data }: { data: Data }) {
  if (!data.contractTotal && data.allowances.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="costs">
      <h2 id="costs">Costs</h2>
      {data.contractTotal && (
        <p className="total">
          <span className="faint">Contract total</span>
          <strong>{money(data.contractTotal)}</strong>
        </p>
      )}
      <AllowanceList allowances={data.allowances} />
    </section>
  );
}

function Latest() {
  const { project } = useProject();
  const read = useData(UpdatesDocument, { project: project.id });
  return (
    <section className="panel" aria-labelledby="latest">
      <h2 id="latest">Latest updates</h2>
      <Loaded read={read}>{(data) => <UpdateList updates={data.project?.updates.nodes.slice(0, 4) ?? []} />}</Loaded>
      <Link to={pathTo(project.id, 'updates')} className="all">
        All updates
      </Link>
    </section>
  );
}
