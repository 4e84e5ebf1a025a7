import { DAY } from '../calendar/durations.ts';
import type { Period } from '../calendar/period.ts';
import type { WindowJob } from '../config/config.ts';
import { windowsBetween } from '../schedule/window.ts';
import type { PeriodView } from '../status/daemon-view.ts';

/** How far back the strip of a job's periods goes. */
const SPANS: Readonly<Record<Period, number>> = {
  hour: 3 * DAY,
  day: 92 * DAY,
  week: 53 * 7 * DAY,
  month: 730 * DAY,
  quarter: 1_461 * DAY,
  year: 3_653 * DAY,
};

/** The last periods of a window job: which are collected, which are owed and which are not over. */
export function recentPeriods(job: WindowJob, collectedTo: number | undefined, now: number): PeriodView[] {
  const { period, delay, start } = job.window;
  const settings = { ...job.window, max_periods: 1, include_current: true, delay: 0 };
  const from = now - SPANS[period];
  const windows = windowsBetween(settings, job.timezone, now, { from, to: now + 1 });
  return windows
    .filter(({ fromDate }) => start === undefined || fromDate >= start)
    .map(({ from, to, fromDate, timestamps }) => ({
      label: period === 'hour' ? timestamps[0] : fromDate,
      from,
      to,
      state: stateOf(to, collectedTo, now - delay),
    }));
}

function stateOf(to: number, collectedTo: number | undefined, over: number): PeriodView['state'] {
  if (collectedTo !== undefined && to <= collectedTo) return 'collected';
  return to <= over ? 'owed' : 'not-over';
}
