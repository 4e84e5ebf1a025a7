import { DecimalSum, SAFE_DIGITS } from '../../model/decimal-sum.ts';
import type { Filter, GroupsPlan } from '../read/read-plan.ts';
import { parseJson, type ReceivedRecord } from '../records/parse-json.ts';

/** What a plan adds up, whatever its span, and whether by days or by months. */
export interface SummedPlan extends Pick<GroupsPlan, 'filters' | 'fields' | 'collected'> {
  readonly unit: 'day' | 'month';
}

/**
 * All of one group: a list for each day, or one for the month. It holds the day of the month, how many records there
 * are, and of each collected field `missing`, `others` and the exact sum, as text where a double might not hold it.
 */
export type Summed = readonly [values: readonly string[], days: readonly (readonly (number | string)[])[]];

/** Groups and days of a month that are worth keeping: with more it were as much to read as the records. */
export const MOST_KEPT = 5_000;
/** Integers below have few enough digits to be added as numbers. */
const FEW = 10 ** SAFE_DIGITS;

/** The fields that a plan may name: what else a record may be asked for is in no JSON. */
export const isSummedField = (field: string): boolean => field === '_timestamp' || /^[a-z]\w*$/i.test(field);

/** Adds up the records of one month for several plans, each record parsed once, in whichever order they come. */
export class MonthSums {
  /** Of all plans, each once: a record is asked for each of them once. */
  readonly #fields: readonly string[];
  readonly #values: unknown[] = [];
  readonly #plans: readonly PlanSums[];

  constructor(plans: readonly SummedPlan[]) {
    this.#fields = [...new Set(plans.flatMap(namedIn))];
    this.#plans = plans.map((plan) => new PlanSums(plan, this.#fields));
  }

  /** @param json the object of a record */
  add(timestamp: string, json: string): void {
    const record = parseJson(json, false) as ReceivedRecord;
    for (const [index, field] of this.#fields.entries())
      this.#values[index] = field === '_timestamp' ? timestamp : fieldOf(record, field);
    const day = Number(timestamp.slice(8, 10));
    for (const plan of this.#plans) plan.add(day, this.#values);
  }

  /** Of each plan; undefined where it is not to be kept: of too many groups, or of values that are none. */
  get tallies(): readonly (readonly Summed[] | undefined)[] {
    return this.#plans.map((plan) => plan.tallies);
  }
}

const namedIn = ({ filters, fields, collected }: SummedPlan): readonly string[] => [
  ...filters.map(({ field }) => field),
  ...fields,
  ...collected.map(({ field }) => field),
];

function fieldOf(record: ReceivedRecord, field: string): unknown {
  const value = Object.hasOwn(record, field) ? record[field] : undefined;
  // Beside a number of many digits others come as they were written, too.
  const isShort = typeof value === 'object' && JSON.isRawJSON(value) && value.rawJSON.length <= SAFE_DIGITS;
  return isShort ? Number(value.rawJSON) : value;
}

/** One group in one day or month. */
interface Tally {
  readonly values: readonly string[];
  count: number;
  /** In the order of the plan's collected fields. */
  readonly fields: readonly { missing: number; others: number; readonly sum: DecimalSum }[];
}

type TallyOfField = Tally['fields'][number];

/** What one plan adds up. Its fields are places in a list of values. */
class PlanSums {
  readonly #filters: readonly { readonly filter: Filter; readonly place: number }[];
  readonly #fields: readonly number[];
  readonly #collected: readonly number[];
  readonly #isByDay: boolean;
  /** By days, and by the values of the fields. */
  readonly #days: Map<unknown, Tally>[] = [];
  #tallies = 0;
  #isWorthIt = true;

  constructor({ filters, fields, collected, unit }: SummedPlan, places: readonly string[]) {
    this.#filters = filters.map((filter) => ({ filter, place: places.indexOf(filter.field) }));
    this.#fields = fields.map((field) => places.indexOf(field));
    this.#collected = collected.map(({ field }) => places.indexOf(field));
    this.#isByDay = unit === 'day';
  }

  add(day: number, values: readonly unknown[]): void {
    if (!this.#isWorthIt) return;
    for (const { filter, place } of this.#filters) if (!this.#matches(filter, values[place])) return;
    for (const place of this.#fields) {
      const value = values[place];
      if (value === undefined) return;
      // A list, an object, or a number with more digits than a double has.
      if (typeof value === 'object' && value !== null) this.#isWorthIt = false;
    }
    const tally = this.#tallyOf(this.#isByDay ? day : 1, values);
    tally.count += 1;
    for (let index = 0; index < tally.fields.length; index++) {
      const own = tally.fields[index];
      if (own !== undefined) addValue(own, values[this.#collected[index] ?? -1]);
    }
  }

  get tallies(): readonly Summed[] | undefined {
    if (!this.#isWorthIt) return undefined;
    const groups = new Map<unknown, [values: readonly string[], days: (number | string)[][]]>();
    for (const [day, tallies] of this.#days.entries())
      for (const [key, { values, count, fields }] of tallies ?? []) {
        const group = groups.get(key) ?? [values, []];
        groups.set(key, group);
        const numbers = fields.flatMap(({ missing, others, sum }) => [missing, others, shortest(sum.text)]);
        group[1].push([day, count, ...numbers]);
      }
    return [...groups.values()];
  }

  #matches(filter: Filter, value: unknown): boolean {
    if (filter.kind === 'boolean') return value === filter.value;
    if (typeof value === 'string') return value === filter.text;
    const isNumber = filter.kind === 'equals' && filter.number !== undefined;
    // More digits than a double has are compared by databases.
    if (isNumber && JSON.isRawJSON(value)) this.#isWorthIt = false;
    return isNumber && value === Number(filter.number);
  }

  #tallyOf(day: number, values: readonly unknown[]): Tally {
    const tallies = this.#days[day] ?? new Map<unknown, Tally>();
    this.#days[day] = tallies;
    const [first = -1, second] = this.#fields;
    const key =
      second === undefined ? values[first] : JSON.stringify(this.#fields.map((place) => values[place]));
    const known = tallies.get(key);
    if (known !== undefined) return known;
    this.#tallies += 1;
    if (this.#tallies > MOST_KEPT) this.#isWorthIt = false;
    const tally: Tally = {
      values: this.#fields.map((place) => JSON.stringify(values[place])),
      count: 0,
      fields: this.#collected.map(() => ({ missing: 0, others: 0, sum: new DecimalSum() })),
    };
    tallies.set(key, tally);
    return tally;
  }
}

function addValue(tally: TallyOfField, value: unknown): void {
  if (value === undefined || value === null) tally.missing += 1;
  else if (typeof value === 'boolean') tally.sum.add(Number(value), 0);
  else if (typeof value === 'number') addNumber(tally.sum, value);
  else if (JSON.isRawJSON(value)) tally.sum.addText(value.rawJSON);
  else tally.others += 1;
}

function addNumber(sum: DecimalSum, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < FEW) sum.add(value, 0);
  else sum.addText(String(value));
}

/** As `Summed` holds it. */
export const shortest = (sum: string): number | string => (sum.length <= SAFE_DIGITS ? Number(sum) : sum);

/** Adds what `Summed` holds. */
export function addSummed(sum: DecimalSum, value: number | string): void {
  if (typeof value === 'number') addNumber(sum, value);
  else sum.addText(value);
}
