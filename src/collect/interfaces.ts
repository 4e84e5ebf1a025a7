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
  | { readonly kind: 'date'; readonly date: string };

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

export interface Source {
  /** Runs a query read-only. Aborting `signal` cancels it on the server and fails the read with the signal's reason. */
  open(query: Query, signal: AbortSignal): Promise<ResultSet>;
  /** The columns of a query, without running it. */
  describe(query: Query, signal: AbortSignal): Promise<readonly Column[]>;
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

/** What the write API said to one batch, once it has acknowledged it. */
export interface Acknowledgement {
  readonly requests: number;
  /** Bytes of the bodies as sent, compressed or not, repeats included. */
  readonly bytesSent: number;
}

/** One data set, ready to receive. */
export interface Target {
  /** Delivers one batch, with repeats; resolves when all of it is acknowledged. Throws a Failure. */
  post(batch: Batch, signal: AbortSignal): Promise<Acknowledgement>;
}

/** How a run ended. */
export type Outcome = 'succeeded' | 'empty' | 'not_ready' | 'failed' | 'interrupted';

/** What one run, or one part of it, moved. */
export interface RunCounts {
  readonly rows: number;
  readonly records: number;
  readonly requests: number;
  readonly bytesSent: number;
}

/** A run that ended, as it is remembered and shown. Times are epoch milliseconds. */
export interface RunResult extends RunCounts {
  readonly job: string;
  readonly outcome: Outcome;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The span that was acknowledged; undefined when nothing was. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
  readonly failure: RunFailure | undefined;
}

export interface RunFailure {
  readonly side: FailedSide;
  readonly message: string;
  readonly remedy: string | undefined;
}

/** What must survive: how far each job is collected, and its runs. */
export interface State {
  /** Epoch milliseconds up to which everything of the job is acknowledged; undefined before its first window. */
  progressOf(job: string): number | undefined;
  /** Notes that a run began; gives its number. */
  beginRun(job: string, startedAt: number): number;
  /**
   * Moves the job's progress (never backwards; undefined: not at all) and notes what the run has done so far: one
   * transaction, on disk when this returns.
   */
  windowAcknowledged(run: number, job: string, progress: number | undefined, counts: RunCounts): void;
  endRun(run: number, result: RunResult): void;
  /** Runs that ended, newest first. */
  runs(filter: RunFilter): readonly RunResult[];
  close(): void;
}

export interface RunFilter {
  readonly job?: string | undefined;
  readonly failedOnly?: boolean;
  readonly limit: number;
}

/** Who wants to know what runs do: logs, metrics, the progress shown on a terminal. */
export interface RunObserver {
  runStarted(job: string, run: number, windows: number): void;
  windowAcknowledged(job: string, run: number, window: { from: number; to: number }, counts: RunCounts): void;
  /** From here on two rows of the query with the same `_id` go unnoticed: too many to remember. */
  idsNoLongerCompared(job: string, run: number): void;
  runEnded(run: number, result: RunResult): void;
}
