import { DAY } from '../calendar/durations.ts';
import type { Period } from '../calendar/period.ts';
import type { WindowJob } from '../config/config.ts';
import type { Span } from '../model/progress.ts';
import type { CollectedTime } from '../schedule/collected-time.ts';
import { windowsBetween } from '../schedule/window.ts';
import type { PeriodView } from '../status/daemon-view.ts';
import { tickAfter } from './due-periods.ts';

/** How far back the strip of a job's periods goes. */
const SPANS: Readonly<Record<Period, number>> = {
  hour: 3 * DAY,
  day: 92 * DAY,
  week: 53 * 7 * DAY,
  month: 730 * DAY,
  quarter: 1_461 * DAY,
  year: 3_653 * DAY,
};

/**
 * The last periods of a window job, oldest first: what has become of each, or will.
 *
 * @param hasRun whether a run of it has ended: before, its schedule has not begun
 */
export function recentPeriods(
  job: WindowJob,
  collected: CollectedTime,
  now: number,
  hasRun = true,
): PeriodView[] {
  const { period, delay, start } = job.window;
  const settings = { ...job.window, max_periods: 1, include_current: true, delay: 0 };
  const from = now - SPANS[period];
  const windows = windowsBetween(settings, job.timezone, now, { from, to: now + 1 });
  const periods = windows
    .filter(({ fromDate }) => start === undefined || fromDate >= start)
    .map(({ from, to, fromDate, timestamps }) => ({
      label: period === 'hour' ? timestamps[0] : fromDate,
      from,
      to,
      state: stateOf({ from, to }, collected, now - delay),
    }));
  return withDue(periods, job, now, hasRun);
}

/** What is over and waits for the tick that collects it is not owed yet. */
function withDue(periods: PeriodView[], job: WindowJob, now: number, hasRun: boolean): PeriodView[] {
  const dueAt = job.enabled && job.schedule !== undefined ? tickAfter(job, now) : undefined;
  if (dueAt === undefined) return periods;
  const hasTicked = ({ state, to }: PeriodView) =>
    state === 'owed' && (tickAfter(job, to + job.window.delay - 1) ?? dueAt) <= now;
  const last = hasRun ? periods.findLastIndex(hasTicked) : -1;
  return periods.map((each, index) =>
    each.state === 'owed' && index > last ? { ...each, state: 'due', dueAt } : each,
  );
}

/** @param over up to where periods are over */
function stateOf({ from, to }: Span, time: CollectedTime, over: number): PeriodView['state'] {
  if (time.spans.some((span) => span.from <= from && to <= span.to)) return 'collected';
  if (to > over) return 'not-over';
  if (from >= time.owedFrom) return 'owed';
  return time.begin !== undefined && from >= time.begin ? 'gap' : 'before';
}
