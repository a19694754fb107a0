// A Gantt chart in SVG, as wide as the page: it never scrolls sideways. The list has the same content for screen readers.
import { useEffect, useRef, useState } from 'react';
import { dateOf, day, dayNumber } from '../format';
import { byMilestone, stateOf, type Task, type ViewProps } from './schedule';

const ROW = 34;
const GROUP = 30;
const AXIS = 28;
const BAR = 9;
/** About the width of a letter of a name. */
const LETTER = 7;

/** Width of an element, as it changes. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

type Line = { y: number; group: string; task?: undefined } | { y: number; task: Task; group?: undefined };

function linesOf(tasks: Task[]): { lines: Line[]; height: number } {
  const lines: Line[] = [];
  let y = AXIS;
  for (const group of byMilestone(tasks)) {
    lines.push({ y, group: group.name });
    y += GROUP;
    for (const task of group.tasks) {
      lines.push({ y, task });
      y += ROW;
    }
  }
  return { lines, height: y + 6 };
}

/** First days of the months of a range, thinned out where they would be too close. */
function ticksOf(from: number, to: number, perDay: number): number[] {
  const ticks: number[] = [];
  const step = Math.max(1, Math.ceil(46 / (perDay * 30)));
  const start = new Date(dateOf(from));
  for (let month = 0; ; month += step) {
    const at = Math.round(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month, 1) / 86_400_000);
    if (at > to) return ticks;
    if (at >= from) ticks.push(at);
  }
}

/** `Nov`, and with the year in another one: `Jan 27`. */
function monthName(at: number): string {
  const date = dateOf(at);
  const isThisYear = date.startsWith(String(new Date().getFullYear()));
  return day(date, isThisYear ? { month: 'short' } : { month: 'short', year: '2-digit' });
}

export function GanttView({ tasks, today }: ViewProps) {
  const { element, width } = useWidth();
  const { lines, height } = linesOf(tasks);
  const isNarrow = width < 640;
  const left = isNarrow ? 0 : Math.min(240, width * 0.28);
  const starts = tasks.map((task) => dayNumber(task.startOn));
  const ends = tasks.map((task) => dayNumber(task.finishOn) + 1);
  const [from, to] = [Math.min(...starts) - 3, Math.max(...ends) + 3];
  const perDay = Math.max(0, width - left) / (to - from);
  const x = (at: number) => left + (at - from) * perDay;
  const now = dayNumber(today);
  const label = `Gantt chart of ${tasks.length} tasks from ${day(dateOf(from + 3))} to ${day(dateOf(to - 4))}. The list has the same content.`;
  return (
    <div ref={element} className="gantt">
      {width > 0 && tasks.length > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
          {ticksOf(from, to, perDay).map((at) => (
            <g key={at}>
              <line className="tick" x1={x(at)} x2={x(at)} y1={AXIS - 8} y2={height} />
              {x(at) < width - 44 && (
                <text className="axis" x={x(at) + 4} y={14}>
                  {monthName(at)}
                </text>
              )}
            </g>
          ))}
          {now >= from && now <= to && <line className="today" x1={x(now)} x2={x(now)} y1={AXIS - 8} y2={height} />}
          {lines.map((line) =>
            line.group !== undefined ? (
              <text key={line.group} className="group" x={0} y={line.y + 20}>
                {line.group}
              </text>
            ) : (
              <Bar key={line.task.id} task={line.task} y={line.y} x={x} isNarrow={isNarrow} width={width} today={today} />
            ),
          )}
        </svg>
      )}
    </div>
  );
}

interface BarProps {
  task: Task;
  y: number;
  x: (at: number) => number;
  isNarrow: boolean;
  width: number;
  today: string;
}

/** A bar with its name: at the left of the chart, and on a phone above the bar. */
function Bar({ task, y, x, isNarrow, width, today }: BarProps) {
  const start = x(dayNumber(task.startOn));
  const length = Math.max(5, x(dayNumber(task.finishOn) + 1) - start);
  const top = isNarrow ? y + 18 : y + 10;
  const done = (length * task.percentComplete) / 100;
  // Above the bar, but within the chart.
  const nameAt = Math.max(0, Math.min(start, width - task.name.length * LETTER));
  return (
    <g className={stateOf(task, today)}>
      <title>{`${task.name}: ${day(task.startOn)} – ${day(task.finishOn)}, ${task.percentComplete}%`}</title>
      <text className="name" x={isNarrow ? nameAt : 0} y={isNarrow ? y + 12 : y + 19}>
        {isNarrow || task.name.length < 34 ? task.name : `${task.name.slice(0, 32)}…`}
      </text>
      <rect className="bar" x={start} y={top} width={length} height={BAR} rx={4} />
      {done > 0 && <rect className="part" x={start} y={top} width={done} height={BAR} rx={4} />}
    </g>
  );
}
