/** What the write API asks of its storage. */

/** A record that passed every check. */
export interface NewRecord {
  readonly id: string;
  /** `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`: sorts as text. */
  readonly timestamp: string;
  /** The JSON object as it was sent, with `_id` and with its dates and times in UTC. */
  readonly json: string;
}

export interface StoredRecord extends NewRecord {
  /** When the record was stored, in the form of `timestamp`. */
  readonly updatedAt: string;
}

/** How much a data set holds, and from when to when. */
export interface Summary {
  readonly records: number;
  /** The earliest and the latest `timestamp`; null in an empty data set. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Data sets are addressed by their names. Whatever changes something is on disk when its promise resolves. */
export interface Store {
  /** Stores all records or none. A record replaces the one of the same id; of several with one id the last stays. */
  replace(dataSet: string, records: readonly NewRecord[], updatedAt: string): Promise<void>;
  /** Removes one record; false when there is none of this id. */
  remove(dataSet: string, id: string): Promise<boolean>;
  /** Removes all records of a data set. */
  empty(dataSet: string): Promise<void>;
  summary(dataSet: string): Promise<Summary>;
  /** The records of a data set by `timestamp`, then in the order in which they first came. */
  records(dataSet: string): AsyncIterable<StoredRecord>;
  close(): Promise<void>;
}
