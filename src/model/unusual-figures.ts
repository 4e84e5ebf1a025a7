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
  /** The starts of those periods, newest first. */
  readonly compared: readonly number[];
}

/** Of so many periods before the median is taken; with fewer than the least of them nothing is said. */
const BEFORE = { most: 8, least: 3 } as const;

/** How far periods are apart that are like each other: the same weekday, the same hour of the day, else the next. */
const APART: Readonly<Record<Period, number>> = { hour: 24, day: 7, week: 1, month: 1, quarter: 1, year: 1 };

/** The starts of the periods that one is compared with, newest first. */
const likeBefore = (length: Period, period: number): readonly number[] =>
  Array.from({ length: BEFORE.most }, (_, index) => addPeriods(length, period, -(index + 1) * APART[length]));

/**
 * How many periods are known that one can be compared with, and how many are needed at least.
 *
 * @param figures undefined: nothing is known
 */
export function comparableTo(
  figures: JobFigures | undefined,
  length: Period,
  period: number,
): { readonly known: number; readonly needed: number } {
  const starts = new Set(figures?.length === length ? figures.periods.map((each) => each.period) : []);
  const known = likeBefore(length, period).filter((start) => starts.has(start)).length;
  return { known, needed: BEFORE.least };
}

/**
 * Those of some periods that differ from the ones before them by more than expected, in their order. Of a period that is
 * given twice the later figures count.
 */
export function unusualPeriods(
  { length, periods }: JobFigures,
  expected: ExpectedChange,
  isAsked: (period: number) => boolean,
): Unusual[] {
  const amounts = amountsOf(periods, expected);
  return [...amounts.keys()]
    .filter(isAsked)
    .flatMap((period) => unusual(period, length, amounts, expected.at_most) ?? []);
}

/**
 * Those of the periods that arrive which are unusual and of which that is not known yet. What was unusual before may
 * stay so, come nearer to what is usual, or change a little, without being news.
 *
 * @param known before, of periods that were over
 */
export function newlyUnusual(
  { length, periods: known }: JobFigures,
  arriving: readonly PeriodFigures[],
  expected: ExpectedChange,
): Unusual[] {
  const before = amountsOf(known, expected);
  const starts = new Set(arriving.map(({ period }) => period));
  const isNews = ({ period, amount }: Unusual): boolean => {
    const old = before.get(period);
    if (old === undefined) return true;
    if (old === amount) return false;
    const was = unusual(period, length, before, expected.at_most);
    return (
      was === undefined || (!isBetween(amount, old, was.usual) && differs(amount, old, expected.at_most))
    );
  };
  const figures = { length, periods: [...known, ...arriving] };
  return unusualPeriods(figures, expected, (period) => starts.has(period)).filter(isNews);
}

const amountsOf = (
  periods: readonly PeriodFigures[],
  { measure }: ExpectedChange,
): ReadonlyMap<number, number> =>
  new Map(
    periods.map(({ period, records, sums }) => [
      period,
      measure === undefined ? records : Number(sums[measure] ?? 0),
    ]),
  );

function unusual(
  period: number,
  length: Period,
  amounts: ReadonlyMap<number, number>,
  percent: number,
): Unusual | undefined {
  const compared = likeBefore(length, period).filter((start) => amounts.has(start));
  if (compared.length < BEFORE.least) return undefined;
  const amount = amounts.get(period) ?? 0;
  const usual = median(compared.map((start) => amounts.get(start) ?? 0));
  return differs(amount, usual, percent) ? { period, amount, usual, compared } : undefined;
}

const differs = (amount: number, from: number, percent: number): boolean =>
  Math.abs(amount - from) > (Math.abs(from) * percent) / 100;

const isBetween = (amount: number, one: number, other: number): boolean =>
  amount >= Math.min(one, other) && amount <= Math.max(one, other);

function median(amounts: readonly number[]): number {
  const sorted = amounts.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [lower = 0, upper = lower] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (lower + upper) / 2;
}
