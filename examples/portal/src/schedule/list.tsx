import { day } from '../format';
import { Badge, Meter } from '../parts/page';
import { byMilestone, stateOf, type Task, type ViewProps } from './schedule';

export function ListView({ tasks, today }: ViewProps) {
  return (
    <div className="task-list">
      {byMilestone(tasks).map((group) => {
        const done = group.tasks.filter((task) => task.percentComplete >= 100).length;
        return (
          <details key={group.name} open={done < group.tasks.length}>
            <summary>
              <h2>{group.name}</h2>
              <span className="faint">{`${done} of ${group.tasks.length} done`}</span>
            </summary>
            <ul className="rows">
              {group.tasks.map((task) => (
                <Row key={task.id} task={task} today={today} />
              ))}
            </ul>
          </details>
        );
      })}
    </div>
  );
}

export function Row({ task, today }: { task: Task; today: string }) {
  const state = stateOf(task, today);
  return (
    <li className="row">
      <span className="row-main">
        <strong>{task.name}</strong>
        <span className="faint">
          {task.startOn === task.finishOn ? day(task.startOn) : `${day(task.startOn)} – ${day(task.finishOn)}`}
          {` · ${task.workDays} working ${task.workDays === 1 ? 'day' : 'days'}`}
        </span>
        {state === 'now' && <Meter share={task.percentComplete / 100} label={`${task.percentComplete}% complete`} />}
      </span>
      {state === 'done' && <Badge tone="done">Done</Badge>}
      {state === 'now' && <Badge tone="todo">{`${task.percentComplete}%`}</Badge>}
    </li>
  );
}
