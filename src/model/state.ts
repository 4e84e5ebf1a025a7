import type { DeadLetters } from './dead-letter.ts';
import type { PendingRecords } from './pending.ts';
import type { RunMemory } from './run-memory.ts';
import type { SentRecords } from './sent-records.ts';
import type { VerificationMemory } from './verification.ts';

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

/**
 * What must survive. Every method is one transaction, on disk when its promise resolves; leases, and the begin, the
 * course and the end of runs, need not survive a power cut. Every method may throw a Failure. Times are epoch
 * milliseconds.
 */
export interface State extends RunMemory, SentRecords, VerificationMemory, DeadLetters, PendingRecords {
  /**
   * Takes the right to run a job, which is then kept until it is released or this process is dead. A lease that a dead
   * process held is taken over; a living one's never.
   */
  takeLease(job: string): Promise<JobLease | LeaseHolder>;
  /** Who runs a job, for those who only look; undefined: nobody who lives. */
  holderOf(job: string): Promise<LeaseHolder | undefined>;
  /** Who runs which job, for those who only look; without those whom nobody runs who lives. */
  holders(): Promise<ReadonlyMap<string, LeaseHolder>>;
  /** Names of the jobs that stand somewhere, or have dead letters or pending records, configured or not, in order. */
  jobs(): Promise<readonly string[]>;
  close(): Promise<void>;
}
