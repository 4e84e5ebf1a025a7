/** Words of 32 bits that an entry has: two of the hash of the record's id, and two of the digest of its content. */
export const ENTRY_WORDS = 4;
/** Words of an id alone. */
export const ID_WORDS = 2;

/** Why it is not remembered what was sent of a job: its records may be of any period, or their ids may be. */
export type Unremembered = 'allow-outside' | 'id';

/** What was sent of a period, and acknowledged. */
export interface SentPeriod {
  /** Its start, as `calendar/period.ts` counts it. */
  readonly period: number;
  /**
   * `ENTRY_WORDS` for each record, in any order. A digest of which both words are 0 says that nobody knows which content
   * the data set has.
   */
  readonly entries: Int32Array;
}

/** What may have been sent of a period by a run that did not come to its end. */
export interface SentDoubt {
  readonly period: number;
  /** `ID_WORDS` for each record; `all`: any record of the period, also such as were not sent before. */
  readonly ids: Int32Array | 'all';
}

/** What is remembered of a period. */
export interface RememberedPeriod {
  readonly period: number;
  /** Undefined: it was never collected to its end. */
  readonly entries: Int32Array | undefined;
  readonly doubts: readonly SentDoubt['ids'][];
}

/** What a step changes in the memory of what was sent. */
export interface NewlySent {
  /** By what it counts: what was acknowledged by other rules is void. */
  readonly rules: string;
  /** What is remembered of these periods from now on. */
  readonly periods: readonly SentPeriod[];
  /** Periods about which nothing is doubtful any more. */
  readonly settled: { readonly from: number; readonly to: number };
  /** Periods before this one are forgotten. */
  readonly keptFrom: number;
}

/** How what was read of a period differs from what was sent of it before, in records. */
export interface ComparedPeriod {
  readonly period: number;
  /** Whether the period had been collected to its end before; else all its records have appeared. */
  readonly wasKnown: boolean;
  /** All that the data set has of it now. */
  readonly records: number;
  /** Not there when the period was collected last. */
  readonly appeared: number;
  /** There, with another content. */
  readonly changed: number;
  /** There, and not in the source any more. */
  readonly vanished: number;
}

/** Records that were sent, and whose rows the source has no more. */
export interface VanishedRecords {
  /** How many of which period, by its start. */
  readonly periods: readonly { readonly period: number; readonly records: number }[];
  /** What became of them in the data set. */
  readonly fate: 'kept' | 'removed' | 'not-removed';
  /** How many it had and has no more. */
  readonly removed: number;
  /** Why they were not removed, as a clause. */
  readonly reason?: string;
}

/** Whether the records of a data set are those that jobs have sent. */
export interface DataSetStanding {
  /** How often it was emptied, or written to by no job; also one that goes on counts. */
  readonly changes: number;
  /** Since when that goes on, or was never heard of again, epoch milliseconds; undefined: it does not. */
  readonly changingSince: number | undefined;
}

/**
 * What of sent records is forgotten. `content`: what the data set has of them, so that the next run sends all, and knows
 * still what the source has no more; `records`: that they were sent.
 */
export type Forgotten = 'content' | 'records';

/** Which records of the newest periods the write API has acknowledged, and with which content. */
export interface SentRecords {
  /**
   * The periods of a span of which something is remembered, in their order: what was acknowledged by the same rules, and
   * what is doubtful by any.
   */
  sentOf(
    job: string,
    rules: string,
    span: { readonly from: number; readonly to: number },
  ): Promise<readonly RememberedPeriod[]>;
  /** To be called before something leaves: whatever becomes of it, it is doubtful. The job's lease must be held. */
  doubtSent(job: string, rules: string, doubts: readonly SentDoubt[]): Promise<void>;
  /** Forgets what was acknowledged of a job, because somebody else than its runs changes its records. */
  forgetSent(job: string, what: Forgotten): Promise<void>;
  /** @param address as a target has it */
  dataSetStanding(address: string): Promise<DataSetStanding>;
  /**
   * To be called before a data set is emptied, or written to by no job: what any job has sent to it, and what runs that go
   * on still send, is void.
   */
  dataSetChanging(address: string): Promise<void>;
  /** To be called when that has certainly come to its end. */
  dataSetChanged(address: string): Promise<void>;
}
