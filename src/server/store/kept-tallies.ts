import { hash } from 'node:crypto';
import { DAY } from '../../calendar/durations.ts';
import { addPeriods, type Period, startOfPeriod } from '../../calendar/period.ts';
import { DecimalSum } from '../../model/decimal-sum.ts';
import { type CollectedValues, type GroupRow, type GroupsPlan, MAXIMUM_GROUPS } from '../read/read-plan.ts';
import { formatTimestamp } from '../records/timestamp.ts';
import { addSummed, isSummedField, type Summed, type SummedPlan } from './month-sums.ts';

/**
 * What was added up of a month, kept until something changes in it. Each month that was kept says of which version of
 * the month it is, and counts for that version alone: whatever is stored, and in whichever order, no sum can be wrong.
 */
export interface KeptMonth {
  readonly definition: string;
  /** `YYYY-MM`. */
  readonly month: string;
  /** How often something had changed in the month. */
  readonly version: string;
  /** JSON of its tallies; `null` where only the records can tell. */
  readonly tallies: string;
}

/** When a plan must have been wanted last, lest what is kept for it is removed. @param now milliseconds since 1970 */
export const wantedSince = (now: number): string => formatTimestamp(now - A_WEEK);

/** Milliseconds for which a process may be away without having to add up everything again. */
const A_WEEK = 7 * DAY;
/** Part of every definition: a new one makes all that was kept before unknown. */
const FORMAT = 2;
const MIDNIGHT = 'T00:00:00+00:00';
const FIRST_OF_MONTH = `-01${MIDNIGHT}`;
/** Behind all timestamps. */
const NEVER = '~';

/** A plan that can be answered from months. */
export class MonthlyPlan {
  /** Names what is kept for this plan, and for all that differ from it in their span or period only. */
  readonly definition: string;
  /** The first timestamp, and the first one behind the last. */
  readonly from: string;
  readonly to: string;
  readonly summed: SummedPlan;
  readonly #period: Period | undefined;

  /** Undefined for a plan that asks for what is not kept: hours, sets, beginnings of texts, or parts of days. */
  static of(plan: GroupsPlan): MonthlyPlan | undefined {
    const { filters, fields, period, collected, from = MIDNIGHT, to } = plan;
    const isOfDays =
      from.endsWith(MIDNIGHT) && (to === undefined || (to.at.endsWith(MIDNIGHT) && !to.inclusive));
    const named = [...fields, ...[...filters, ...collected].map(({ field }) => field)];
    const isSummed =
      named.every(isSummedField) &&
      filters.every(({ kind }) => kind !== 'prefix') &&
      collected.every(({ set }) => !set);
    return isOfDays && isSummed && period !== 'hour' ? new MonthlyPlan(plan) : undefined;
  }

  private constructor({ filters, fields, collected, from = '', to, period }: GroupsPlan) {
    this.from = from;
    this.to = to?.at ?? NEVER;
    const isOfMonths = [from || FIRST_OF_MONTH, to?.at ?? FIRST_OF_MONTH].every((at) =>
      at.endsWith(FIRST_OF_MONTH),
    );
    const unit = isOfMonths && period !== 'day' && period !== 'week' ? 'month' : 'day';
    this.#period = period;
    this.summed = { unit, filters, fields, collected };
    this.definition = hash('sha256', JSON.stringify([FORMAT, unit, filters, fields, collected]));
  }

  /** Whether the plan asks for days of a month. */
  reaches(month: string): boolean {
    return month >= this.from.slice(0, 7) && `${month}${FIRST_OF_MONTH}` < this.to;
  }

  /** The answer to the plan: what the records say, sums exact; undefined where only they can give it. */
  together(months: readonly Pick<KeptMonth, 'month' | 'tallies'>[]): readonly GroupRow[] | undefined {
    const sums = new Map<string | null, Map<string, Sum>>();
    const periodOf = this.#periods();
    for (const { month, tallies } of months) {
      const groups = JSON.parse(tallies) as readonly Summed[] | null;
      if (groups === null) return undefined;
      const periods = DAYS.map((day) => periodOf(`${month}-${day}${MIDNIGHT}`));
      for (const [values, days] of groups) {
        const group = values.length === 1 ? (values[0] ?? '') : JSON.stringify(values);
        for (const day of days) {
          const period = periods[Number(day[0]) - 1];
          if (period === undefined) continue;
          const own = sums.get(period) ?? new Map<string, Sum>();
          sums.set(period, own);
          const sum = own.get(group) ?? newSum(period, values, this.summed.collected.length);
          own.set(group, sum);
          addTo(sum, day);
        }
      }
    }
    const rows = Array.from(sums.values(), (own) => Array.from(own.values(), rowOf)).flat();
    return rows.slice(0, MAXIMUM_GROUPS + 1);
  }

  /** In which period of the plan a day is; undefined of one that is in none. */
  #periods(): (day: string) => string | null | undefined {
    const period = this.#period;
    let [start, end] = ['', ''];
    return (day) => {
      if (day < this.from || day >= this.to) return undefined;
      if (period === undefined) return null;
      if (day >= end) {
        const first = startOfPeriod(period, Date.parse(day));
        [start, end] = [formatTimestamp(first), formatTimestamp(addPeriods(period, first, 1))];
      }
      return start;
    };
  }
}

/** Those that any month may have. */
const DAYS = Array.from({ length: 31 }, (_, index) => String(index + 1).padStart(2, '0'));

interface Sum {
  readonly period: string | null;
  readonly values: readonly string[];
  count: number;
  readonly fields: readonly { missing: number; others: number; readonly sum: DecimalSum }[];
}

const newSum = (period: string | null, values: readonly string[], fields: number): Sum => ({
  period,
  values,
  count: 0,
  fields: Array.from({ length: fields }, () => ({ missing: 0, others: 0, sum: new DecimalSum() })),
});

function addTo(sum: Sum, numbers: Summed[1][number]): void {
  sum.count += Number(numbers[1]);
  for (let i = 0; i < sum.fields.length; i++) {
    const field = sum.fields[i];
    if (field === undefined) continue;
    field.missing += Number(numbers[2 + i * 3]);
    field.others += Number(numbers[3 + i * 3]);
    addSummed(field.sum, numbers[4 + i * 3] ?? 0);
  }
}

const rowOf = ({ period, values, count, fields }: Sum): GroupRow => ({
  count,
  period,
  values,
  collected: fields.map(({ missing, others, sum }) => ({ missing, others, set: [], ...sumOf(sum.text) })),
});

function sumOf(text: string): Pick<CollectedValues, 'integers' | 'fractions' | 'fraction' | 'exact'> {
  return text.includes('.')
    ? { integers: 0n, fractions: 1, fraction: Number(text), exact: text }
    : { integers: BigInt(text), fractions: 0, fraction: 0 };
}
