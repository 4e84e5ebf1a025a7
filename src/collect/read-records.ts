import { hash } from 'node:crypto';
import type { Batch } from '../model/batch.ts';
import type { PeriodFigures } from '../model/figures.ts';
import type { GrowingBytes } from '../model/growing-bytes.ts';
import type { Span } from '../model/progress.ts';
import type { CursorValue } from '../model/query.ts';
import type { Reading, Row } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import type { ResultSet } from '../model/source.ts';
import type { Batches } from '../records/batches.ts';
import { compileRecords, type RecordEncoder } from '../records/compile-records.ts';
import { SeenIds } from '../records/duplicate-ids.ts';
import type { TallyRules } from '../records/measures.ts';
import { NotARecordError } from '../records/not-a-record.ts';
import { Tally } from '../records/tally.ts';
import { CursorTrack, type Newest } from './cursor-track.ts';
import { DuplicateIdError } from './duplicate-id.ts';
import { type ExpectedRows, unexpectedRows } from './expected-rows.ts';
import type { Healed, MarkedBatch } from './marked-batch.ts';
import type { JobQuery } from './queries.ts';
import { refuseRepeatedHours } from './repeated-hours.ts';
import type { RunContext } from './run-context.ts';
import type { SentWindow } from './sent-window.ts';

/** One query of a run. */
export interface QueryPlan extends JobQuery {
  readonly expected: ExpectedRows;
  /** What it collects, in a window job; when it is taken, as beginning and end, in a snapshot job. */
  readonly window?: Span;
  /** By what its records are added up as they are written; left out: that is done when they have arrived. */
  readonly tally?: TallyRules;
  /** With what its records are compared; left out: with nothing. */
  readonly sent?: SentWindow | undefined;
  /** Where it begins, with a cursor: after this position; undefined: at `start`. */
  readonly after?: readonly CursorValue[] | undefined;
}

/** How the rows of a query ended. */
export interface RowsRead {
  /** False when there were fewer or more than expected: none of them left. */
  readonly isReady: boolean;
  /** Whether there may be more, because `cursor.max_rows` were read. */
  readonly isCut: boolean;
  /** With a cursor: the position of the last row; undefined when there was none. */
  readonly cursor: readonly CursorValue[] | undefined;
  /** With a cursor: the rows that were read last. */
  readonly newest: Newest | undefined;
  /** Those of the records. */
  readonly fields: RecordEncoder['fields'];
  /** Of records that no batch has, because the data set has them already. */
  readonly restOfFigures: readonly PeriodFigures[];
}

/**
 * Runs a query and makes batches of records of its rows, in bounded memory: each batch is taken before the next one is
 * made. Rows that are no records become dead letters. Throws what reading throws and DuplicateIdError,
 * TooManyDeadLettersError, RowsOutOfOrderError, MappingError.
 */
export async function readRecords(
  plan: QueryPlan,
  context: RunContext,
  batches: Batches,
  take: (batch: MarkedBatch) => Promise<void>,
): Promise<RowsRead> {
  const result = await context.route.source.open(plan.query, context.signals.read);
  try {
    const reader = new RecordReader(plan, context, batches, result);
    const held: MarkedBatch[] = [];
    const { least, most = Number.POSITIVE_INFINITY } = plan.expected;
    const isBounded = plan.expected.most !== undefined;
    for await (const batch of reader.read()) {
      held.push(batch);
      if (reader.rows > most) break;
      // Until it is known how many rows there are none leaves: half a period on a dashboard is worse than none.
      if (isBounded || reader.rows < least) continue;
      for (const each of held.splice(0)) await take(each);
    }
    const unexpected = unexpectedRows(reader.rows, plan.expected);
    if (unexpected === undefined) for (const each of held) await take(each);
    else context.run.tell({ kind: 'rows-unexpected', window: plan.window, ...unexpected });
    return {
      isReady: unexpected === undefined,
      isCut: reader.isCut,
      cursor: reader.cursor,
      newest: reader.newest,
      fields: reader.fields,
      restOfFigures: unexpected === undefined ? reader.restOfFigures() : [],
    };
  } finally {
    await result.close();
  }
}

const NONE: readonly Healed[] = [];

class RecordReader {
  rows = 0;
  isCut = false;
  readonly #plan: QueryPlan;
  readonly #context: RunContext;
  readonly #batches: Batches;
  readonly #result: ResultSet;
  readonly #encoder: RecordEncoder;
  readonly #track: CursorTrack | undefined;
  readonly #tally: Tally | undefined;
  readonly #ids = new SeenIds();
  /** Records whose group goes on, of this batch and those before. */
  #open = 0;
  #healed: Healed[] = [];

  constructor(plan: QueryPlan, context: RunContext, batches: Batches, result: ResultSet) {
    const { cursor } = plan;
    this.#plan = plan;
    this.#context = context;
    this.#batches = batches;
    this.#result = result;
    this.#encoder = compileRecords(context.job.record, result.columns, plan.rules);
    this.#tally = plan.tally && new Tally(this.#encoder.fields, plan.tally);
    if (cursor !== undefined) {
      refuseRepeatedHours(cursor, result.columns, context.route.localTime.zone, context.run.startedAt);
      this.#track = new CursorTrack(cursor, result.columns, plan.after);
    }
  }

