import { isoSeconds } from '../calendar/date-time.ts';
import { DAY, SECOND } from '../calendar/durations.ts';
import { addPeriods, type Period } from '../calendar/period.ts';
import {
  type DataSetReader,
  NotOffered,
  type ReadRecord,
  type TimestampSpan,
} from '../model/data-set-reader.ts';
import { NotReadableError } from './failures.ts';

/** Records that one request asks for, unless a single hour has more. */
const MOST_RECORDS = 20_000;

/**
 * The times that a data set may have records of: the platform takes years below 100 for those of two digits, and the end
 * of the last year could not be written.
 */
export const ALL_TIMES: TimestampSpan = ['0100-01-01T00:00:00Z', '9999-01-01T00:00:00Z'];

/** By what a span is divided, and from which length on, in milliseconds. */
const DIVISIONS: readonly { readonly period: Period; readonly from: number }[] = [
  { period: 'year', from: 5 * 365 * DAY },
  { period: 'month', from: 92 * DAY },
  { period: 'day', from: 2 * DAY },
  { period: 'hour', from: 0 },
];

/**
 * The spans to ask for one after the other, of which none has more records than one answer should: periods without any
 * are left out.
 */
export async function readableSpans(
  reader: DataSetReader,
  span: TimestampSpan,
  signal: AbortSignal,
): Promise<readonly TimestampSpan[] | NotOffered> {
  const length = Date.parse(span[1]) - Date.parse(span[0]);
  const period = DIVISIONS.find(({ from }) => length >= from)?.period ?? 'hour';
  const counts = await reader.counts(period, span, signal);
  if (counts instanceof NotOffered) return counts;
  const spans: TimestampSpan[] = [];
  let records = 0;
  for (const { start, count } of counts) {
    if (count === 0) continue;
    const own = within([start, isoSeconds(addPeriods(period, Date.parse(start), 1))], span);
    if (count > MOST_RECORDS && period !== 'hour') {
      const parts = await readableSpans(reader, own, signal);
      if (parts instanceof NotOffered) return parts;
      spans.push(...parts);
      records = MOST_RECORDS;
      continue;
    }
    const last = spans.at(-1);
    records += count;
    if (last === undefined || records > MOST_RECORDS) {
      spans.push(own);
      records = count;
    } else spans[spans.length - 1] = [last[0], own[1]];
  }
  return spans;
}

export const within = ([from, to]: TimestampSpan, [least, most]: TimestampSpan): TimestampSpan => [
  from < least ? least : from,
  to > most ? most : to,
];

/** Calls `take` with each record of some spans. Throws NotReadableError, and what the reader throws. */
export async function readDataSet(
  reader: DataSetReader,
  spans: readonly TimestampSpan[],
  take: (record: ReadRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const span of spans) {
    for (const part of offered(await readableSpans(reader, span, signal))) {
      const records = offered(await reader.records(part, signal));
      for await (const record of records) take(record);
    }
  }
}

export function offered<Answer>(answer: Answer | NotOffered): Answer {
  if (answer instanceof NotOffered) throw new NotReadableError(answer.reason);
  return answer;
}

/** Why single records of a data set cannot be read; undefined: they can. */
export async function whyNotReadable(
  reader: DataSetReader,
  [from]: TimestampSpan,
  signal: AbortSignal,
): Promise<NotOffered | undefined> {
  const records = await reader.records([from, isoSeconds(Date.parse(from) + SECOND)], signal);
  if (records instanceof NotOffered) return records;
  for await (const _ of records) break;
  return undefined;
}
