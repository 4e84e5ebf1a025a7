import { addPeriods, type Period, startOfPeriod } from '../../calendar/period.ts';
import { refusal } from '../http/refusal.ts';
import { formatInstant } from '../records/timestamp.ts';
import type { ReadQuery } from './read-query.ts';

/** From when to when a query reads, in milliseconds since 1970; without one there is no bound. */
export interface Span {
  readonly startAt?: number;
  readonly endAt?: number;
}

/** A period of an answer; both ends in the form of a record's `timestamp`. */
export interface PeriodLimits {
  readonly startAt: string;
  readonly endAt: string;
}

const EARLIEST = new Date(0).setUTCFullYear(1, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The span of a query; one that is a duration is moved by `shift` of its periods. Throws a Refusal beyond the calendar. */
export function spanOf(query: ReadQuery, now: number, shift = 0): Span {
  const { startAt, endAt, period, duration } = query;
  if (duration === undefined || period === undefined) {
    return {
      ...(startAt === undefined ? {} : { startAt }),
      ...(endAt === undefined ? {} : { endAt }),
    };
  }
  const base = startOfPeriod(period, startAt ?? endAt ?? now);
  const first = startAt === undefined ? shift - duration : shift;
  return {
    startAt: onCalendar(addPeriods(period, base, first)),
    endAt: onCalendar(addPeriods(period, base, first + duration)),
  };
}

/** The periods that a span touches, in order. Throws a Refusal when they are more than `maximum`. */
export function periodsOf(
  period: Period,
  { startAt, endAt }: Span,
  maximum: number,
): readonly PeriodLimits[] {
  if (startAt === undefined || endAt === undefined) return [];
  const periods: PeriodLimits[] = [];
  let start = startOfPeriod(period, startAt);
  let startText = formatInstant(onCalendar(start));
  while (start < endAt) {
    if (periods.length >= maximum)
      throw refusal(400, `The query gives more than ${maximum} periods; ask for a shorter time`);
    start = onCalendar(addPeriods(period, start, 1));
    const endText = formatInstant(start);
    periods.push({ startAt: startText, endAt: endText });
    startText = endText;
  }
  return periods;
}

function onCalendar(instant: number): number {
  if (instant >= EARLIEST && instant <= LATEST) return instant;
  throw refusal(400, 'The query reaches beyond the years 1 to 9999');
}
