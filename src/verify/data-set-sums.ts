import { isoSeconds } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { addPeriods, startOfPeriod } from '../calendar/period.ts';
import type { DataSetReader, PeriodSums, SumsQuestion, TimestampSpan } from '../model/data-set-reader.ts';
import { offered, within } from './data-set-records.ts';

/** The days of UTC that lie within spans as a whole. */
export const wholeDays = (spans: readonly TimestampSpan[]): TimestampSpan[] =>
  spans.flatMap(([from, to]): TimestampSpan[] => {
    const first = isoSeconds(Math.ceil(Date.parse(from) / DAY) * DAY);
    const end = isoSeconds(Math.floor(Date.parse(to) / DAY) * DAY);
    return first < end ? [[first, end]] : [];
  });

/**
 * The days of a data set that has records within spans of whole days, in the order of time, and some that have none. They
 * are asked for year by year. Throws NotReadableError, and what the reader throws.
 */
export async function* daysOf(
  reader: DataSetReader,
  spans: readonly TimestampSpan[],
  { fields, only }: Omit<SumsQuestion, 'period'>,
  signal: AbortSignal,
): AsyncGenerator<PeriodSums> {
  for (const span of spans) {
    const years = offered(await reader.counts('year', span, signal));
    for (const { start, count } of years) {
      if (count === 0) continue;
      const year = within(yearFrom(start), span);
      yield* offered(await reader.sums({ period: 'day', fields, only }, year, signal));
    }
  }
}

const yearFrom = (start: string): TimestampSpan => [
  start,
  isoSeconds(addPeriods('year', startOfPeriod('year', Date.parse(start)), 1)),
];
