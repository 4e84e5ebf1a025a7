import { CursorTrack } from '../collect/cursor-track.ts';
import { cursorQuery, cursorRules, type JobQuery } from '../collect/queries.ts';
import type { Route } from '../collect/run-context.ts';
import type { Complete, CursorJob } from '../config/config.ts';
import { GrowingBytes } from '../model/growing-bytes.ts';
import type { CursorValue } from '../model/query.ts';
import { type RecordValues, recordValues } from '../model/record-values.ts';
import type { Column } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { compileRecords, type RecordEncoder } from '../records/compile-records.ts';
import { compileCursor } from '../records/cursor.ts';
import { NotARecordError } from '../records/not-a-record.ts';
import { compileSuppressor } from '../records/suppress.ts';

/** Who takes what the source has. */
export interface SourceTaker {
  /** @param values as they would leave: without small numbers @param json the whole record */
  record(values: RecordValues, json: string): void;
  /** A row that is no record. @param id undefined: it has none */
  notARecord(id: string | undefined): void;
  /** A row behind the position of a cursor job: the next run delivers it. Left out: such rows are not read. */
  later?(id: string): void;
  /** Called between rows; the next ones wait for it. */
  readonly rest?: () => Promise<void>;
}

/** What of a source is read. */
export type SourcePart =
  | { readonly kind: 'queries'; readonly queries: readonly JobQuery[] }
  /** The rows of a cursor job from its start up to a position. */
  | { readonly kind: 'up-to'; readonly job: Complete<CursorJob>; readonly position: Position };

type Position = readonly CursorValue[];
/** What becomes of a row. */
type Take = (rows: RowBatch, row: number) => void;
/** Whether a row, and all behind it, are not read any more. */
type Ending = (rows: RowBatch, row: number) => boolean;

/** Where a lag ends for whoever reads up to a position: what the lag has been meanwhile must hide nothing. */
const AFTER_ALL_ROWS = Date.parse('2100-01-01');

/** Reads the records of a job from its source, in bounded memory. Throws what the source throws, and MappingError. */
export class SourceRecords {
  readonly #route: Pick<Route, 'source' | 'localTime'>;
  readonly #job: Complete;
  readonly #taker: SourceTaker;
  readonly #signal: AbortSignal;

  constructor(
    job: Complete,
    route: Pick<Route, 'source' | 'localTime'>,
    taker: SourceTaker,
    signal: AbortSignal,
  ) {
    this.#job = job;
    this.#route = route;
    this.#taker = taker;
    this.#signal = signal;
  }

  /** @param progress called after each query */
  async read(part: SourcePart, progress: () => void): Promise<void> {
    if (part.kind === 'up-to') {
      await this.#readUpTo(part.job, part.position, progress);
      if (this.#taker.later !== undefined) await this.#readBehind(part.job, part.position, progress);
      return;
    }
    for (const query of part.queries) {
      await this.#readQuery(query, this.#asRecords, () => () => false);
      progress();
    }
  }

  /** In as many queries as the collector would make, since one of them may end before all rows have come. */
  async #readUpTo(job: Complete<CursorJob>, last: Position, progress: () => void): Promise<void> {
    let after: Position | undefined;
    let isOver = false;
    while (!isOver) {
      let track: CursorTrack | undefined;
      const rows = await this.#readQuery(this.#queryOf(job, after), this.#asRecords, (columns) => {
        const isBehind = behind(job, columns, last);
        const followed = new CursorTrack(job.cursor, columns, after);
        track = followed;
        return (batch, row) => {
          isOver = isBehind(batch, row);
          return isOver || followed.advance(batch, row) === 'cut';
        };
      });
      isOver ||= rows === 0;
      after = track?.position ?? after;
      progress();
    }
  }

  /**
   * What has changed since the last run stands behind the position, and only there. It is read to the end of the moment:
   * while others go on writing, some more rows have always come, but fewer than a query gives before it is full.
   */
  async #readBehind(job: Complete<CursorJob>, position: Position, progress: () => void): Promise<void> {
    let after = position;
    for (let [most, isOver] = [0, false]; !isOver; ) {
      let isCut = false;
      let track: CursorTrack | undefined;
      const rows = await this.#readQuery(this.#queryOf(job, after), this.#asLater, (columns) => {
        const followed = new CursorTrack(job.cursor, columns, after);
        track = followed;
        return (batch, row) => {
          isCut = followed.advance(batch, row) === 'cut';
          return isCut;
        };
      });
      isOver = rows === 0 || (!isCut && rows < most);
      most = Math.max(most, rows);
      after = track?.position ?? after;
      progress();
    }
  }

  #queryOf(job: Complete<CursorJob>, after: Position | undefined): JobQuery {
    const { localTime } = this.#route;
    return { query: cursorQuery(job, after, AFTER_ALL_ROWS), rules: cursorRules(job, localTime) };
  }

  /** Gives how many rows there were. */
  async #readQuery(
    { query, rules }: JobQuery,
    takeOf: (encoder: RecordEncoder) => Take,
    endingOf: (columns: readonly Column[]) => Ending,
  ): Promise<number> {
    const result = await this.#route.source.open(query, this.#signal);
    try {
      const encoder = compileRecords(this.#job.record, result.columns, rules);
      const isEnd = endingOf(result.columns);
      const take = takeOf(encoder);
      let count = 0;
      for await (const rows of result.batches) {
        for (let row = 0; row < rows.length; row++) {
          if (isEnd(rows, row)) return count;
          count += 1;
          take(rows, row);
        }
        await this.#taker.rest?.();
      }
      return count;
    } finally {
      await result.close();
    }
  }

  readonly #asRecords = (encoder: RecordEncoder): Take => {
    const suppress = compileSuppressor(this.#job.record);
    const bytes = new GrowingBytes();
    return (rows, row) => {
      bytes.length = 0;
      try {
        encoder.write(rows, row, bytes);
        const json = bytes.bytes.toString('utf8', 0, bytes.length);
        this.#taker.record(recordValues(suppress?.(json) ?? json), json);
      } catch (error) {
        if (!(error instanceof NotARecordError)) throw error;
        this.#taker.notARecord(encoder.keyOf(rows.row(row)));
      }
    };
  };

  readonly #asLater =
    (encoder: RecordEncoder): Take =>
    (rows, row) => {
      const id = encoder.keyOf(rows.row(row));
      if (id !== undefined) this.#taker.later?.(id);
    };
}

/**
 * Whether rows come behind a position. Where only the database knows the order, of texts, they do once the position
 * itself has come.
 */
function behind({ cursor }: CursorJob, columns: readonly Column[], last: Position): Ending {
  const reader = compileCursor(cursor.columns, columns);
  let hasCome = false;
  return (rows, row) => {
    const values = reader.valuesAt(rows, row);
    const order = reader.compare(last, values);
    if (order === 0) hasCome = true;
    return order === undefined ? hasCome : order < 0;
  };
}
