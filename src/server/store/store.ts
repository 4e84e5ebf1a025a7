import type { ReadPlan, ReadResult } from '../read/read-plan.ts';
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
  close(): Promise<void>;
}

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
