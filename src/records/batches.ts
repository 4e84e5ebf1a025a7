import type { Batch } from '../model/batch.ts';
import type { DataRecord } from '../model/record.ts';
import { NotARecordError } from './not-a-record.ts';

/** When a batch is full, whichever comes first. */
export interface BatchLimits {
  readonly max_batch_records: number;
  /** Bytes of the JSON array. */
  readonly max_batch_bytes: number;
}

const FIRST_BYTES = 65_536;
const [OPENING, COMMA, CLOSING] = [0x5b, 0x2c, 0x5d];

/**
 * Writes records into batches, as the bytes that are sent. The memory of a batch is used again once it is given back: rows become
 * records by the million, and what is allocated for each batch would have to be collected for each.
 */
export class Batches {
  readonly #limits: BatchLimits;
  readonly #free: Buffer[] = [];
  #memory: Buffer = Buffer.alloc(0);
  #ends: number[] = [];
  #length = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** Adds a record; returns the batch that was complete before it, if it was. Throws NotARecordError for one larger than any batch, which is as if it had never been given. */
  add(record: DataRecord): Batch | undefined {
    const bytes = Buffer.byteLength(record.json);
    const { max_batch_records, max_batch_bytes } = this.#limits;
    if (bytes + 2 > max_batch_bytes) throw tooLarge(bytes, max_batch_bytes);
    const isFull = this.#ends.length === max_batch_records || this.#length + bytes + 2 > max_batch_bytes;
    const complete = isFull ? this.rest() : undefined;
    this.#reserve(bytes + 2);
    this.#memory[this.#length] = this.#ends.length === 0 ? OPENING : COMMA;
    this.#length += 1 + this.#memory.write(record.json, this.#length + 1);
    this.#ends.push(this.#length);
    return complete;
  }

  /** The records that are left; undefined when there are none. */
  rest(): Batch | undefined {
    if (this.#ends.length === 0) return undefined;
    this.#memory[this.#length] = CLOSING;
    const batch = { bytes: this.#memory.subarray(0, this.#length + 1), ends: this.#ends };
    this.#memory = this.#free.pop() ?? Buffer.alloc(0);
    this.#ends = [];
    this.#length = 0;
    return batch;
  }

  /** Takes back the memory of a batch that nobody reads any more. */
  recycle({ bytes }: Batch): void {
    this.#free.push(Buffer.from(bytes.buffer));
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.#memory.length * 2, needed));
    this.#memory.copy(larger, 0, 0, this.#length);
    this.#memory = larger;
  }
}

function tooLarge(bytes: number, limit: number): NotARecordError {
  return new NotARecordError(
    `a record of ${bytes} bytes is larger than write_api.max_batch_bytes (${limit})`,
    'Select shorter texts, or raise write_api.max_batch_bytes (at most 10MiB).',
    'too-large',
  );
}
