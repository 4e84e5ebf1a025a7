import { addPeriods, type Period } from '../calendar/period.ts';
import type { JobFigures, PeriodFigures } from './figures.ts';

/** How much a period may differ from those before it. */
export interface ExpectedChange {
  /** Undefined: the number of records. */
  readonly measure?: string | undefined;
  /** Percent of what is usual, in either direction. */
  readonly at_most: number;
}

/** A period that differs by more than expected. */
export interface Unusual {
  /** Its start, as `calendar/period.ts` counts it. */
  readonly period: number;
  readonly amount: number;
  /** The median of the periods before that are like it. */
  readonly usual: number;
}

/** Of so many periods before the median is taken; with fewer than the least of them nothing is said. */
const BEFORE = { most: 8, least: 3 } as const;

/** How far periods are apart that are like each other: the same weekday, the same hour of the day, else the next. */
const APART: Readonly<Record<Period, number>> = { hour: 24, day: 7, week: 1, month: 1, quarter: 1, year: 1 };

/**
 * Those of some periods that differ from the ones before them by more than expected, in their order. Of a period that is
 * given twice the later figures count.
 */
export function unusualPeriods(
  { length, periods }: JobFigures,
  expected: ExpectedChange,
  isAsked: (period: number) => boolean,
): Unusual[] {
  const amounts = new Map(periods.map((each) => [each.period, amountIn(each, expected)]));
  return [...amounts.keys()]
    .filter(isAsked)
    .flatMap((period) => unusual(period, length, amounts, expected.at_most) ?? []);
}

const amountIn = ({ records, sums }: PeriodFigures, { measure }: ExpectedChange): number =>
  measure === undefined ? records : Number(sums[measure] ?? 0);

function unusual(
  period: number,
  length: Period,
  amounts: ReadonlyMap<number, number>,
  percent: number,
): Unusual | undefined {
  const before = Array.from({ length: BEFORE.most }, (_, index) =>
    amounts.get(addPeriods(length, period, -(index + 1) * APART[length])),
  ).filter((each) => each !== undefined);
  if (before.length < BEFORE.least) return undefined;
  const amount = amounts.get(period) ?? 0;
  const usual = median(before);
  const isUsual = Math.abs(amount - usual) <= (Math.abs(usual) * percent) / 100;
  return isUsual ? undefined : { period, amount, usual };
}

function median(amounts: readonly number[]): number {
  const sorted = amounts.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [lower = 0, upper = lower] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (lower + upper) / 2;
}
