import type { DeadLetter } from './dead-letter.ts';
import type { LateRecords } from './lateness.ts';
import type { CursorValue } from './query.ts';
import type { Look } from './rows-behind.ts';
import type { RunCounts, RunResult } from './run.ts';
import type { VanishedRecords } from './sent-records.ts';
import type { SourceFinding } from './source.ts';
import type { Unusual } from './unusual-figures.ts';
import type { RememberedVerification } from './verification.ts';

/** What of a period was acknowledged, and what the data set has of it, in records. */
export interface LostPeriod {
  /** Its start. */
  readonly period: number;
  readonly sent: number;
  readonly found: number;
}

/** What a run of a job tells of itself while it goes on. Times are epoch milliseconds. */
export type RunNews =
  /** `windows`: how many are owed; undefined for jobs without. */
  | { readonly kind: 'run-started'; readonly windows: number | undefined }
  | {
      readonly kind: 'window-acknowledged';
      readonly window: { readonly from: number; readonly to: number };
      readonly counts: RunCounts;
    }
  /** The progress of a cursor job has moved. */
  | {
      readonly kind: 'cursor-acknowledged';
      readonly cursor: readonly CursorValue[];
      readonly counts: RunCounts;
    }
  /** All pending records of a snapshot are acknowledged. */
  | { readonly kind: 'snapshot-acknowledged'; readonly takenAt: number; readonly counts: RunCounts }
  /** From here on two rows of the query with the same `_id` go unnoticed: too many to remember. */
  | { readonly kind: 'ids-no-longer-compared' }
  /** A row or record became a dead letter, or is one again. */
  | { readonly kind: 'dead-letter'; readonly letter: DeadLetter }
  /** The query of the run reads rows that its comparisons never meet. Told once for each finding. */
  | { readonly kind: 'rows-overlooked'; readonly finding: SourceFinding }
  /** A query gave fewer or more rows than its job expects, so that none of them was sent. */
  | {
      readonly kind: 'rows-unexpected';
      readonly window: { readonly from: number; readonly to: number } | undefined;
      readonly reason: string;
      readonly remedy: string;
    }
  /**
   * What arrived of a period differs from the periods before by more than its job expects; `isHeld`: it would, and none
   * of its window was sent.
   */
  | ({ readonly kind: 'unusual-figures'; readonly isHeld: boolean } & Unusual)
  /** The data set does not say how many records it has, so everything is sent. Told once. */
  | { readonly kind: 'counts-not-known'; readonly reason: string }
  /** The data set has fewer records of some periods of a window than were acknowledged, so that all of these is sent again. */
  | { readonly kind: 'data-set-lost'; readonly periods: readonly LostPeriod[] }
  /** Records were sent earlier, and their rows are gone. */
  | ({ readonly kind: 'records-vanished' } & VanishedRecords)
  /** Records came late in the last period that the job looks back to, by its start. */
  | ({ readonly kind: 'late-at-end'; readonly period: number } & LateRecords)
  /** Rows have appeared behind the position of a cursor job. `positions`: the first of them. */
  | ({ readonly kind: 'rows-behind'; readonly positions: readonly (readonly CursorValue[])[] } & Look)
  /** The job expects something of a measure that its records do not have. */
  | { readonly kind: 'unknown-measure'; readonly reason: string; readonly remedy: string }
  /** The stored position lies behind the database's clock by `ahead` milliseconds. */
  | { readonly kind: 'position-in-future'; readonly position: string; readonly ahead: number }
  /** The state did not take how a failed run ended; the run counts as cut off there. */
  | { readonly kind: 'end-not-stored'; readonly reason: string; readonly remedy: string | undefined }
  /** Pending records were older than `keep_pending` and are gone. */
  | { readonly kind: 'pending-expired'; readonly records: number };

/** What those hear who want to know what runs do: logs, metrics, the progress shown on a terminal. */
export type RunEvent =
  | (RunNews & { readonly job: string; readonly run: number })
  /** `run`: undefined when it could not begin. */
  | { readonly kind: 'run-ended'; readonly run: number | undefined; readonly result: RunResult }
  /** A job was verified by its schedule. */
  | { readonly kind: 'verified'; readonly verification: RememberedVerification };

export type RunObserver = (event: RunEvent) => void;

/** One observer that tells all others, in their order. */
export const observers =
  (...all: readonly RunObserver[]): RunObserver =>
  (event) => {
    for (const tell of all) tell(event);
  };
