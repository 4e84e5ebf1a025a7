import { addPeriods } from '../calendar/period.ts';
import { periodAt } from '../calendar/period-at.ts';
import type { WindowJob } from '../config/config.ts';
import type { Span } from '../model/progress.ts';
import { instantOf } from '../schedule/window.ts';

/** The newest periods of a window job that are collected. @param collectedTo epoch milliseconds */
export function newestPeriods({ window, timezone }: WindowJob, collectedTo: number, count: number): Span {
  const { period } = window;
  const last = periodAt(period, timezone, collectedTo - 1);
  const first = addPeriods(period, last, 1 - count);
  return {
    from: instantOf(period, timezone, first),
    to: instantOf(period, timezone, addPeriods(period, last, 1)),
  };
}
