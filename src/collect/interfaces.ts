import type { Period } from '../calendar/period.ts';

/**
 * What stands at the doors between the stations. `collect/` owns these interfaces; `sources/`,
 * `write-api/` and `state/` implement them and know nothing of each other.
 */

/** One value as the database printed it; SQLite, which types values and not columns, also gives the others. */
export type RawValue = string | number | bigint | Uint8Array | null;

/** One row of the result: raw values in the order of the columns. */
export type Row = readonly RawValue[];

/** What a column holds, told by the database once per query: it decides the encoder. */
export type ColumnKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'text'
  | 'padded-text' // char(n): trailing spaces are not part of the value
  | 'date' // YYYY-MM-DD
  | 'local-datetime' // YYYY-MM-DD HH:MM:SS[.f], in the zone of the database
  | 'instant' // the same with an offset
  | 'dynamic' // no type declared: the storage class of each value decides
  | 'unsupported'; // never part of a record

export interface Column {
  readonly name: string;
  /** The type as the database calls it, for messages. */
  readonly type: string;
  readonly kind: ColumnKind;
  /** With kind `unsupported`: how to select the column so that it can be sent. */
  readonly remedy?: string;
}

/** A value for `:name` in a query. Each source writes it as its database takes it. */
export type Parameter =
  | { readonly kind: 'instant'; readonly epochMilliseconds: number }
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'zone'; readonly zone: string } // a time zone, for functions that take its name
  | CursorValue;

/** One value of a position in a table of events, at the source's full precision. */
export interface CursorValue {
  /** `datetime` and `text` as the database printed them, `number` as decimal digits. */
  readonly kind: 'number' | 'datetime' | 'text';
  readonly text: string;
}

export interface Query {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Shown in the database's list of sessions: `pp-db-collector/<job>`. */
  readonly applicationName: string;
}

/** The rows of one query, in the order in which the database gives them. */
export interface ResultSet {
  readonly columns: readonly Column[];
  /** Batches of rows, read ahead of the consumer by a bounded number. May be walked once. */
  readonly batches: AsyncIterable<readonly Row[]>;
  /**
   * Gives the connection back. Before the end of the rows it cancels the query on the server first.
   * Never throws, may be called again.
   */
  close(): Promise<void>;
}

/** One fact that `check` shows about a database. */
export interface SourceFinding {
  readonly ok: boolean;
  readonly text: string;
  readonly remedy?: string;
}

/** What the text of a query tells of it: a rough look, for advice and for nothing that must be right. */
export interface QueryOutline {
  /** Whether there is a GROUP BY anywhere. */
  readonly isGrouped: boolean;
  /** Whether its rows may be made of many others: GROUP BY, DISTINCT or an aggregate function anywhere. */
  readonly isAggregated: boolean;
  /** Whether it cannot give two equal rows without a GROUP BY: it gives one row, or those of a SELECT DISTINCT. */
  readonly hasDistinctRows: boolean;
  /** Columns that are counts, sums and the like, in lower case. */
  readonly aggregates: readonly string[];
  /** What the rows are grouped by although no column tells it, as written. */
  readonly groupedButNotSelected: readonly string[];
  /** The column of whose times it makes dates, or starts of periods, by no zone but UTC or the database's. */
  readonly datedTime: string | undefined;
  /** The column that it compares with `:from`. */
  readonly boundedTime: string | undefined;
  /** Texts in single quotes. */
  readonly literals: readonly string[];
  readonly parameters: readonly string[];
}

/** What is known of a database's SQL without asking the database. */
export interface QueryAdvice {
  outline(sql: string): QueryOutline;
  /** A sentence that says how a query groups the times of a column by the periods of the job's zone. */
  localPeriodRemedy(period: Period, column: string): string;
}

export interface Source {
  readonly advice: QueryAdvice;
  /** Runs a query read-only. Aborting `signal` cancels it on the server and fails the read with the signal's reason. */
  open(query: Query, signal: AbortSignal): Promise<ResultSet>;
  /** The columns of a query, without running it. */
  describe(query: Query, signal: AbortSignal): Promise<readonly Column[]>;
  /**
   * What of the rows that the query reads, with these parameters, its comparisons do not meet, or only by chance, because of how
   * values are stored. @param withTexts also how texts are written, of some rows
   */
  overlooked(query: Query, withTexts: boolean, signal: AbortSignal): Promise<readonly SourceFinding[]>;
  /** The database's clock, epoch milliseconds; for SQLite this machine's. */
  clock(signal: AbortSignal): Promise<number>;
  /** What `check` wants to know: version, session zone, clock, whether the user may do more than read. */
  inspect(signal: AbortSignal): Promise<readonly SourceFinding[]>;
  close(): Promise<void>;
}

/** The side that a failure came from; it decides the outcome shown and the exit code. */
export type FailedSide = 'source' | 'target' | 'refused' | 'config' | 'internal';

/** An error that a station explains: every station throws errors of this shape and no others. */
export interface Failure extends Error {
  readonly side: FailedSide;
  /** What the reader should do, as a sentence. */
  readonly remedy?: string | undefined;
}

/** One record, ready to be sent. */
export interface DataRecord {
  readonly id: string;
  /** The JSON object, keys in their final order, no white space. */
  readonly json: string;
}

/** Records on their way together: the JSON array that is sent. */
export interface Batch {
  /** `[{…},{…}]` in UTF-8. */
  readonly bytes: Buffer;
  /** Where each record ends in `bytes`; between two records there is one comma. */
  readonly ends: readonly number[];
}

