import type { ExecutionPlan } from './execution-plan.ts';
import type { Query, QueryAdvice } from './query.ts';
import type { Column } from './row.ts';
import type { RowBatch } from './row-batch.ts';

/** The rows of one query, in the order in which the database gives them. */
export interface ResultSet {
  readonly columns: readonly Column[];
  /** Batches of rows, read ahead of the consumer by one. May be walked once. */
  readonly batches: AsyncIterable<RowBatch>;
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
  readonly advice: QueryAdvice;
  /** Runs a query read-only. Aborting `signal` cancels it on the server and fails the read with the signal's reason. */
  open(query: Query, signal: AbortSignal): Promise<ResultSet>;
  /** The columns of a query, without running it. */
  describe(query: Query, signal: AbortSignal): Promise<readonly Column[]>;
  /**
   * What of the rows that the query reads, with these parameters, its comparisons do not meet, or only by chance,
   * because of how values are stored. @param withTexts also how texts are written, of some rows
   */
  overlooked(query: Query, withTexts: boolean, signal: AbortSignal): Promise<readonly SourceFinding[]>;
  /** The database's own plan of a query, for which it reads no rows. */
  plan(query: Query, signal: AbortSignal): Promise<ExecutionPlan>;
  /** The database's clock, epoch milliseconds; for SQLite this machine's. */
  clock(signal: AbortSignal): Promise<number>;
  /** What `check` wants to know: version, session zone, clock, whether the user may do more than read. */
  inspect(signal: AbortSignal): Promise<readonly SourceFinding[]>;
  close(): Promise<void>;
}
