import { day } from '../format';
import { delayCause } from '../words';
import type { Plan } from './schedule';

/** Delays with the reasons that the company gives. */
export function Delays({ plan }: { plan: Plan }) {
  if (plan.scheduleDelays.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="delays">
      <h2 id="delays">Delays</h2>
      <ul className="rows">
        {plan.scheduleDelays.map((delay) => (
          <li key={delay.id} className="row">
            <span className="row-main">
              <strong>{delay.reason}</strong>
              <span className="faint">
                {`${delayCause(delay.cause)} · from ${day(delay.startOn)}, ${delay.days} working ${delay.days === 1 ? 'day' : 'days'}`}
                {delay.task && ` · ${delay.task.name}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
