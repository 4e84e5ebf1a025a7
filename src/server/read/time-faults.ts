import { DAY } from '../../calendar/durations.ts';
import { utcTimestamp } from '../records/timestamp.ts';

/** What is wrong with the times that a query asks for, in the original's words. */

/** Gives a fault of a query; undefined when there is none. */
export type Check = (parameters: URLSearchParams) => string | undefined;

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d|Z)$/;
const MINIMUM_DAYS = 7;

/** Milliseconds since 1970; undefined when the text is no date and time with `Z` or an offset. */
export function queryInstant(text: string): number | undefined {
  const timestamp = DATE_TIME.test(text) ? utcTimestamp(text) : undefined;
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}

export function periodFault(parameters: URLSearchParams): string | undefined {
  if (!parameters.has('period')) return undefined;
  const hasSpan = parameters.has('duration') || (parameters.has('start_at') && parameters.has('end_at'));
  if (!hasSpan) return "Either 'duration' or both 'start_at' and 'end_at' are required for a period query";
  if (parameters.has('limit') && !parameters.has('group_by'))
    return "A period query can only be limited if it is grouped - please add 'group_by'";
  return undefined;
}

export function dateFault(name: string): Check {
  return (parameters) => {
    const text = parameters.get(name);
    return text === null || queryInstant(text) !== undefined ? undefined : `${name} is not a valid datetime`;
  };
}

export function relativeTimeFault(parameters: URLSearchParams): string | undefined {
  const [start, end] = [parameters.has('start_at'), parameters.has('end_at')];
  const duration = parameters.get('duration');
  if (start && end && duration !== null)
    return (
      'Absolute and relative time cannot be requested at the same time - ' +
      "either ask for 'start_at' and 'end_at', or ask for 'start_at'/'end_at' with 'duration'"
    );
  if (start && !end && duration === null) return "Use of 'start_at' requires 'end_at' or 'duration'";
  if (end && !start && duration === null) return "Use of 'end_at' requires 'start_at' or 'duration'";
  if (duration === null) return undefined;
  if (Number(duration) === 0) return "'duration' must not be zero";
  if (!parameters.has('period'))
    return (
      "If 'duration' is requested (for relative time), 'period' is required - please add a period (like 'day', " +
      "'month' etc)"
    );
  return undefined;
}

/**
 * The first thing that a data set without single records does not answer, in the original's words: also no spans so
 * short that they hold but one record. The dates are dates already.
 */
export function rawQueryFault(parameters: URLSearchParams): string | undefined {
  const period = parameters.get('period');
  if (period === null && !parameters.has('group_by')) return 'querying for raw data is not allowed';
  const dates = ['start_at', 'end_at'].flatMap((name) => {
    const text = parameters.get(name) ?? '';
    const instant = queryInstant(text);
    return instant === undefined ? [] : [{ name, text, instant }];
  });
  if (period !== 'hour') {
    const [start, end] = dates.map(({ instant }) => instant);
    if (start !== undefined && end !== undefined && end - start < MINIMUM_DAYS * DAY)
      return 'The minimum time span for a query is 7 days';
    const late = dates.find(({ instant }) => instant % DAY !== 0);
    if (late !== undefined) return `${late.name} must be midnight`;
  }
  if (period === 'week') {
    const other = dates.find(({ text }) => new Date(text.slice(0, 10)).getUTCDay() !== 1);
    if (other !== undefined) return `${other.name} must be a monday`;
  }
  if (period === 'month') {
    const other = dates.find(({ text }) => text.slice(8, 10) !== '01');
    if (other !== undefined) return `'${other.name}' must be the first of the month for period=month queries`;
  }
  return undefined;
}
