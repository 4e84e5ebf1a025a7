import { hash } from 'node:crypto';
import { type Period, startOfPeriod } from '../../calendar/period.ts';
import { type CollectedValues, type GroupRow, type GroupsPlan, MAXIMUM_GROUPS } from '../read/read-plan.ts';
import { formatTimestamp } from '../records/timestamp.ts';

/**
 * What was added up of a month, kept until something changes in it. Each month that was kept says of which version of
 * the month it is, and counts for that version alone: whatever is stored, and in whichever order, no sum can be wrong.
 */
export interface KeptMonth {
  /** `YYYY-MM`. */
  readonly month: string;
  /** How often something had changed in the month. */
  readonly version: string;
  /** JSON of its tallies; `null` where they must not be added to others. */
  readonly tallies: string;
}

/** A month as a store finds it: `tallies` is null where nothing is kept of this version. */
export type FoundMonth = Omit<KeptMonth, 'tallies'> & { readonly tallies: string | null };

/** Part of every definition: a new one makes all that was kept before unknown. */
const FORMAT = 1;
/** Groups and days of a month that are worth keeping: with more it were as much to read as the records. */
const MOST_KEPT = 5_000;
const MIDNIGHT = 'T00:00:00+00:00';
const FIRST_OF_MONTH = `-01${MIDNIGHT}`;
/** Behind all timestamps. */
const NEVER = '~';
/** Equal values of other kinds may be written in several ways. */
const WRITTEN_IN_ONE_WAY = /^(?:"|true$|false$|null$|0$|-?[1-9]\d{0,14}$)/;

/** All of one group: a list for each day, or one for the month. */
type Tallied = readonly [values: readonly string[], days: readonly (readonly (number | string)[])[]];

/** Day of the month, count, and of each collected field `missing`, `others` and `integers`, as text if need be. */
const dayOf = ({ period, count, collected }: GroupRow): readonly (number | string)[] => [
  Number(period?.slice(8, 10)),
  count,
  ...collected.flatMap(({ missing, others, integers }) => [missing, others, shortest(integers)]),
];

const shortest = (integer: bigint): number | string =>
  Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer);

/** A plan that can be answered from months. */
export class MonthlyPlan {
  /** Names what is kept for this plan, and for all that differ from it in their span or period only. */
  readonly definition: string;
  /** The first timestamp, and the first one behind the last. */
  readonly from: string;
  readonly to: string;
  readonly #plan: GroupsPlan;
  readonly #unit: 'day' | 'month';

  /** Undefined for a plan that asks for what is not kept: hours, sets, parts of days, or once only. */
  static of(plan: GroupsPlan): MonthlyPlan | undefined {
    const { isKept, period, collected, from = MIDNIGHT, to } = plan;
    const isOfDays =
      from.endsWith(MIDNIGHT) && (to === undefined || (to.at.endsWith(MIDNIGHT) && !to.inclusive));
    const canBeKept = isKept === true && isOfDays && period !== 'hour' && !collected.some(({ set }) => set);
    return canBeKept ? new MonthlyPlan(plan) : undefined;
  }

  private constructor(plan: GroupsPlan) {
    const { filters, fields, collected, from = '', to, period } = plan;
    this.#plan = plan;
    this.from = from;
    this.to = to?.at ?? NEVER;
    const isOfMonths = [from || FIRST_OF_MONTH, to?.at ?? FIRST_OF_MONTH].every((at) =>
      at.endsWith(FIRST_OF_MONTH),
    );
    this.#unit = isOfMonths && period !== 'day' && period !== 'week' ? 'month' : 'day';
    this.definition = hash('sha256', JSON.stringify([FORMAT, this.#unit, filters, fields, collected]));
  }

  /** What to ask the records of a month for. */
  planOf(month: string): GroupsPlan {
    const { kind, filters, fields, collected } = this.#plan;
    // No month has a later day.
    const to = { at: `${month}-31T23:59:59.999999+00:00`, inclusive: true };
    return { kind, filters, fields, collected, period: this.#unit, from: month, to };
  }

  /** What is kept of the answer to `planOf`. */
  talliesOf(rows: readonly GroupRow[]): string {
    if (rows.length > MOST_KEPT || !rows.every(canBeAdded)) return 'null';
    const groups = Map.groupBy(rows, ({ values }) => JSON.stringify(values));
    return JSON.stringify(Array.from(groups.values(), (own) => [own[0]?.values, own.map(dayOf)]));
  }

  /** The answer to the plan, to the last bit as the records give it; undefined where only they can give it. */
  together(months: readonly Omit<KeptMonth, 'version'>[]): readonly GroupRow[] | undefined {
    const sums = new Map<string, Sum>();
    const periodOf = this.#periods();
    for (const { month, tallies } of months) {
      const groups = JSON.parse(tallies) as readonly Tallied[] | null;
      if (groups === null) return undefined;
      for (const [values, days] of groups) {
        const group = JSON.stringify(values);
        for (const [day = 0, ...numbers] of days) {
          const at = `${month}-${String(day).padStart(2, '0')}${MIDNIGHT}`;
          if (at < this.from || at >= this.to) continue;
          const period = periodOf(at);
          const key = `${period} ${group}`;
          const sum = sums.get(key) ?? newSum(period, values, this.#plan.collected.length);
          sums.set(key, sum);
          addTo(sum, numbers);
        }
      }
    }
    return Array.from(sums.values()).slice(0, MAXIMUM_GROUPS + 1);
  }

  /** In which period of the plan a day is. */
  #periods(): (day: string) => string | null {
    const { period } = this.#plan;
    if (period === undefined) return () => null;
    const known = new Map<string, string>();
    return (day) => {
      const start = known.get(day) ?? startText(period, day);
      known.set(day, start);
      return start;
    };
  }
}

const startText = (period: Period, day: string): string =>
  formatTimestamp(startOfPeriod(period, Date.parse(day)));

/** The sum of doubles depends on their order, and is not the same where some were added up before. */
const canBeAdded = ({ values, collected }: GroupRow): boolean =>
  collected.every(({ fractions }) => fractions === 0) &&
  values.every((json) => WRITTEN_IN_ONE_WAY.test(json));

interface Sum extends GroupRow {
  count: number;
  readonly collected: readonly (CollectedValues & { missing: number; others: number; integers: bigint })[];
}

const newSum = (period: string | null, values: readonly string[], fields: number): Sum => ({
  count: 0,
  period,
  values,
  collected: Array.from({ length: fields }, () => ({ ...NOTHING })),
});

const NOTHING: CollectedValues = { missing: 0, others: 0, integers: 0n, fractions: 0, fraction: 0, set: [] };

function addTo(sum: Sum, [count = 0, ...numbers]: Tallied[1][number]): void {
  sum.count += Number(count);
  for (const [i, total] of sum.collected.entries()) {
    total.missing += Number(numbers[i * 3]);
    total.others += Number(numbers[i * 3 + 1]);
    total.integers += BigInt(numbers[i * 3 + 2] ?? 0);
  }
}
