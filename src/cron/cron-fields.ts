/** A field of a cron expression, read strictly: `*`, numbers, names, ranges that rise, steps, and lists of these. */
export interface CronField {
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
    const itemValues = readItem(range, item);
    if (itemValues === undefined) return undefined;
    for (const value of itemValues) values.add(value);
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
export const FIELDS: readonly CronField[] = [
  cronField({ what: 'a second', first: 0, last: 59 }),
  cronField({ what: 'a minute', first: 0, last: 59 }),
  cronField({ what: 'an hour', first: 0, last: 23 }),
  cronField({ what: 'a day of the month', first: 1, last: 31 }),
  cronField({ what: 'a month', first: 1, last: 12, names: MONTHS }),
  cronField({ what: 'a day of the week', first: 0, last: 7, names: DAYS }),
];
