import { isoSeconds } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { addPeriods, type Period, startOfPeriod } from '../calendar/period.ts';
import type { SumsQuestion, TimestampSpan } from '../model/data-set-reader.ts';

/** Days that a question has to span where single records are not shown. */
const FEWEST_DAYS = 7;

/** The query string that asks for the records of a span. */
export const recordsQuery = ([from, to]: TimestampSpan): string =>
  queryOf([
    ['start_at', from],
    ['end_at', to],
  ]);

/** Where the first period begins that a span touches, and where the last one ends. */
export const periodsTouched = (period: Period, [from, to]: TimestampSpan): TimestampSpan => [
  isoSeconds(startOfPeriod(period, Date.parse(from))),
  isoSeconds(addPeriods(period, startOfPeriod(period, Date.parse(to) - 1), 1)),
];

/**
 * The query string that asks for the counts, and the sums of fields, of the periods that a span touches, and of more
 * where a data set that shows no single records would not answer for so few.
 */
export function sumsQuery({ period, fields, only }: SumsQuestion, span: TimestampSpan): string {
  const [from, to] = periodsTouched(period, span);
  const least = new Date(Date.parse(from) + FEWEST_DAYS * DAY).toISOString();
  const [, end] = period === 'hour' || to >= least ? [from, to] : periodsTouched(period, [from, least]);
  return queryOf([
    ['period', period],
    ['start_at', from],
    ['end_at', end],
    ...fields.map((field): Parameter => ['collect', `${field}:sum`]),
    ...Array.from(only, ([field, text]): Parameter => ['filter_by', `${field}:${text}`]),
  ]);
}

type Parameter = [name: string, value: string];

const queryOf = (parameters: Parameter[]): string => `?${new URLSearchParams(parameters)}`;
