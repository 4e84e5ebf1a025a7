import { DAY } from '../calendar/durations.ts';
import { addPeriods, type Period, startOfPeriod } from '../calendar/period.ts';
import { startOfDate, wallClockAt } from '../calendar/zone.ts';
import type { Module } from '../model/dashboard.ts';

/** Whole periods, by the positions of their starts: from the first one up to one that is excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a reader asks for in place of the newest periods: dates, as the milliseconds of their midnights in UTC; both are included. */
export interface AskedSpan {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * The periods that a module shows, all of them over: those that are asked for, else the newest ones; none that began
 * before its `start_at`.
 *
 * @param now epoch milliseconds
 * @param timezone in which dates are over, and have their hours
 */
export function shownSpan(
  { period, startAt, duration }: Module,
  now: number,
  timezone: string,
  asked: AskedSpan = {},
): Span {
  const present = startOfPeriod(period, period === 'hour' ? now : wallClockAt(now, timezone));
  const beginOf = (date: number) => (period === 'hour' ? startOfDate(date, timezone) : date);
  const periodOf = (position: number) => startOfPeriod(period, position);
  const after =
    asked.to === undefined ? present : addPeriods(period, periodOf(beginOf(asked.to + DAY) - 1), 1);
  const to = Math.min(present, after);
  const from = asked.from === undefined ? addPeriods(period, to, -duration) : periodOf(beginOf(asked.from));
  const first = startAt === undefined ? from : firstWhole(period, beginOf(startAt));
  return { from: Math.min(Math.max(from, first), to), to };
}

/** The first period that begins at a date or after it. */
function firstWhole(period: Period, date: number): number {
  const start = startOfPeriod(period, date);
  return start < date ? addPeriods(period, start, 1) : start;
}

/** The same period a year before; of a week that of 52 weeks before. Undefined: that year has no such day. */
export function yearBefore(period: Period, start: number): number | undefined {
  if (period === 'week') return addPeriods(period, start, -52);
  const earlier = inYearBefore(start);
  return new Date(earlier).getUTCMonth() === new Date(start).getUTCMonth() ? earlier : undefined;
}

/** Of a 29th of February the 1st of March. */
function inYearBefore(position: number): number {
  const date = new Date(position);
  return date.setUTCFullYear(date.getUTCFullYear() - 1);
}

/**
 * The periods of which a module needs numbers: those that it shows, the one before them, and those a year before. What
 * overlaps is one.
 */
export function neededSpans(period: Period, { from, to }: Span): readonly Span[] {
  if (from >= to) return [];
  const shown = { from: addPeriods(period, from, -1), to };
  const earlier = {
    from: yearBefore(period, from) ?? startOfPeriod('day', inYearBefore(from)),
    to: yearBefore(period, to) ?? inYearBefore(to),
  };
  return earlier.to < shown.from ? [earlier, shown] : [{ from: earlier.from, to }];
}

/** The starts of the periods of a span. */
export function periodsIn(period: Period, { from, to }: Span): readonly number[] {
  const starts: number[] = [];
  for (let start = from; start < to; start = addPeriods(period, start, 1)) starts.push(start);
  return starts;
}
