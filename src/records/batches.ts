import { type Batch, BatchWriter } from '../model/batch.ts';
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

  /**
   * Adds a record; returns the batch that was complete before it, if it was. Throws NotARecordError for one larger
   * than any batch, which is as if it had never been given.
   */
  add({ json }: DataRecord): Batch | undefined {
    const bytes = Buffer.byteLength(json);
    const { max_batch_records, max_batch_bytes } = this.#limits;
    if (bytes + 2 > max_batch_bytes) throw tooLarge(bytes, max_batch_bytes);
    const isFull = this.#writer.count === max_batch_records || this.#writer.sizeWith(bytes) > max_batch_bytes;
    const complete = isFull ? this.#writer.take() : undefined;
    this.#writer.add(json, bytes);
    return complete;
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
