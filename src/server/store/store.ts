import type { GroupRow, GroupsPlan, ReadPlan, ReadResult } from '../read/read-plan.ts';
import type { NewRecord, StoredRecord } from './stored-record.ts';

/** How much a data set holds, and from when to when. */
export interface Summary {
  readonly records: number;
  /** The earliest and the latest `timestamp`; null in an empty data set. */
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * What the write API asks of its storage. Data sets are addressed by their names. Whatever changes something is on disk
 * when its promise resolves.
 */
export interface Store {
  /** Stores all records or none. A record replaces the one of the same id; of several with one id the last stays. */
  replace(dataSet: string, records: readonly NewRecord[], updatedAt: string): Promise<void>;
  /** Removes one record; false when there is none of this id. */
  remove(dataSet: string, id: string): Promise<boolean>;
  /** Removes all records of a data set. */
  empty(dataSet: string): Promise<void>;
  summary(dataSet: string): Promise<Summary>;
  /** `updatedAt` of what was stored last since the data set was empty; null: nothing. Costs next to nothing. */
  lastUpdate(dataSet: string): Promise<string | null>;
  /** Another one after each change of the data set, and never one of before. Costs next to nothing. */
  version(dataSet: string): Promise<string>;
  /** The records of a data set by `timestamp`, then in the order in which they first came. */
  records(dataSet: string): AsyncIterable<StoredRecord>;
  /**
   * What a query of the read API asks for. Reads of one data set never keep out those of another, and none changes
   * how long a write takes. Throws ReadTooSlow, ReadsBusy, and the signal's reason once it is aborted: the database
   * then stops reading.
   */
  read(dataSet: string, plan: ReadPlan, signal?: AbortSignal): Promise<ReadResult>;
  /**
   * The answers to plans that are asked again and again, as those of dashboards are, of one state of the data set and
   * with exact sums. What is added up for them is kept, so that only the first one waits, and after a change whoever asks
   * next for the month; only for plans that nobody can make up, as each has room in the store. Undefined in the place
   * of an answer that only `read` can give. Throws the signal's reason once it is aborted.
   */
  sums(dataSet: string, plans: readonly GroupsPlan[], signal?: AbortSignal): Promise<readonly Answer[]>;
  /**
   * Says which plans are wanted, told by their data sets, and removes what is kept for those that nobody, of whichever
   * process, has said so of for a week. To be said daily. @param now milliseconds since 1970
   */
  keepWanted(plans: ReadonlyMap<string, readonly GroupsPlan[]>, now: number): Promise<void>;
  close(): Promise<void>;
}

export type Answer = readonly GroupRow[] | undefined;

/** The file or database that should hold the records cannot be used; nothing in it was changed. */
export class StoreError extends Error {
  /** `source`: a database that could not be reached, or refused the login; it may be there later. */
  readonly side: 'config' | 'source';
  readonly remedy: string;

  constructor(
    message: string,
    remedy: string,
    { side = 'config', cause }: { readonly side?: 'config' | 'source'; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'StoreError';
    this.side = side;
    this.remedy = remedy;
  }
}
