import { isoSeconds } from '../calendar/date-time.ts';
import { PERIODS, type Period } from '../calendar/period.ts';
import {
  type DataSetReader,
  NotOffered,
  type PeriodCount,
  type PeriodSums,
  type ReadRecord,
  type SumsQuestion,
  type TimestampSpan,
} from '../model/data-set-reader.ts';
import { type RecordValues, recordValues } from '../model/record-values.ts';
import { AnswerEntries } from './answer-entries.ts';
import type { BegunAnswer } from './http-exchange.ts';
import { periodsTouched, recordsQuery, sumsQuery } from './read-query.ts';
import { type ReadEndpoint, ReadSender } from './read-sender.ts';

/** What the platform adds to a record by itself. */
const ADDED = ['_updated_at', ...PERIODS.map((period) => `_${period}_start_at`)];

/** Fields that one question adds up: a query has at most 100 parameters, and its address some kilobytes. */
const MOST_FIELDS = 50;

/** Reads one data set as the read API of the platform answers. Throws a WriteApiError, or the signal's reason. */
export class HttpDataSetReader implements DataSetReader {
  readonly #sender: ReadSender;

  constructor(endpoint: ReadEndpoint) {
    this.#sender = new ReadSender(endpoint);
  }

  async counts(
    period: Period,
    span: TimestampSpan,
    signal: AbortSignal,
  ): Promise<readonly PeriodCount[] | NotOffered> {
    const sums = await this.sums({ period, fields: [], only: new Map() }, span, signal);
    return sums instanceof NotOffered ? sums : sums.map(({ start, count }) => ({ start, count }));
  }

  async sums(
    question: SumsQuestion,
    span: TimestampSpan,
    signal: AbortSignal,
  ): Promise<readonly PeriodSums[] | NotOffered> {
    const { fields } = question;
    let all: readonly PeriodSums[] = [];
    for (let at = 0; at === 0 || at < fields.length; at += MOST_FIELDS) {
      const some = { ...question, fields: fields.slice(at, at + MOST_FIELDS) };
      const sums = await this.#sumsOf(some, span, signal);
      if (sums instanceof NotOffered) return sums;
      all = at === 0 ? sums : withMore(all, sums);
    }
    return all;
  }

  async #sumsOf(question: SumsQuestion, span: TimestampSpan, signal: AbortSignal) {
    const body = await this.#sender.ask(sumsQuery(question, span), signal);
    if (body instanceof NotOffered) return body;
    const [from, to] = periodsTouched(question.period, span);
    const sums: PeriodSums[] = [];
    const read = (values: RecordValues) => periodSums(values, question.fields);
    for await (const period of this.#entries(body, read, signal)) sums.push(period);
    return sums.filter(({ start }) => start >= from && start < to);
  }

  async records(span: TimestampSpan, signal: AbortSignal): Promise<AsyncIterable<ReadRecord> | NotOffered> {
    const body = await this.#sender.ask(recordsQuery(span), signal);
    return body instanceof NotOffered ? body : this.#entries(body, readRecord, signal);
  }

  /** One entry at a time: while its neighbours are still bytes, they cost no memory. */
  async *#entries<Entry>(
    body: BegunAnswer['body'],
    read: (values: Map<string, string>) => Entry,
    signal: AbortSignal,
  ): AsyncGenerator<Entry> {
    const found = new AnswerEntries();
    try {
      for await (const chunk of body as AsyncIterable<Buffer>)
        for (const json of found.read(chunk)) yield read(recordValues(json));
      found.end();
    } catch (error) {
      throw this.#sender.failureOf(error, signal);
    }
  }
}

function periodSums(values: RecordValues, fields: readonly string[]): PeriodSums {
  const [start, count] = [Date.parse(textOf(values, '_start_at')), Number(values.get('_count'))];
  if (Number.isNaN(start) || Number.isNaN(count)) throw new SyntaxError('a group has no time, or no count');
  const sums = new Map<string, string>();
  for (const field of fields) {
    const sum = values.get(`${field}:sum`);
    if (sum !== undefined && sum !== 'null') sums.set(field, sum);
  }
  return { start: isoSeconds(start), count, sums };
}

/** The same periods, with the sums of further fields: what was stored between two questions is of either. */
function withMore(all: readonly PeriodSums[], more: readonly PeriodSums[]): PeriodSums[] {
  const sumsOf = new Map(more.map(({ start, sums }) => [start, sums]));
  return all.map((each) => ({ ...each, sums: new Map([...each.sums, ...(sumsOf.get(each.start) ?? [])]) }));
}

/** Takes out of the entry what was not sent. */
function readRecord(values: Map<string, string>): ReadRecord {
  const updatedAt = values.has('_updated_at') ? textOf(values, '_updated_at') : undefined;
  for (const key of ADDED) values.delete(key);
  return { id: textOf(values, '_id'), values, updatedAt };
}

const textOf = (values: RecordValues, key: string): string => String(JSON.parse(values.get(key) ?? '""'));
