import { addPeriods, type Period, startOfPeriod } from '../../calendar/period.ts';
import { apiError } from '../http/errors.ts';
import { formatTimestamp } from '../records/timestamp.ts';
import type { ReadQuery } from './read-plan.ts';

/** From when to when a query reads, in milliseconds since 1970; without one there is no bound. */
export interface QuerySpan {
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

/**
 * The span of a query; one that is a duration is moved by `shift` of its periods. Throws an ApiError beyond the
 * calendar.
 */
export function querySpanOf(query: ReadQuery, now: number, shift = 0): QuerySpan {
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

/** The periods that a span touches, in order. Throws an ApiError when they are more than `maximum`. */
export function periodsOf(
  period: Period,
  { startAt, endAt }: QuerySpan,
  maximum: number,
): readonly PeriodLimits[] {
  if (startAt === undefined || endAt === undefined) return [];
  const periods: PeriodLimits[] = [];
  let start = startOfPeriod(period, startAt);
  let startText = formatTimestamp(onCalendar(start));
  while (start < endAt) {
    if (periods.length >= maximum)
      throw apiError(400, `The query gives more than ${maximum} periods; ask for a shorter time`);
    start = onCalendar(addPeriods(period, start, 1));
    const endText = formatTimestamp(start);
    periods.push({ startAt: startText, endAt: endText });
    startText = endText;
  }
  return periods;
}

function onCalendar(instant: number): number {
  if (instant >= EARLIEST && instant <= LATEST) return instant;
  throw apiError(400, 'The query reaches beyond the years 1 to 9999');
}
