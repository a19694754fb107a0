// One month. The days are one stop of the Tab key, with arrow keys between them; the tasks of the chosen day are below.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { dateOf, day, dayNumber, weekdays } from '../format';
import { Icon } from '../parts/icons';
import { Empty } from '../parts/page';
import { Row } from './list';
import { stateOf, type Task, type ViewProps } from './schedule';

const LABELS = 2;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The first day of a date's month, moved by some months. */
function monthOf(date: string, by = 0): string {
  const [year, month] = date.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10);
}

/** Weeks of a month, from Sunday to Saturday, with the days of other months around it. */
function weeksOf(month: string): string[][] {
  const start = dayNumber(month) - new Date(`${month}T00:00Z`).getUTCDay();
  const count = Math.ceil((dayNumber(monthOf(month, 1)) - start) / 7);
  return [...Array(count).keys()].map((week) => [...Array(7).keys()].map((index) => dateOf(start + week * 7 + index)));
}

const on = (tasks: Task[], date: string) => tasks.filter((task) => task.startOn <= date && date <= task.finishOn);

export function CalendarView({ tasks, today }: ViewProps) {
  const [chosen, setChosen] = useState(today);
  const grid = useRef<HTMLTableElement>(null);
  const wantsFocus = useRef(false);
  const month = monthOf(chosen);
  useEffect(() => {
    if (wantsFocus.current) grid.current?.querySelector<HTMLButtonElement>('[tabindex="0"]')?.focus();
    wantsFocus.current = false;
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    wantsFocus.current = true;
    setChosen(dateOf(dayNumber(chosen) + step));
  };
  const title = day(month, { month: 'long', year: 'numeric' });
  const found = on(tasks, chosen);
  return (
    <div className="calendar">
      <div className="calendar-head">
        <h2 aria-live="polite">{title}</h2>
        <button type="button" className="square" aria-label="Earlier month" onClick={() => setChosen(monthOf(chosen, -1))}>
          <Icon name="back" />
        </button>
        <button type="button" className="button quiet" onClick={() => setChosen(today)}>
          Today
        </button>
        <button type="button" className="square" aria-label="Later month" onClick={() => setChosen(monthOf(chosen, 1))}>
          <Icon name="next" />
        </button>
      </div>
      <table ref={grid} role="grid" aria-label={`${title}: choose a day with the arrow keys`} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {weekdays().map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week) => (
            <tr key={week[0]}>
              {week.map((date) => (
                <Day key={date} date={date} tasks={on(tasks, date)} today={today} chosen={chosen} month={month} onChoose={setChosen} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <section aria-live="polite" aria-label="Tasks of the chosen day">
        <h3>{day(chosen, { weekday: 'long', month: 'long', day: 'numeric' })}</h3>
        {found.length === 0 && <Empty>No work is planned on this day.</Empty>}
        <ul className="rows">
          {found.map((task) => (
            <Row key={task.id} task={task} today={today} />
          ))}
        </ul>
      </section>
    </div>
  );
}

interface DayProps {
  date: string;
  tasks: Task[];
  today: string;
  chosen: string;
  month: string;
  onChoose: (date: string) => void;
}

function Day({ date, tasks, today, chosen, month, onChoose }: DayProps) {
  const isOutside = date.slice(0, 7) !== month.slice(0, 7);
  const count = tasks.length === 0 ? 'no tasks' : tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
  return (
    <td role="gridcell" aria-selected={date === chosen} className={isOutside ? 'outside' : undefined}>
      <button
        type="button"
        tabIndex={date === chosen ? 0 : -1}
        aria-current={date === today ? 'date' : undefined}
        className={date === chosen ? 'day chosen' : 'day'}
        onClick={() => onChoose(date)}
      >
        <span className="hidden">{day(date, { month: 'long' })} </span>
        <span className="day-number">{Number(date.slice(8))}</span>
        <span className="hidden">{`: ${count}`}</span>
        <span className="day-tasks">
          {tasks.slice(0, LABELS).map((task) => (
            <span key={task.id} className={`chip ${stateOf(task, today)}`}>
              {task.name}
            </span>
          ))}
          {tasks.length > LABELS && <span className="chip more">{`+${tasks.length - LABELS}`}</span>}
        </span>
      </button>
    </td>
  );
}
