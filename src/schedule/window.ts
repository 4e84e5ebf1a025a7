import { formatDate, isoSeconds, parseDate } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { addPeriods, type Period, startOfPeriod } from '../calendar/period.ts';
import { periodAt } from '../calendar/period-at.ts';
import { startOfDate, wallClockAt } from '../calendar/zone.ts';
import type { WindowSettings } from '../config/schema/job-schema.ts';

/** The half-open span of time `[from, to)` that one query of a window job collects. */
export interface Window {
  /** Epoch milliseconds, included. */
  readonly from: number;
  /** Epoch milliseconds, excluded. */
  readonly to: number;
  /** The same as local dates of the job's zone. */
  readonly fromDate: string;
  readonly toDate: string;
  /** The `_timestamp`s that belong to the window: from the first one, included, to the second, excluded. */
  readonly timestamps: readonly [string, string];
  /**
   * Epoch milliseconds: the progress once the window is acknowledged. Before `to` while its last period is
   * not over.
   */
  readonly collectedTo: number;
}

/**
 * The windows that a job owes, oldest first: from what was last acknowledged, or `lookback` periods ago when that is
 * earlier, to the end of the last period that is over. Never before `start`.
 *
 * @param progress epoch milliseconds up to which everything is acknowledged; undefined before the first run
 */
export function windowsOwed(
  settings: WindowSettings,
  timezone: string,
  now: number,
  progress: number | undefined,
): Window[] {
  const { period, include_current } = settings;
  const { from, current } = owed(settings, timezone, now, progress);
  return cut(settings, timezone, from, include_current ? addPeriods(period, current, 1) : current, current);
}

/** Epoch milliseconds: where the first of the windows begins that a job owes, or will once it owes any. */
export function owedFrom(
  settings: WindowSettings,
  timezone: string,
  now: number,
  progress: number | undefined,
): number {
  return instantOf(settings.period, timezone, owed(settings, timezone, now, progress).from);
}

/** The start of the first period that is collected again and again, as `calendar/period.ts` counts it. */
export const recentFrom = (settings: WindowSettings, timezone: string, now: number): number =>
  addPeriods(settings.period, currentPeriod(settings, timezone, now), -settings.lookback);

/** The start of the period that goes on, as `calendar/period.ts` counts it. */
export const currentPeriod = ({ period, delay }: WindowSettings, timezone: string, now: number): number =>
  periodAt(period, timezone, now - delay);

/** Where what is owed begins, and where the period begins that goes on. */
function owed(settings: WindowSettings, timezone: string, now: number, progress: number | undefined) {
  const { period } = settings;
  const current = currentPeriod(settings, timezone, now);
  const earliest =
    settings.start === undefined ? undefined : positionOfDate(period, settings.start, timezone);
  const recent = recentFrom(settings, timezone, now);
  const last = progress === undefined ? (earliest ?? recent) : periodAt(period, timezone, progress);
  return { from: Math.max(Math.min(recent, last), earliest ?? Number.NEGATIVE_INFINITY), current };
}

/** Epoch milliseconds: the end of the last period that is over. */
export function endOfLastPeriod({ period, delay }: WindowSettings, timezone: string, now: number): number {
  return instantOf(period, timezone, periodAt(period, timezone, now - delay));
}

/** The windows of a given span, for `--from` and `--to`: whole periods, the one that holds `from` included. */
export function windowsBetween(
  settings: WindowSettings,
  timezone: string,
  now: number,
  span: { readonly from: number; readonly to: number },
): Window[] {
  const { period } = settings;
  const current = periodAt(period, timezone, now - settings.delay);
  const limit = settings.include_current ? addPeriods(period, current, 1) : current;
  const end = periodAt(period, timezone, span.to - 1);
  const to = Math.min(addPeriods(period, end, 1), limit);
  return cut(settings, timezone, periodAt(period, timezone, span.from), to, current);
}

function cut(
  settings: WindowSettings,
  timezone: string,
  from: number,
  to: number,
  current: number,
): Window[] {
  const windows: Window[] = [];
  for (let start = from; start < to; ) {
    const end = endOf(settings, start, to);
    windows.push(windowOf(settings.period, timezone, start, end, current));
    start = end;
  }
  return windows;
}

/** So many periods later, or `to` when that is earlier; the calendar may end before both. */
function endOf({ period, max_periods }: WindowSettings, start: number, to: number): number {
  const end = addPeriods(period, start, max_periods);
  return Number.isNaN(end) ? to : Math.min(end, to);
}

function windowOf(period: Period, timezone: string, start: number, end: number, current: number): Window {
  const instant = (position: number) => instantOf(period, timezone, position);
  const [from, to] = [instant(start), instant(end)];
  return {
    from,
    to,
    fromDate: formatDate(wallClockAt(from, timezone)),
    toDate: formatDate(wallClockAt(to - 1, timezone) + DAY),
    timestamps: [isoSeconds(start), isoSeconds(end)],
    collectedTo: instant(Math.min(end, Math.max(current, start))),
  };
}

/** The instant at which a period begins, as `calendar/period.ts` counts its start. */
export const instantOf = (period: Period, timezone: string, position: number): number =>
  period === 'hour' ? position : startOfDate(position, timezone);

function positionOfDate(period: Period, date: string, timezone: string): number {
  const midnight = parseDate(date);
  if (midnight === undefined) throw new RangeError(`${date} is not a date`);
  return startOfPeriod(period, period === 'hour' ? startOfDate(midnight, timezone) : midnight);
}