  get fields(): RecordEncoder['fields'] {
    return this.#encoder.fields;
  }

  /** What no batch has taken. */
  restOfFigures(): readonly PeriodFigures[] {
    return this.#tally?.take() ?? [];
  }

  get cursor(): readonly CursorValue[] | undefined {
    return this.#track?.position;
  }

  get newest(): Newest | undefined {
    return this.#track?.newest;
  }

  async *read(): AsyncGenerator<MarkedBatch> {
    const { run } = this.#context;
    let closed: MarkedBatch['cursor'];
    for await (const rows of this.#result.batches) {
      const wasComplete = this.#ids.isComplete;
      let row = 0;
      for (; row < rows.length; row++) {
        this.isCut = this.#track?.advance(rows, row) === 'cut';
        if (this.isCut) break;
        if (closed !== this.#track?.closed) this.#closeGroup();
        closed = this.#track?.closed;
        this.rows += 1;
        run.rowRead();
        const batch = this.#add(rows, row);
        if (batch === undefined) continue;
        this.#refuseRepeatedIds(rows, row);
        yield batch;
      }
      // The rows are at hand until the next are asked for.
      this.#refuseRepeatedIds(rows, row - 1);
      if (wasComplete && !this.#ids.isComplete) run.tell({ kind: 'ids-no-longer-compared' });
      if (this.isCut) break;
    }
    const rest = this.#batches.rest();
    this.#closeGroup();
    if (rest !== undefined) yield this.#marked(rest, this.cursor, true);
  }

  #closeGroup(): void {
    this.#tally?.close();
    this.#open = 0;
  }

  #marked(batch: Batch, cursor: MarkedBatch['cursor'], isLast = false): MarkedBatch {
    const healed = this.#healed;
    this.#healed = [];
    // Without a cursor all batches count or none, so the last one has the figures of all.
    const figures = isLast || this.#track !== undefined ? this.#tally?.take() : this.#tally && [];
    const open = this.#track === undefined ? 0 : Math.min(this.#open, batch.count);
    const places = this.#plan.sent?.takePlaces();
    return { batch, cursor, healed, reading: this.#reading, figures, open, places };
  }

  /** Of the row that was read last. */
  get #reading(): Reading {
    const { run } = this.#context;
    return { run: run.number, row: run.counts.rows };
  }

  /** Adds the record of a row, if it is one; returns the batch that was complete before it, if it was. */
  #add(rows: RowBatch, row: number): MarkedBatch | undefined {
    const json = this.#batches.begin();
    const start = json.length;
    try {
      this.#encoder.write(rows, row, json);
      this.#tally?.note(json, this.#encoder.spans);
      this.#ids.note(this.#encoder.idWords, this.rows);
      const healed = this.#healedBy(json, start);
      if (this.#plan.sent?.meet(this.#encoder, json, start) === true && healed.length === 0) {
        this.#batches.drop();
        this.#tally?.commit();
        this.#context.run.unchanged();
        return undefined;
      }
      const complete = this.#batches.end();
      const marked = complete && this.#marked(complete, this.#track?.closed);
      this.#plan.sent?.send();
      this.#healed.push(...healed);
      this.#tally?.commit();
      this.#open += 1;
      return marked;
    } catch (error) {
      this.#batches.drop();
      if (!(error instanceof NotARecordError)) throw error;
      this.#refuseRepeatedIds(rows, row);
      this.#bury(rows.row(row), error);
      return undefined;
    }
  }

  /** The dead letters that the record is a newer version of. @param start of the record */
  #healedBy(json: GrowingBytes, start: number): readonly Healed[] {
    const { letters } = this.#context.run;
    if (letters.isEmpty) return NONE;
    const { _id } = JSON.parse(json.bytes.toString('utf8', start, json.length));
    return letters.healedBy(_id, this.#reading);
  }

  /** @param last index of the row that was read last */
  #refuseRepeatedIds(rows: RowBatch, last: number): void {
    const repeated = this.#ids.compare();
    if (repeated === undefined) return;
    const { job, route } = this.#context;
    const { columns } = this.#result;
    const facts = { job, advice: route.source.advice, encoder: this.#encoder, columns };
    const row = rows.row(last - (this.rows - repeated[1]));
    throw new DuplicateIdError(facts, { row, record: this.#encoder.encodeWhole(row) }, repeated);
  }

  #bury(row: Row, { message, remedy, deadLetterCause }: NotARecordError): void {
    const key = this.#encoder.keyOf(row);
    this.#plan.sent?.keep(key === undefined ? undefined : this.#encoder.idWords);
    this.#context.run.bury({
      key: key ?? hashOf(row),
      reading: this.#reading,
      cause: deadLetterCause,
      reason: message,
      remedy,
      content: { kind: 'row', columns: this.#result.columns, row },
      window: this.#plan.window,
    });
  }
}

function hashOf(row: Row): string {
  const text = JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value));
  return `row:${hash('sha256', text, 'hex').slice(0, 32)}`;
}
