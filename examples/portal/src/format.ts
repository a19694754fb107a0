// Money, dates and sizes, in the reader's language and the project's time zone.

export interface Money {
  amount: string;
  currencyCode: string;
}

let locale = navigator.language;
/** Language of the account; of the browser before sign-in. */
export const setLocale = (tag: string) => {
  locale = tag;
};

/** Exact: `Intl` takes the decimal number as text. */
export function money({ amount, currencyCode }: Money, sign: 'auto' | 'exceptZero' = 'auto'): string {
  const options = { style: 'currency', currency: currencyCode, trailingZeroDisplay: 'stripIfInteger', signDisplay: sign } as const;
  return new Intl.NumberFormat(locale, options).format(amount as unknown as number);
}

export const isNegative = ({ amount }: Money) => amount.startsWith('-');
/** The same amount with the other sign. */
export const negated = (sum: Money): Money => ({ ...sum, amount: isNegative(sum) ? sum.amount.slice(1) : `-${sum.amount}` });

/** `8.25` is 8.25 %. */
export function percent(rate: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'percent', maximumFractionDigits: 4 }).format(rate as unknown as number);
}

const DAY = { weekday: 'short', month: 'short', day: 'numeric' } as const;
const asUtc = (day: string) => new Date(`${day}T00:00:00Z`);

/** A calendar date has no time: it is the same day wherever it is read. */
export function day(date: string, options: Intl.DateTimeFormatOptions = DAY): string {
  const year = date.slice(0, 4) === String(new Date().getFullYear()) || options.year ? {} : { year: 'numeric' as const };
  return new Intl.DateTimeFormat(locale, { ...options, ...year, timeZone: 'UTC' }).format(asUtc(date));
}

/** An instant, as the clock at the site shows it. */
export function instant(at: string, timeZone: string, options: Intl.DateTimeFormatOptions = { ...DAY, hour: 'numeric', minute: '2-digit' }): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(new Date(at));
}

/** Date of an instant in a time zone, ISO 8601. */
export function dateIn(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

export const todayIn = (timeZone: string) => dateIn(new Date(), timeZone);

const MILLISECONDS = 86_400_000;
export const dayNumber = (date: string) => Math.round(asUtc(date).getTime() / MILLISECONDS);
export const dateOf = (number: number) => new Date(number * MILLISECONDS).toISOString().slice(0, 10);

/** Days from today: `tomorrow`, `in 5 days`, `3 days ago`. */
export function daysFrom(today: string, date: string): string {
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(dayNumber(date) - dayNumber(today), 'day');
}

/** Due date in a few words: by its distance, and once it has passed by its day. */
export const due = (today: string, date: string) => (date < today ? `Was due ${day(date)}` : `Due ${daysFrom(today, date)}`);

export function size(bytes: number): string {
  const [value, unit] = bytes < 1e3 ? [bytes, 'byte'] : bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte'];
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

export const weekdays = () => [...Array(7).keys()].map((index) => day(dateOf(3 + index), { weekday: 'short' }).replace(/,?\s*1970/, ''));

/** A telephone number in groups: `+1 360 555 0100`. */
export const phone = (number: string) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3');
