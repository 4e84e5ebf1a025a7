import type { Batch, CursorValue, DeadLetter, Reading, RunCounts, RunResult } from './interfaces.ts';

/**
 * What must survive. Every method is one transaction, on disk when its promise resolves; leases, and the begin and the end of runs, need not
 * survive a power cut. Every method may throw a Failure.
 * Times are epoch milliseconds.
 */
export interface State extends RunMemory, DeadLetters, PendingRecords {
  /**
   * Takes the right to run a job, which is then kept until it is released or this process is dead. A lease that a dead
   * process held is taken over; a living one's never.
   */
  takeLease(job: string): Promise<JobLease | LeaseHolder>;
  /** Who runs a job, for those who only look; undefined: nobody who lives. */
  holderOf(job: string): Promise<LeaseHolder | undefined>;
  /** Names of the jobs that stand somewhere, or have dead letters or pending records, configured or not, in order. */
  jobs(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The right to run a job. */
export interface JobLease {
  readonly kind: 'lease';
  /** Aborted, with a Failure as its reason, when another process has taken the lease because this one seemed dead. */
  readonly lost: AbortSignal;
  /** May be called again. */
  release(): Promise<void>;
}

/** Who runs a job. */
export interface LeaseHolder {
  readonly kind: 'busy';
  /** A clause such as `process 4711 on host reporting-1`. */
  readonly holder: string;
  readonly since: number;
}

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
  /** Those of the whole run so far. */
  readonly counts: RunCounts;
  /**
   * New, or met again: the letter of the same job and key is replaced, but for when it was first seen, unless what it holds was
   * read later.
   */
  readonly deadLetters: readonly DeadLetter[];
  /** What has been delivered of keys that have dead letters: those that were not read later are removed. */
  readonly delivered: readonly Delivered[];
  /** For a span that somebody asked for: up to where it is acknowledged. */
  readonly backfill?: { readonly span: Span; readonly acknowledgedTo: number } | undefined;
}

/** A version of a record that the write API has acknowledged. */
export interface Delivered {
  /** Of a dead letter of the job. */
  readonly key: string;
  readonly reading: Reading;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface RunMemory {
  progressOf(job: string): Promise<Progress | undefined>;
  /** Sets the progress of a job as a person asks for it; undefined: as if it had never run. */
  setProgress(job: string, progress: Progress | undefined): Promise<void>;
  /** Up to where the span is acknowledged; undefined: it was never begun. */
  backfillOf(job: string, span: Span): Promise<number | undefined>;
  /** Notes that a run began; gives its number, which is higher than that of anything remembered. */
  beginRun(job: string, startedAt: number): Promise<number>;
  /** The job's lease must be held. */
  acknowledged(job: string, run: number, step: Step): Promise<void>;
  endRun(run: number, result: RunResult): Promise<void>;
  /** Runs that ended, newest first. */
  runs(filter: RunFilter): Promise<readonly RunResult[]>;
  /** What came of some jobs' runs. */
  histories(jobs: readonly string[]): Promise<ReadonlyMap<string, JobHistory>>;
  /** When runs began later than a time, epoch milliseconds in order, by job; jobs without any are left out. */
  startsAfter(time: number): Promise<ReadonlyMap<string, readonly number[]>>;
  /** How all jobs stand of which anything is remembered. */
  standings(): Promise<ReadonlyMap<string, JobStanding>>;
}

export interface JobHistory {
  /** The newest that ended. */
  readonly lastRun: RunResult | undefined;
  /** When the newest run ended that brought what it could; one that began later than now, by a wrong clock, is passed over. */
  readonly lastSuccessAt: number | undefined;
  /** When the newest run began that has no end: it goes on, or was cut off. */
  readonly unfinishedSince: number | undefined;
}

export interface JobStanding {
  readonly progress: Progress | undefined;
  readonly deadLetters: number;
  readonly pendingRecords: number;
}

export interface RunFilter {
  readonly job?: string | undefined;
  readonly failedOnly?: boolean;
  readonly limit: number;
}

export interface StoredDeadLetter extends DeadLetter {
  readonly id: number;
  readonly job: string;
  /** The run that met it last. */
  readonly run: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The run that sent a newer version and never learned whether it arrived; undefined: none did. */
  readonly overtakenBy: number | undefined;
}

export interface DeadLetters {
  /** Oldest first. */
  deadLetters(filter: {
    readonly job?: string | undefined;
    readonly id?: number | undefined;
  }): Promise<readonly StoredDeadLetter[]>;
  /** How many each job has; jobs without any are left out. */
  countDeadLetters(): Promise<ReadonlyMap<string, number>>;
  /**
   * Notes, before newer versions are sent, that they overtake their letters: should nobody learn whether they arrive, the letters
   * must not be sent. The job's lease must be held.
   */
  overtakeDeadLetters(job: string, run: number, newer: readonly Delivered[]): Promise<void>;
  /** Gives how many there were. */
  discardDeadLetters(ids: readonly number[]): Promise<number>;
}

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

/** Snapshots that are not delivered yet. The job's lease must be held for all that changes something. */
export interface PendingRecords {
  /** Begins to store a snapshot; it does not count before it is sealed. What was begun for the job and never sealed is gone. */
  beginPending(job: string, takenAt: number, made?: SnapshotMade): Promise<number>;
  addPending(snapshot: number, batch: Batch): Promise<void>;
  /**
   * From here on the snapshot will be delivered, and older versions of its records are pending no more. With `replace` the data
   * set is emptied first, and all older snapshots and dead letters of the job, which this one replaces, are gone. The step is
   * remembered with it.
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
   * Records of a batch are refused, with a reason: those with the keys are pending no more, because the step makes them dead
   * letters; the others stay.
   */
  pendingRefused(job: string, run: number, batch: number, refused: RefusedPending, step: Step): Promise<void>;
  /** Removes the snapshots taken before; gives how many records they had. */
  expirePending(job: string, takenBefore: number): Promise<number>;
}
