import type { DeadLetter } from './dead-letter.ts';
import type { CursorValue } from './query.ts';
import type { RunCounts, RunResult } from './run.ts';
import type { SourceFinding } from './source.ts';

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
