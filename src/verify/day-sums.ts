import { isoSeconds } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { DecimalSum } from '../model/decimal-sum.ts';
import type { RecordValues } from '../model/record-values.ts';
import { spelling } from './content.ts';

const NUMBER = /^-?\d/;
const WHOLE = /^-?\d+$/;

/** The numbers of one field in the records of one day. */
export class FieldSum {
  readonly sum = new DecimalSum();
  /** The sum of what they are without their signs. */
  readonly magnitude = new DecimalSum();
  /** Whether none of them has a fraction. */
  isWhole = true;

  add(json: string): void {
    this.sum.addText(json);
    this.magnitude.addText(json.replace('-', ''));
    this.isWhole &&= WHOLE.test(json);
  }
}

/** What the records of one day of UTC come to. */
export class DaySum {
  count = 0;
  /** By field; a field is left out where no record has a number in it. */
  readonly sums = new Map<string, FieldSum>();
}

/** Counts records and adds up their numbers, day by day of UTC, in memory that grows with the days only. */
export class DaySums {
  readonly #days = new Map<string, DaySum>();
  readonly #numbers = new Set<string>();
  readonly #others = new Set<string>();

  /** By the instants at which they begin, written as `isoSeconds` does. */
  get days(): ReadonlyMap<string, DaySum> {
    return this.#days;
  }

  /** The fields that hold nothing but numbers, and null; of some, those that hold nothing else. */
  fields(among: Iterable<string> = this.#numbers): readonly string[] {
    return [...among].filter((field) => !this.#others.has(field));
  }

  add(values: RecordValues): void {
    const day = this.#dayOf(values);
    day.count += 1;
    for (const [field, json] of values) {
      if (json === 'null' || field.startsWith('_')) continue;
      if (!NUMBER.test(json)) this.#others.add(field);
      else sumOf(day, field).add(json);
      if (NUMBER.test(json)) this.#numbers.add(field);
    }
  }

  #dayOf(values: RecordValues): DaySum {
    const start = dayOf(values);
    const found = this.#days.get(start) ?? new DaySum();
    this.#days.set(start, found);
    return found;
  }
}

/** The beginning of the day of UTC in which a record's `_timestamp` lies. */
export const dayOf = (values: RecordValues): string =>
  `${spelling('_timestamp', values.get('_timestamp') ?? '').slice(1, 11)}T00:00:00Z`;

export const dayAfter = (start: string): string => isoSeconds(Date.parse(start) + DAY);

function sumOf({ sums }: DaySum, field: string): FieldSum {
  const found = sums.get(field) ?? new FieldSum();
  sums.set(field, found);
  return found;
}
