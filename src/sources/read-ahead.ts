import type { Column, Row } from '../model/row.ts';
import type { ResultSet } from '../model/source.ts';

/** How the rows of one query are read, and how its connection is left. */
export interface Reading {
  /** The next rows; undefined after the last. Starts the query when called first; never called before it has answered. */
  read(): Promise<readonly Row[] | undefined>;
  /** After the last row, or before the first was asked for: the connection can be used again. */
  finish(): Promise<void>;
  /** The query may be running: it is cancelled on the server. */
  abandon(): Promise<void>;
}

/** A result that is read one batch ahead of its consumer: one batch is in work, the next is on its way. */
export class LeasedRows implements ResultSet {
  readonly columns: readonly Column[];
  readonly batches: AsyncIterable<readonly Row[]>;
  readonly #reading: Reading;
  #isStarted = false;

  constructor(columns: readonly Column[], reading: Reading) {
    this.columns = columns;
    this.#reading = reading;
    this.batches = { [Symbol.asyncIterator]: () => this.#walk() };
  }

  async *#walk(): AsyncGenerator<readonly Row[], void, undefined> {
    if (this.#isStarted) throw new Error('the rows of a query can be walked once');
    this.#isStarted = true;
    try {
      let next = this.#reading.read();
      for (let rows = await next; rows !== undefined; rows = await next) {
        next = this.#reading.read();
        // While the consumer works nobody waits for it; it is awaited above.
        next.catch(() => undefined);
        if (rows.length > 0) yield rows;
      }
      await this.#reading.finish();
    } finally {
      // Not awaited: an error shall be known at once. After the end this does nothing.
      void this.#reading.abandon();
    }
  }

  close(): Promise<void> {
    return this.#isStarted ? this.#reading.abandon() : this.#reading.finish();
  }
}
