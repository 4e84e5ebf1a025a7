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

interface DeadRecord {
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
   * Notes, before newer versions are sent, that they overtake their letters: should nobody learn whether they arrive,
   * the letters must not be sent. The job's lease must be held.
   */
  overtakeDeadLetters(job: string, run: number, newer: readonly Delivered[]): Promise<void>;
  /** Gives how many there were. */
  discardDeadLetters(ids: readonly number[]): Promise<number>;
}
