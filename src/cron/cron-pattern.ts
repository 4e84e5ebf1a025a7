import { HOUR, MINUTE, SECOND } from '../calendar/durations.ts';

/** The fields of a cron expression, read strictly: `*`, numbers, names, ranges that rise, steps, and lists of these. */

interface CronField {
  /** What may stand in the field, to follow "expected". */
  readonly expected: string;
  /** The values that a text stands for; undefined when it is none that the field takes. */
  values(text: string): readonly number[] | undefined;
  /** The text with numbers for names. */
  numeric(text: string): string;
}

interface Range {
  readonly what: string;
  readonly first: number;
  readonly last: number;
  /** Names of values, the first one for `first`. */
  readonly names?: readonly string[];
}

const ITEM = /^(?:(\*)|([a-z]+|\d{1,2})(?:-([a-z]+|\d{1,2}))?)(?:\/(\d{1,2}))?$/i;

function cronField(range: Range): CronField {
  return {
    expected: expectation(range),
    values: (text) => valuesOf(range, text),
    numeric: (text) =>
      text.replace(
        /(-?)([a-z]+)/gi,
        (_, dash: string, name: string) => `${dash}${numberOf(range, name, dash !== '')}`,
      ),
  };
}

function valuesOf(range: Range, text: string): readonly number[] | undefined {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const found = readItem(range, item);
    if (found === undefined) return undefined;
    for (const value of found) values.add(value);
  }
  return [...values];
}

function readItem(range: Range, item: string): readonly number[] | undefined {
  const match = ITEM.exec(item);
  if (match === null) return undefined;
  const [, star, from = '', to, stepText] = match;
  if (stepText !== undefined && star === undefined && to === undefined) return undefined;
  const start = star === undefined ? numberOf(range, from, false) : range.first;
  const end = star === undefined ? numberOf(range, to ?? from, to !== undefined) : range.last;
  const step = Number(stepText ?? 1);
  if (start === undefined || end === undefined || end < start || step < 1 || step > range.last)
    return undefined;
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}

/** Sunday is 0 and 7; by its name it is the 7 where a range ends. */
function numberOf(range: Range, text: string, endsRange: boolean): number | undefined {
  const index = range.names?.indexOf(text.toUpperCase()) ?? -1;
  if (index >= 0) return endsRange && index === 0 && range.first === 0 ? range.last : index + range.first;
  const value = Number(text);
  return value >= range.first && value <= range.last ? value : undefined;
}

function expectation({ what, first, last, names }: Range): string {
  const byName = names === undefined ? '' : ` or ${names[0]} to ${names.at(-1)}`;
  return `${what} from ${first} to ${last}${byName}, or *, lists, rising ranges and steps such as */2`;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** All fields in the order in which they are written; an expression of five begins with the second one. */
const FIELDS: readonly CronField[] = [
  cronField({ what: 'a second', first: 0, last: 59 }),
  cronField({ what: 'a minute', first: 0, last: 59 }),
  cronField({ what: 'an hour', first: 0, last: 23 }),
  cronField({ what: 'a day of the month', first: 1, last: 31 }),
  cronField({ what: 'a month', first: 1, last: 12, names: MONTHS }),
  cronField({ what: 'a day of the week', first: 0, last: 7, names: DAYS }),
];

/** What a cron expression says, once it is known to be one. */

/** The short names of whole expressions, and what they stand for. */
export const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
]);

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
