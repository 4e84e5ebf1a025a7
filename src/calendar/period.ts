import { DAY, HOUR } from './durations.ts';

/**
 * The periods of the Performance Platform, shortest first. Those of a day and longer are counted on the calendar: their
 * positions are dates, written as the milliseconds of that date's midnight in UTC. Hours are counted in time: their
 * positions are instants. Hours are those of UTC in every zone, because the dashboards group by them and because only
 * they divide time evenly.
 */
export const PERIODS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

export type Period = (typeof PERIODS)[number];

const MONTHS: Readonly<Partial<Record<Period, number>>> = { month: 1, quarter: 3, year: 12 };

/** The start of the period that holds `position`. */
export function startOfPeriod(period: Period, position: number): number {
  if (period === 'hour') return Math.floor(position / HOUR) * HOUR;
  const day = Math.floor(position / DAY) * DAY;
  if (period === 'day') return day;
  const date = new Date(day);
  if (period === 'week') return day - ((date.getUTCDay() + 6) % 7) * DAY;
  const months = MONTHS[period] ?? 1;
  const month = Math.floor(date.getUTCMonth() / months) * months;
  return utcDate(date.getUTCFullYear(), month);
}

/**
 * The start of the period that begins `count` periods after the one that begins at `start`; `count` may be negative.
 */
export function addPeriods(period: Period, start: number, count: number): number {
  if (period === 'hour') return start + count * HOUR;
  if (period === 'day') return start + count * DAY;
  if (period === 'week') return start + count * 7 * DAY;
  const date = new Date(start);
  return utcDate(date.getUTCFullYear(), date.getUTCMonth() + count * (MONTHS[period] ?? 1));
}

/** How many periods after the one that begins at `from` the one begins that begins at `to`. */
export function periodsBetween(period: Period, from: number, to: number): number {
  if (period === 'hour') return Math.round((to - from) / HOUR);
  if (period === 'day') return Math.round((to - from) / DAY);
  if (period === 'week') return Math.round((to - from) / (7 * DAY));
  return (monthsOf(to) - monthsOf(from)) / (MONTHS[period] ?? 1);
}

function monthsOf(start: number): number {
  const date = new Date(start);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
}

/** `Date.UTC` without its reading of the years 0 to 99 as 1900 to 1999. */
function utcDate(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}
