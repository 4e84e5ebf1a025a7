import { isoSeconds } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { addPeriods, startOfPeriod } from '../calendar/period.ts';
import type { DataSetReader, PeriodSums, SumsQuestion, TimestampSpan } from '../model/data-set-reader.ts';
import { offered, within } from './data-set-records.ts';
import { NotReadableError } from './failures.ts';

/** The days of UTC that lie within spans as a whole. */
export const wholeDays = (spans: readonly TimestampSpan[]): TimestampSpan[] =>
  spans.flatMap(([from, to]): TimestampSpan[] => {
    const first = isoSeconds(Math.ceil(Date.parse(from) / DAY) * DAY);
    const end = isoSeconds(Math.floor(Date.parse(to) / DAY) * DAY);
    return first < end ? [[first, end]] : [];
  });

/** Days of a data set, with the sums of those fields that it adds up. */
export interface AddedUp {
  readonly fields: readonly string[];
  readonly days: readonly PeriodSums[];
}

type Question = Omit<SumsQuestion, 'period'>;

/**
 * What `daysOf` gives, without the fields that the data set does not add up: it refuses all for one that holds a text
 * somewhere. Throws NotReadableError, and what the reader throws.
 */
export async function addedUp(
  reader: DataSetReader,
  spans: readonly TimestampSpan[],
  { fields, only }: Question,
  signal: AbortSignal,
): Promise<AddedUp> {
  const ask = (asked: readonly string[]) => daysOf(reader, spans, { fields: asked, only }, signal);
  const unlessRefused = async (asked: readonly string[]) => {
    try {
      return await ask(asked);
    } catch (error) {
      if (error instanceof NotReadableError) return undefined;
      throw error;
    }
  };
  const days = await unlessRefused(fields);
  if (days !== undefined) return { fields, days };
  const addable: string[] = [];
  for (const field of fields) if ((await unlessRefused([field])) !== undefined) addable.push(field);
  return { fields: addable, days: await ask(addable) };
}

/**
 * The days of a data set that has records within spans of whole days, in the order of time, and some that have none. They
 * are asked for year by year. Throws NotReadableError, and what the reader throws.
 */
async function daysOf(
  reader: DataSetReader,
  spans: readonly TimestampSpan[],
  { fields, only }: Question,
  signal: AbortSignal,
): Promise<readonly PeriodSums[]> {
  const days: PeriodSums[] = [];
  for (const span of spans) {
    const years = offered(await reader.counts('year', span, signal));
    for (const { start, count } of years) {
      if (count === 0) continue;
      const year = within(yearFrom(start), span);
      days.push(...offered(await reader.sums({ period: 'day', fields, only }, year, signal)));
    }
  }
  return days;
}

const yearFrom = (start: string): TimestampSpan => [
  start,
  isoSeconds(addPeriods('year', startOfPeriod('year', Date.parse(start)), 1)),
];