/** A record that the write API does not take, whatever else is sent with it, or that must not be sent at all (`not-a-record`). */
export interface RefusedRecord {
  readonly id: string;
  /** The JSON object. */
  readonly json: string;
  readonly cause: Exclude<DeadLetterCause, 'outside-window'>;
  /** What the write API said of it, as a clause. */
  readonly reason: string;
  readonly remedy: string;
}

/** What the write API said to one batch, once it has acknowledged all of it but the refused records. */
export interface Acknowledgement {
  readonly requests: number;
  /** Bytes of the bodies as sent, compressed or not, repeats included. */
  readonly bytesSent: number;
  /** In the order of the batch. */
  readonly refused: readonly RefusedRecord[];
}

/**
 * One data set, ready to receive. Aborting `signal` gives up everything at once; aborting `waiting`, only what waits: for another
 * attempt, for a host that is down, for a connection. What is on its way is then still answered. Left out, it is `signal`.
 */
export interface Target {
  /** Delivers one batch, with repeats; resolves when all of it is acknowledged, or refused record by record. Throws a Failure. */
  post(batch: Batch, signal: AbortSignal, waiting?: AbortSignal): Promise<Acknowledgement>;
  /** Removes all records of the data set. Throws a Failure. */
  empty(signal: AbortSignal, waiting?: AbortSignal): Promise<Omit<Acknowledgement, 'refused'>>;
}

/** Why a row or a record cannot be delivered. */
export type DeadLetterCause =
  | 'not-a-record' // the row: one of its values may not, or cannot, be sent
  | 'outside-window' // the row: its `_timestamp` is not in the window that was asked for
  | 'refused' // the record: answered 400 or 422 by itself
  | 'too-large' // the record: answered 413 by itself, or larger than any batch
  | 'server-error'; // the record: answered 500 again and again while others are taken

/**
 * Where in the order of a job's readings something was read: of two versions of a record the one that was read later is the
 * newer, whatever arrives or is refused first. Runs of a job are numbered upwards.
 */
export interface Reading {
  readonly run: number;
  /** Of all rows of the run, counted from 1; 0 for the records of a stored snapshot. */
  readonly row: number;
}

/** A row or a record that could not be delivered, with the reason. */
export interface DeadLetter {
  /** The same for the same row met again: its `_id`, or where it has none a hash of its values. */
  readonly key: string;
  /** When its content was read. */
  readonly reading: Reading;
  readonly cause: DeadLetterCause;
  readonly reason: string;
  readonly remedy: string;
  readonly content: DeadRow | DeadRecord;
  /** What the run was collecting, epoch milliseconds; a snapshot's begins and ends when it was taken; undefined for cursor jobs. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
}

export interface DeadRow {
  readonly kind: 'row';
  readonly columns: readonly Column[];
  readonly row: Row;
}

export interface DeadRecord {
  readonly kind: 'record';
  /** The JSON object, with small numbers that are hidden when it is sent. */
  readonly json: string;
  /** What it was made by (`stored-rules.ts`); undefined: nobody knows. */
  readonly rules?: string | undefined;
}

/** How a run ended. */
export type Outcome =
  | 'succeeded'
  | 'empty' // no rows
  | 'partial' // everything but some dead letters was delivered
  | 'not_ready' // fewer rows than `expect.min_rows`
  | 'failed'
  | 'interrupted'
  | 'skipped'; // another run of the job goes on

/** What one run, or one part of it, moved. */
export interface RunCounts {
  readonly rows: number;
  readonly records: number;
  readonly deadLetters: number;
  readonly requests: number;
  readonly bytesSent: number;
}

/** A run that ended, as it is remembered and shown. Times are epoch milliseconds. */
export interface RunResult extends RunCounts {
  readonly job: string;
  readonly outcome: Outcome;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The span that was acknowledged; undefined when nothing was, and for jobs without windows. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
  /** Also for `skipped`: who runs the job. */
  readonly failure: RunFailure | undefined;
}

export interface RunFailure {
  readonly side: FailedSide;
  readonly message: string;
  readonly remedy: string | undefined;
}

/** Who wants to know what runs do: logs, metrics, the progress shown on a terminal. */
export interface RunObserver {
  /** @param windows how many windows are owed; undefined for jobs without */
  runStarted(job: string, run: number, windows: number | undefined): void;
  windowAcknowledged(job: string, run: number, window: { from: number; to: number }, counts: RunCounts): void;
  /** The progress of a cursor job has moved. */
  cursorAcknowledged(job: string, run: number, cursor: readonly CursorValue[], counts: RunCounts): void;
  /** All pending records of a snapshot are acknowledged. @param takenAt epoch milliseconds */
  snapshotAcknowledged(job: string, run: number, takenAt: number, counts: RunCounts): void;
  /** From here on two rows of the query with the same `_id` go unnoticed: too many to remember. */
  idsNoLongerCompared(job: string, run: number): void;
  /** A row or record became a dead letter, or is one again. */
  deadLetter(job: string, run: number, letter: DeadLetter): void;
  /** The query of the run reads rows that its comparisons never meet. Told once for each finding. */
  rowsOverlooked(job: string, run: number, finding: SourceFinding): void;
  /** The stored position lies behind the database's clock by `ahead` milliseconds. */
  positionInFuture(job: string, run: number, position: string, ahead: number): void;
  /** Pending records were older than `keep_pending` and are gone. */
  pendingExpired(job: string, run: number, records: number): void;
  runEnded(run: number, result: RunResult): void;
}
