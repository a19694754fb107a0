// Filters of the selections. They are part of the address, so that the way back leads to the same list.
import { useId } from 'react';
import { navigate, useParameter } from '../router';
import type { SheetSelection } from './selections';

export const STATES = {
  open: { title: 'To choose', holds: ({ status }: SheetSelection) => status === 'SHARED' },
  chosen: { title: 'To approve', holds: ({ status }: SheetSelection) => status === 'CHOSEN' },
  decided: { title: 'Decided', holds: ({ status }: SheetSelection) => status !== 'SHARED' && status !== 'CHOSEN' },
};
type State = keyof typeof STATES;

interface Filter {
  state: State | undefined;
  location: string;
  category: string;
}

const placeOf = (selection: SheetSelection) => selection.location?.name ?? 'Whole home';
const categoryOf = (selection: SheetSelection) => selection.category ?? 'Other';

export function useFilter(): Filter {
  const state = useParameter('state') ?? '';
  return { state: state in STATES ? (state as State) : undefined, location: useParameter('location') ?? '', category: useParameter('category') ?? '' };
}

export function matching(selections: SheetSelection[], { location, category }: Filter): SheetSelection[] {
  return selections.filter((one) => (!location || placeOf(one) === location) && (!category || categoryOf(one) === category));
}

function show(name: string, value: string) {
  const parameters = new URLSearchParams(location.search);
  if (value) parameters.set(name, value);
  else parameters.delete(name);
  const text = parameters.toString();
  navigate(text ? `${location.pathname}?${text}` : location.pathname, { replace: true });
}

const namesOf = (values: string[]) => [...new Set(values)].sort((one, other) => one.localeCompare(other));

export function Filters({ selections }: { selections: SheetSelection[] }) {
  const filter = useFilter();
  const found = matching(selections, filter);
  return (
    <div className="filters">
      <div className="segments" role="group" aria-label="Status">
        <button type="button" aria-pressed={!filter.state} onClick={() => show('state', '')}>
          All <span className="count">{found.length}</span>
        </button>
        {(Object.keys(STATES) as State[]).map((state) => (
          <button key={state} type="button" aria-pressed={filter.state === state} onClick={() => show('state', state)}>
            {STATES[state].title} <span className="count">{found.filter(STATES[state].holds).length}</span>
          </button>
        ))}
      </div>
      <Choice label="Location" all="All locations" name="location" value={filter.location} names={namesOf(selections.map(placeOf))} />
      <Choice label="Category" all="All categories" name="category" value={filter.category} names={namesOf(selections.map(categoryOf))} />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  name: string;
  value: string;
  names: string[];
}

function Choice({ label, all, name, value, names }: ChoiceProps) {
  const id = useId();
  if (names.length < 2) return null;
  return (
    <span>
      <label htmlFor={id} className="hidden">
        {label}
      </label>
      <select id={id} value={names.includes(value) ? value : ''} onChange={(event) => show(name, event.target.value)}>
        <option value="">{all}</option>
        {names.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </span>
  );
}
