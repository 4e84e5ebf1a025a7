import { type Batch, BatchWriter } from '../model/batch.ts';
import type { GrowingBytes } from '../model/growing-bytes.ts';
import type { DataRecord } from '../model/record.ts';
import { NotARecordError } from './not-a-record.ts';

/** When a batch is full, whichever comes first. */
export interface BatchLimits {
  readonly max_batch_records: number;
  /** Bytes of the JSON array. */
  readonly max_batch_bytes: number;
}

/** Puts records into batches until they are full. */
export class Batches {
  readonly #limits: BatchLimits;
  readonly #writer = new BatchWriter();

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** Where the next record is to be written; `end` or `drop` follows. */
  begin(): GrowingBytes {
    return this.#writer.begin();
  }

  /**
   * Ends the record that was begun; returns the batch that was complete before it, if it was. Throws NotARecordError
   * for one larger than any batch, which is to be dropped.
   */
  end(): Batch | undefined {
    const { written, size, count } = this.#writer;
    const { max_batch_records, max_batch_bytes } = this.#limits;
    if (written + 2 > max_batch_bytes) throw tooLarge(written, max_batch_bytes);
    const isFull = count === max_batch_records || size > max_batch_bytes;
    const complete = isFull ? this.#writer.take() : undefined;
    this.#writer.end();
    return complete;
  }

  /** Forgets what was written of the record that was begun. */
  drop(): void {
    this.#writer.drop();
  }

  /** Adds a record that is a text already, as `begin` and `end` do; one that is too large leaves no trace. */
  add({ json }: DataRecord): Batch | undefined {
    this.begin().text(json);
    try {
      return this.end();
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** The records that are left; undefined when there are none. */
  rest(): Batch | undefined {
    return this.#writer.take();
  }

  /** Takes back the memory of a batch that nobody reads any more. */
  recycle(batch: Batch): void {
    this.#writer.recycle(batch);
  }
}

function tooLarge(bytes: number, limit: number): NotARecordError {
  return new NotARecordError(
    `a record of ${bytes} bytes is larger than write_api.max_batch_bytes (${limit})`,
    'Select shorter texts, or raise write_api.max_batch_bytes (at most 10MiB).',
    'too-large',
  );
}
