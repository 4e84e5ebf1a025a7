import type { Batch } from './batch.ts';
import type { NotOffered } from './data-set-reader.ts';
import type { DeadLetterCause } from './dead-letter.ts';

/**
 * A record that the write API does not take, whatever else is sent with it, or that must not be sent at all
 * (`not-a-record`).
 */
export interface RefusedRecord {
  readonly id: string;
  /** The JSON object. */
  readonly json: string;
  readonly cause: Exclude<DeadLetterCause, 'outside-window'>;
  /** What the write API said of it, as a clause. */
  readonly reason: string;
  readonly remedy: string;
}

/** What the write API said to one batch, once it has acknowledged all of it but the refused records. */
export interface Acknowledgement {
  readonly requests: number;
  /** Bytes of the bodies as sent, compressed or not, repeats included. */
  readonly bytesSent: number;
  /** In the order of the batch. */
  readonly refused: readonly RefusedRecord[];
}

/**
 * One data set, ready to receive. Aborting `signal` gives up everything at once; aborting `waiting`, only what waits:
 * for another attempt, for a host that is down, for a connection. What is on its way is then still answered. Left out,
 * it is `signal`.
 */
export interface Target {
  /** Where its records go: tells it from the same data set of another write API. Without secrets. */
  readonly address: string;
  /**
   * Delivers one batch, with repeats; resolves when all of it is acknowledged, or refused record by record. Throws a
   * Failure.
   */
  post(batch: Batch, signal: AbortSignal, waiting?: AbortSignal): Promise<Acknowledgement>;
  /** Removes all records of the data set. Throws a Failure. */
  empty(signal: AbortSignal, waiting?: AbortSignal): Promise<Omit<Acknowledgement, 'refused'>>;
  /** Removes one record, with repeats; says whether it was there at the last of them. Throws a Failure. */
  remove(id: string, signal: AbortSignal, waiting?: AbortSignal): Promise<boolean | NotOffered>;
}
