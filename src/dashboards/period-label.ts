import { DAY, HOUR, MINUTE } from '../calendar/durations.ts';
import { addPeriods, type Period } from '../calendar/period.ts';
import { wallClockAt } from '../calendar/zone.ts';
import { dateText, monthsText, shortDaysText, shortMonthsText, yearsText } from '../words/dates.ts';

/**
 * A period in words: `3:00pm, 5 June 2015`, `5 June 2015`, `2 to 8 Mar 2015`, `March 2015`, `Jan to Mar 2015`, `2015`.
 *
 * @param start its position: an instant of an hour, else the milliseconds of its first date in UTC
 * @param zone in which an hour is shown
 */
export function periodLabel(period: Period, start: number, zone: string): string {
  const last = addPeriods(period, start, 1) - DAY;
  switch (period) {
    case 'hour':
      return hourText(start, zone);
    case 'day':
      return dateText(start);
    case 'week':
      return shortDaysText(start, last);
    case 'month':
      return monthsText(start, start);
    case 'quarter':
      return shortMonthsText(start, last);
    case 'year':
      return yearsText(start, start);
  }
}

/** `1:00am, 25 October 2015`, and where clocks are put back then, an hour later `1:00am again, 25 October 2015`. */
function hourText(start: number, zone: string): string {
  const clock = wallClockAt(start, zone);
  const isSecond = wallClockAt(start - HOUR, zone) === clock;
  return isSecond ? timeText(clock).replace(',', ' again,') : timeText(clock);
}

/** `1:05pm, 1 June 2015`. @param wallClock as the milliseconds that it would be in UTC */
export function timeText(wallClock: number): string {
  const time = wallClock % DAY;
  const [hour, minute] = [Math.floor(time / HOUR), Math.floor((time % HOUR) / MINUTE)];
  const half = hour < 12 ? 'am' : 'pm';
  return `${hour % 12 || 12}:${String(minute).padStart(2, '0')}${half}, ${dateText(wallClock)}`;
}
