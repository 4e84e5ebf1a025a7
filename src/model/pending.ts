import type { Batch } from './batch.ts';
import type { Step } from './progress.ts';

/** The records of one snapshot, stored before they are sent. */
export interface PendingSnapshot {
  readonly id: number;
  /** The run that read it. */
  readonly run: number;
  readonly takenAt: number;
  /** Whether the data set must be emptied before the first of the records is sent. */
  readonly mustEmpty: boolean;
  readonly records: number;
  /** Why its records could not be delivered when they were last sent; undefined: they were not refused. */
  readonly failure?: string | undefined;
  /** What its records were made by (`stored-rules.ts`); undefined: nobody knows. */
  readonly rules?: string | undefined;
}

/** What is known of all records of a snapshot. */
export interface SnapshotMade {
  /** Snapshots that have different ones share no `_id`; undefined: nobody knows. */
  readonly stamp?: string | undefined;
  /** As a pending snapshot has them. */
  readonly rules?: string | undefined;
}

export interface RefusedPending {
  readonly keys: readonly string[];
  /** What is said of the rest. */
  readonly reason: string;
}

export interface PendingBatch {
  readonly id: number;
  readonly batch: Batch;
}

/**
 * Snapshots that are not delivered yet, and windows of which is not known yet whether they may be: these are begun and
 * discarded, and never sealed. The job's lease must be held for all that changes something.
 */
export interface PendingRecords {
  /**
   * Begins to store a snapshot; it does not count before it is sealed. What was begun for the job and never sealed is
   * gone.
   */
  beginPending(job: string, takenAt: number, made?: SnapshotMade): Promise<number>;
  addPending(snapshot: number, batch: Batch): Promise<void>;
  /**
   * From here on the snapshot will be delivered, and older versions of its records are pending no more. With `replace`
   * the data set is emptied first, and all older snapshots and dead letters of the job, which this one replaces, are
   * gone. The step is remembered with it.
   */
  sealPending(job: string, run: number, snapshot: number, replace: boolean, step: Step): Promise<void>;
  discardPending(snapshot: number): Promise<void>;
  /** Sealed ones, oldest first. */
  pendingOf(job: string): Promise<readonly PendingSnapshot[]>;
  /** Its first batch that is not acknowledged. */
  nextPending(snapshot: number, after: number | undefined): Promise<PendingBatch | undefined>;
  /** The data set has been emptied: from here on only records are sent. */
  pendingEmptied(snapshot: number): Promise<void>;
  /** A batch is acknowledged and removed, and the snapshot with its last one; the step is remembered with it. */
  pendingAcknowledged(job: string, run: number, batch: number, step: Step): Promise<void>;
  /**
   * Records of a batch are refused, with a reason: those with the keys are pending no more, because the step makes them
   * dead letters; the others stay.
   */
  pendingRefused(job: string, run: number, batch: number, refused: RefusedPending, step: Step): Promise<void>;
  /** Removes the snapshots taken before; gives how many records they had. */
  expirePending(job: string, takenBefore: number): Promise<number>;
}
