import type { Column, Reading, Row } from './row.ts';

/** Why a row or a record cannot be delivered. */
export type DeadLetterCause =
  | 'not-a-record' // the row: one of its values may not, or cannot, be sent
  | 'outside-window' // the row: its `_timestamp` is not in the window that was asked for
  | 'refused' // the record: answered 400 or 422 by itself
  | 'too-large' // the record: answered 413 by itself, or larger than any batch
  | 'server-error'; // the record: answered 500 again and again while others are taken

/** A row or a record that could not be delivered, with the reason. */
export interface DeadLetter {
  /** The same for the same row met again: its `_id`, or where it has none a hash of its values. */
  readonly key: string;
  /** When its content was read. */
  readonly reading: Reading;
  readonly cause: DeadLetterCause;
  readonly reason: string;
  readonly remedy: string;
  readonly content: DeadRow | DeadRecord;
  /**
   * What the run was collecting, epoch milliseconds; a snapshot's begins and ends when it was taken; undefined for
   * cursor jobs.
   */
  readonly window: { readonly from: number; readonly to: number } | undefined;
}

export interface DeadRow {
  readonly kind: 'row';
  readonly columns: readonly Column[];
  readonly row: Row;
}

export interface DeadRecord {
  readonly kind: 'record';
  /** The JSON object, with small numbers that are hidden when it is sent. */
  readonly json: string;
  /** What it was made by (`stored-rules.ts`); undefined: nobody knows. */
  readonly rules?: string | undefined;
}

/** A version of a record that the write API has acknowledged. */
export interface Delivered {
  /** Of a dead letter of the job. */
  readonly key: string;
  readonly reading: Reading;
}
