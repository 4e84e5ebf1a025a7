import type { Period } from '../calendar/period.ts';
import { type AgeTally, type Lateness, lateAt } from './lateness.ts';
import { highestSum, lowestSum, type Share } from './share-bounds.ts';

/**
 * How far a job should look back, by how late its records came so far.
 *
 * What is promised: of the records of a period, at most 1 in 1,000 appears, changes or vanishes later than the advised
 * lookback reaches; where fewer than 1,000 come in a quarter of a year, at most 1 of those.
 *
 * How it is estimated: which share of the records that were known of periods of some age came at that age? These shares,
 * added up from the oldest age on, are what a shorter lookback would have missed: the estimator of Kaplan and Meier in
 * reverse time, as it is used of reports that come late. Each period counts at the ages at which it was looked at, so
 * neither young ones nor those that were first looked at late distort it. Something is said where bounds of the sum
 * allow it, 95% to one side.
 *
 * What no data tell: what comes later than the present lookback. Ten times as much as in its last quarter is allowed for.
 */
export type LookbackAdvice =
  /** Too few ages are looked at to see an end of what comes late. */
  | { readonly kind: 'too-near'; readonly raiseTo: number }
  /** So many more periods have to be looked at before anything can be said; or more, where they have few records. */
  | { readonly kind: 'too-early'; readonly morePeriods: number }
  /** What came is too near to what is promised. */
  | { readonly kind: 'uncertain' }
  /** More than is promised comes at the last ages that it reaches: so many records, in so many periods of age. */
  | {
      readonly kind: 'too-short';
      readonly raiseTo: number;
      readonly lastAges: number;
      readonly late: number;
    }
  /** The present lookback, or less. With `enough` so many records would have been missed so far. */
  | { readonly kind: 'enough'; readonly enough: number; readonly missed: number };

const PROMISED_SHARE = 1 / 1_000;

const PERIODS_IN_QUARTER: Readonly<Record<Period, number>> = {
  ...{ hour: 2_184, day: 91, week: 13, month: 3, quarter: 1, year: 1 / 4 },
};

/** Of fewer nothing is said: weekends, and two ends of months, should be among those that were looked at. */
const LEAST_PERIODS: Readonly<Record<Period, number>> = {
  ...{ hour: 1_488, day: 62, week: 10, month: 6, quarter: 4, year: 3 },
};

/** So many times what came at the last ages is allowed for later ones. */
const LATER = 10;

/** So much older than what mattered so far, for days on which it is later than usual. */
const MARGIN = 1.5;

const NEVER: AgeTally = { periods: 0, records: 0, appeared: 0, changed: 0, vanished: 0, squares: 0 };

/** Ages that show whether it becomes less: two at least. */
const LEAST_LATE_AGES = 2;

/** @param lookback of the job now */
export function adviseLookback(
  { length, ages }: Pick<Lateness, 'length' | 'ages'>,
  lookback: number,
): LookbackAdvice {
  const late = Array.from({ length: Math.max(lookback - 1, 0) }, (_, index) => ages[index + 1] ?? NEVER);
  const promised = promisedShare(length, late);
  const last = late.slice(-Math.ceil(late.length / 4));
  if (lowestSum(sharesOf(last)) > promised)
    return { kind: 'too-short', raiseTo: raised(lookback), lastAges: last.length, late: lateIn(last) };
  if (late.length < LEAST_LATE_AGES) return { kind: 'too-near', raiseTo: raised(0) };
  const morePeriods = missingPeriods(length, late, promised);
  if (morePeriods > 0) return { kind: 'too-early', morePeriods };
  const later = sharesOf(last, LATER);
  const oldest = [...late.keys(), late.length].find(
    (age) => highestSum([...sharesOf(late.slice(age)), ...later]) <= promised,
  );
  if (oldest === undefined) return { kind: 'uncertain' };
  const enough = Math.min(lookback, 1 + Math.ceil(oldest * MARGIN));
  return { kind: 'enough', enough, missed: lateIn(late.slice(enough - 1)) };
}

/** By a few periods, or by half. */
const raised = (lookback: number): number => Math.max(lookback + 4, Math.ceil(lookback * MARGIN));

const sharesOf = (tallies: readonly AgeTally[], times = 1): Share[] =>
  tallies.map((tally) => ({ count: lateAt(tally), squares: tally.squares, of: tally.records, times }));

const lateIn = (tallies: readonly AgeTally[]): number =>
  tallies.reduce((records, tally) => records + lateAt(tally), 0);

function promisedShare(length: Period, late: readonly AgeTally[]): number {
  const inQuarter = recordsOfPeriod(late) * PERIODS_IN_QUARTER[length];
  return Math.min(1, Math.max(PROMISED_SHARE, 1 / inQuarter));
}

/** How many more periods have to reach the oldest age until the rule of three may give the promised share. */
function missingPeriods(length: Period, late: readonly AgeTally[], promised: number): number {
  const needed = Math.max(LEAST_PERIODS[length], Math.ceil(3 / promised / recordsOfPeriod(late)));
  return needed - Math.min(...late.map(({ periods }) => periods));
}

/** On average; less than one, where there are none or nobody looked. */
function recordsOfPeriod(late: readonly AgeTally[]): number {
  const [periods, records] = late.reduce(
    ([periods, records], tally) => [periods + tally.periods, records + tally.records],
    [0, 0],
  );
  return Math.max(records, 1) / Math.max(periods, 1);
}
