import { parseDate } from '../../calendar/date-time.ts';
import { DAY, HOUR } from '../../calendar/durations.ts';
import { addPeriods, type Period } from '../../calendar/period.ts';
import type { WindowJob } from '../../config/config.ts';
import type { Window } from '../../schedule/window.ts';
import { counted } from '../../words/counts.ts';
import { daysText, monthsText, yearsText } from '../../words/dates.ts';
import { durationText } from '../../words/durations.ts';
import { spanOptions } from '../../words/span-command.ts';

/**
 * The window that a preview shows and why it is this one: `Thursday 26 November 2026, the last day that is over`.
 *
 * @param windows the last is shown
 * @param isAsked whether they are those of a span that the command line gives
 */
export function windowInWords(
  job: WindowJob,
  windows: readonly Window[],
  isAsked: boolean,
  now: number,
): string {
  const { period, delay } = job.window;
  const [other, window] = [windows.at(-2), windows.at(-1)];
  if (window === undefined) return '';
  const span = spanInWords(period, window);
  if (isAsked && other === undefined) return `${span}, as --from and --to say`;
  if (isAsked && other !== undefined) {
    const before = `\`${spanOptions(other, job.timezone)}\` shows the one before`;
    return `${span}, the last of the ${counted(windows.length, 'window')} of --from and --to; ${before}`;
  }
  const waited = delay > 0 ? `, ${durationText(delay)} after the end` : '';
  return `${span}, ${reasonOf(period, periodsIn(period, window), window.to > now)}${waited}`;
}

function reasonOf(period: Period, count: number, isGoingOn: boolean): string {
  const which = count === 1 ? `the last ${period}` : `the last ${counted(count, period)}`;
  if (isGoingOn) return count === 1 ? `the present ${period}` : `${which}, the present one included`;
  return `${which} that ${count === 1 ? 'is' : 'are'} over`;
}

const firstDate = ({ fromDate }: Window): number => parseDate(fromDate) ?? 0;
const endDate = ({ toDate }: Window): number => parseDate(toDate) ?? 0;

function periodsIn(period: Period, window: Window): number {
  if (period === 'hour') return Math.round((window.to - window.from) / HOUR);
  let count = 0;
  for (let start = firstDate(window); start < endDate(window); count++) start = addPeriods(period, start, 1);
  return count;
}

function spanInWords(period: Period, window: Window): string {
  const [first, last] = [firstDate(window), endDate(window) - DAY];
  switch (period) {
    case 'hour':
      return hoursText(window);
    case 'day':
    case 'week':
      return daysText(first, last);
    case 'month':
    case 'quarter':
      return monthsText(first, last);
    case 'year':
      return yearsText(first, last);
  }
}

/** Hours are those of UTC. */
function hoursText({ from, to }: Window): string {
  const [begin, end] = [from, to].map((instant) => new Date(instant).toISOString().slice(11, 16));
  const isOneDay = Math.floor(from / DAY) === Math.floor((to - 1) / DAY);
  return isOneDay
    ? `${daysText(from, from)} from ${begin} to ${end} UTC`
    : `${daysText(from, from)} at ${begin} to ${daysText(to, to)} at ${end} UTC`;
}
