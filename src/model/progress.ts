import type { DeadLetter, Delivered } from './dead-letter.ts';
import type { JobFigures } from './figures.ts';
import type { Looks } from './lateness.ts';
import type { CursorValue } from './query.ts';
import type { RowsBehind } from './rows-behind.ts';
import type { RunCounts, WorkDone } from './run.ts';
import type { NewlySent } from './sent-records.ts';

/** How far a job is collected and acknowledged. */
export interface Progress {
  /** Window jobs: everything before is acknowledged. Snapshot jobs: when the newest delivered one was taken. */
  readonly collectedTo?: number | undefined;
  /** Cursor jobs: the row up to which everything is acknowledged. */
  readonly cursor?: readonly CursorValue[] | undefined;
  /** What determined the ids of the records so far, as JSON; undefined: not known. */
  readonly fingerprint?: string | undefined;
}

/** What is remembered together when the write API has acknowledged something. */
export interface Step {
  /** Where the job stands now; a `collectedTo` before the stored one leaves that. Undefined: unchanged. */
  readonly progress?: Progress | undefined;
  /** Window jobs: what is acknowledged now, of periods that are over. */
  readonly collected?: Span | undefined;
  /** What has arrived; undefined: nothing is known of it yet. */
  readonly figures?: NewFigures | undefined;
  /** What the data set is known to have of the newest periods; undefined: the job does not remember it. */
  readonly sent?: NewlySent | undefined;
  /** Which periods were compared with what was sent of them, to know how late records come. */
  readonly looks?: Looks | undefined;
  /** Cursor jobs: what is known of rows that appear behind the position; undefined: as before. */
  readonly behind?: RowsBehind | undefined;
  /** Those of the whole run so far. */
  readonly counts: RunCounts;
  /** How much of its work the run has done by then; undefined: nobody knows how much it is. */
  readonly work?: WorkDone | undefined;
  /**
   * New, or met again: the letter of the same job and key is replaced, but for when it was first seen, unless what it
   * holds was read later.
   */
  readonly deadLetters: readonly DeadLetter[];
  /** What has been delivered of keys that have dead letters: those that were not read later are removed. */
  readonly delivered: readonly Delivered[];
  /** For a span that somebody asked for: up to where it is acknowledged. */
  readonly backfill?: { readonly span: Span; readonly acknowledgedTo: number } | undefined;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a step adds to the figures of its job. */
export interface NewFigures extends JobFigures {
  /** The periods that were collected anew, by their starts: what was known of them is replaced. */
  readonly replaces?: Span | undefined;
  /** The snapshot that they are of: what is known of its periods from other snapshots is replaced. */
  readonly snapshot?: number | undefined;
}
