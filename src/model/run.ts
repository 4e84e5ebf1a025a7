/**
 * The side that a failure came from; it decides the outcome shown and the exit code. `data`: nothing went wrong, but
 * what was found is not what is expected.
 */
export type FailedSide = 'source' | 'data' | 'target' | 'refused' | 'config' | 'internal';

/** An error that a station explains: every station throws errors of this shape and no others. */
export interface Failure extends Error {
  readonly side: FailedSide;
  /** What the reader should do, as a sentence. */
  readonly remedy?: string | undefined;
  /**
   * Milliseconds for which the database or the write API had not answered; undefined when that was not what failed: it
   * concerns everybody who asks there, and not the job.
   */
  readonly unansweredFor?: number | undefined;
  /** The line of a file that it is about, with carets below, for where a text of several lines can be shown. */
  readonly excerpt?: readonly string[] | undefined;
}

/** How a run ended. */
export type RunOutcome =
  | 'succeeded'
  | 'empty' // no rows
  | 'partial' // everything but some dead letters was delivered
  | 'not_ready' // fewer or more rows than expected
  | 'failed'
  | 'interrupted'
  | 'skipped'; // another run of the job goes on

/** What one run, or one part of it, moved. */
export interface RunCounts {
  readonly rows: number;
  /** Those that were sent and acknowledged. */
  readonly records: number;
  /** Records that were not sent, because the data set has them as they are. */
  readonly unchanged: number;
  /** Records that were sent earlier, and whose rows are gone. */
  readonly vanished: number;
  readonly deadLetters: number;
  readonly requests: number;
  readonly bytesSent: number;
}

/** Of a run that has not moved anything. */
export const NO_COUNTS: RunCounts = {
  rows: 0,
  records: 0,
  unchanged: 0,
  vanished: 0,
  deadLetters: 0,
  requests: 0,
  bytesSent: 0,
};

/** How much of its work a run has done, where it is known how much that is. */
export interface WorkDone {
  /** What it is counted in. How many rows there will be is the database's guess. */
  readonly unit: 'window' | 'record' | 'row';
  readonly done: number;
  /** In all, what is done included. */
  readonly owed: number;
  /** When the run began with it, epoch milliseconds. */
  readonly since: number;
}

/** A run that goes on, in this process or another, and how far it was when that was last noted. */
export interface RunningRun extends RunCounts {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly work?: WorkDone | undefined;
}

/** A run that ended, as it is remembered and shown. Times are epoch milliseconds. */
export interface RunResult extends RunCounts {
  readonly job: string;
  readonly outcome: RunOutcome;
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
  /** Since when the database (side `source`) or the write API (`target`) had not answered; undefined: it had. */
  readonly unansweredSince?: number | undefined;
  /** Not remembered. */
  readonly excerpt?: readonly string[];
}
