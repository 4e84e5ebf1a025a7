import type { Period } from '../calendar/period.ts';
import type { Lateness } from './lateness.ts';
import { type LatenessByAge, latenessByAge } from './lateness-by-age.ts';
import { adviseLookback, type LookbackAdvice } from './lookback-advice.ts';

/** How late records of a window job come, and what that says of its lookback. */
export interface JudgedLateness {
  readonly length: Period;
  readonly lookback: number;
  /** Undefined: nothing is known. */
  readonly known: LatenessByAge | undefined;
  readonly advice: LookbackAdvice;
}

/** @param lateness undefined: nothing is known; nor is it by periods of another length than the job's */
export function judgeLateness(
  lateness: Lateness | undefined,
  { period: length, lookback }: { readonly period: Period; readonly lookback: number },
): JudgedLateness {
  const known = lateness?.length === length ? lateness : undefined;
  const advice = adviseLookback(known ?? { length, ages: [] }, lookback);
  return { length, lookback, known: known && latenessByAge(known), advice };
}
