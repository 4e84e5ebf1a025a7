import { HOUR, MINUTE, SECOND } from '../calendar/durations.ts';
import { type CronField, FIELDS } from './cron-fields.ts';

/** The short names of whole expressions, and what they stand for. */
export const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
]);

/** What a cron expression says, once it is known to be one. */
export interface CronPattern {
  /**
   * Second, minute, hour, day of month, month, day of week; numbers for names, `*` for a field that excludes nothing.
   */
  readonly fields: readonly string[];
  /** The same values as numbers, in order; Sunday is 0. */
  readonly values: readonly (readonly number[])[];
  /** Whether a day must fit both the day of the month and the day of the week, or one of them. */
  readonly days: 'both' | 'either';
  /**
   * Of a pattern with `*` or a step in its second, minute or hour: the shortest time between two of its ticks on a
   * wall clock that is never changed, in milliseconds. Undefined for a pattern of fixed times.
   */
  readonly interval: number | undefined;
}

const TIME_UNITS = [
  { unit: SECOND, count: 60 },
  { unit: MINUTE, count: 60 },
  { unit: HOUR, count: 24 },
] as const;

/** How many values each field has that excludes nothing. */
const COUNTS = [60, 60, 24, 31, 12, 7];
const [DAY, WEEKDAY] = [3, 5];

/** The fields as they are written; nicknames are replaced. */
export function splitExpression(expression: string): string[] {
  const text = expression.trim();
  return (NICKNAMES.get(text.toLowerCase()) ?? text).split(/\s+/).filter((part) => part !== '');
}

/** What may stand in each of the fields of an expression of this many. */
export const fieldsOf = (parts: readonly string[]): readonly CronField[] => FIELDS.slice(-parts.length);

/** Reads an expression without mistakes. */
export function readPattern(expression: string): CronPattern {
  const written = splitExpression(expression);
  const parts = written.length === 5 ? ['0', ...written] : written;
  const values = FIELDS.map((field, index) => inOrder(field.values(parts[index] ?? '') ?? [], index));
  const fields = FIELDS.map((field, index) =>
    values[index]?.length === COUNTS[index] ? '*' : field.numeric(parts[index] ?? ''),
  );
  const isInterval = fields.slice(0, TIME_UNITS.length).some((text) => /[*/]/.test(text));
  const days = daysOf(parts);
  if (days === 'either' && [fields[DAY], fields[WEEKDAY]].includes('*')) fields[DAY] = fields[WEEKDAY] = '*';
  return { fields, values, days, interval: isInterval ? shortestInterval(values) : undefined };
}

/** The rule of Vixie's cron: a field that begins with `*` restricts the days of the other one, also as a step. */
export function daysOf(parts: readonly string[]): CronPattern['days'] {
  const [day = '', , weekday = ''] = parts.slice(-3);
  return day.startsWith('*') || weekday.startsWith('*') ? 'both' : 'either';
}

function inOrder(values: readonly number[], index: number): readonly number[] {
  const each = index === WEEKDAY ? values.map((value) => value % 7) : values;
  return [...new Set(each)].sort((one, other) => one - other);
}

/** From the hours down: a finer field cuts the time from one tick to the next. */
function shortestInterval(values: readonly (readonly number[])[]): number {
  let shortest = 24 * HOUR;
  for (const index of [2, 1, 0]) {
    const unit = TIME_UNITS[index]?.unit ?? SECOND;
    const times = (values[index] ?? []).map((value) => value * unit).toSorted((one, other) => one - other);
    const anew = (times[0] ?? 0) + shortest;
    shortest = Math.min(...times.map((time, place) => (times[place + 1] ?? anew) - time));
  }
  return shortest;
}
