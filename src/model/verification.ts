import type { Span } from './progress.ts';
import type { RecordValues } from './record-values.ts';
import type { RunFailure } from './run.ts';

/** How a data set and its source stand to each other, in records. */
export interface VerifiedCounts {
  /** What the source has, and is delivered. */
  readonly source: number;
  /** The same on both sides. */
  readonly equal: number;
  /** In the source alone. */
  readonly missing: number;
  /** On both sides with different contents. */
  readonly different: number;
  /** In the data set alone. */
  readonly extra: number;
  /** Rows that are no records, and records that are dead letters: the data set cannot have them as they are. */
  readonly setAside: number;
}

/** A record that is not the same on both sides. */
export interface RecordDifference {
  readonly standing: 'missing' | 'different' | 'extra';
  readonly id: string;
  /** ISO 8601, as the record has it. */
  readonly timestamp: string;
  /** Undefined: the source has no such record. */
  readonly source: RecordValues | undefined;
  /** Undefined: the data set has no such record. */
  readonly dataSet: RecordValues | undefined;
  /** When the data set got it, where that is told. */
  readonly updatedAt: string | undefined;
}

/** What came of comparing all records of a job. Times are epoch milliseconds. */
export interface Verification {
  readonly job: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Of a window job: the time of which all that is collected was compared. */
  readonly span: Span | undefined;
  readonly counts: VerifiedCounts;
  /** Some of them, when there are many. */
  readonly differences: readonly RecordDifference[];
}

/** A day of UTC of which the data set has another count, or other sums, than the source. */
export interface DayDifference {
  /** ISO 8601 */
  readonly start: string;
  /** In records. */
  readonly count: { readonly source: number; readonly dataSet: number };
  /** Those that differ, as decimal texts; undefined: no record has a number in the field. */
  readonly sums: readonly {
    readonly field: string;
    readonly source: string | undefined;
    readonly dataSet: string | undefined;
  }[];
}

/** What came of comparing counts and sums, day by day. Times are epoch milliseconds. */
export interface SumsVerification extends Pick<Verification, 'job' | 'startedAt' | 'endedAt' | 'span'> {
  /** Why single records were not compared, as a clause. */
  readonly reason: string;
  /** What was added up. */
  readonly fields: readonly string[];
  /** How many records the source has, in how many days. */
  readonly records: number;
  readonly days: number;
  /** Rows that are no records, and records that are dead letters: the data set may have them as they were before. */
  readonly setAside: number;
  readonly differences: readonly DayDifference[];
}

/** Whether both sides are the same. */
export const agrees = ({
  counts: { missing, different, extra },
}: {
  readonly counts: Pick<VerifiedCounts, 'missing' | 'different' | 'extra'>;
}): boolean => missing + different + extra === 0;

/** What a verification found, in numbers of records, or why it found nothing. */
export type VerificationOutcome =
  | ({ readonly compared: 'records' } & Omit<VerifiedCounts, 'equal'>)
  | {
      readonly compared: 'sums';
      readonly source: number;
      /** How many days were compared, and how many of them differ. */
      readonly days: number;
      readonly differing: number;
      readonly setAside: number;
    }
  | { readonly compared: 'nothing'; readonly failure: RunFailure };

/** A verification as it is remembered. Times are epoch milliseconds. */
export interface RememberedVerification extends Pick<Verification, 'job' | 'startedAt' | 'endedAt'> {
  /** Of a window job: the time that was compared; left out: nothing was, or the job has no windows. */
  readonly span?: Span | undefined;
  readonly outcome: VerificationOutcome;
}

/** What is remembered of verifications. */
export interface VerificationMemory {
  /** The newest ones of each job are kept. */
  rememberVerification(verification: RememberedVerification): Promise<void>;
  /** Of one job, newest first. */
  verificationsOf(job: string): Promise<readonly RememberedVerification[]>;
  /** The newest of each job that was ever verified. */
  newestVerifications(): Promise<ReadonlyMap<string, RememberedVerification>>;
}

/** How many records, or days, differ; undefined: nothing was compared. */
export function differencesOf(outcome: VerificationOutcome): number | undefined {
  switch (outcome.compared) {
    case 'records':
      return outcome.missing + outcome.different + outcome.extra;
    case 'sums':
      return outcome.differing;
    case 'nothing':
      return undefined;
  }
}
