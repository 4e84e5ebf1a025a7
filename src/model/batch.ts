import { GrowingBytes } from './growing-bytes.ts';
import type { DataRecord } from './record.ts';

const [OPENING, COMMA, CLOSING] = [0x5b, 0x2c, 0x5d];
/** Places for as many records as a batch has mostly. */
const FIRST_RECORDS = 1_024;

/** Records on their way together: the JSON array that is sent. Only this file knows where in it which record is. */
export class Batch {
  /** `[{…},{…}]` in UTF-8. */
  readonly bytes: Buffer;
  /** Where each record ends in `bytes`; to be stored beside them. */
  readonly ends: readonly number[];

  /** Of what was stored. */
  constructor(bytes: Buffer, ends: readonly number[]) {
    this.bytes = bytes;
    this.ends = ends;
  }

  /** @param texts the JSON of each record */
  static of(texts: readonly string[]): Batch {
    return new Batch(
      Buffer.from(`[${texts.join(',')}]`),
      endsOf(texts.map((text) => Buffer.byteLength(text))),
    );
  }

  /** How many records it has. */
  get count(): number {
    return this.ends.length;
  }

  /** The JSON of each record. */
  texts(): string[] {
    return this.ends.map((end, index) => this.bytes.toString('utf8', this.#startOf(index), end));
  }

  /** The records with their ids; one that has none gets an empty one. */
  records(): DataRecord[] {
    return this.texts().map((json) => ({ id: idIn(json), json }));
  }

  /** The records from one index to another, which is excluded, as a batch of their own. */
  part(from: number, to: number): Batch {
    if (from === 0 && to === this.count) return this;
    const start = this.#startOf(from);
    const records = this.bytes.subarray(start, this.ends[to - 1]);
    const bytes = Buffer.concat([Buffer.of(OPENING), records, Buffer.of(CLOSING)]);
    return new Batch(
      bytes,
      this.ends.slice(from, to).map((end) => end - start + 1),
    );
  }

  /** The batch without the records at some places; undefined when none is left. */
  without(places: ReadonlySet<number>): Batch | undefined {
    const kept = this.ends
      .map((end, index) => this.bytes.subarray(this.#startOf(index), end))
      .filter((_, index) => !places.has(index));
    return kept.length === 0 ? undefined : joined(kept);
  }

  /** Behind the bracket or the comma that stands before a record. */
  #startOf(index: number): number {
    return (this.ends[index - 1] ?? 0) + 1;
  }
}

function joined(records: readonly Uint8Array[]): Batch {
  const parts = records.flatMap((record, index) => [Buffer.of(index === 0 ? OPENING : COMMA), record]);
  const bytes = Buffer.concat([...parts, Buffer.of(CLOSING)]);
  return new Batch(bytes, endsOf(records.map(({ length }) => length)));
}

/** @param lengths of the records, in bytes */
function endsOf(lengths: readonly number[]): readonly number[] {
  let end = 0;
  return lengths.map((length) => {
    end += 1 + length;
    return end;
  });
}

/** The `_id` of a record. What is no JSON object, or has none, has an empty one. */
function idIn(json: string): string {
  try {
    const record: unknown = JSON.parse(json);
    const isObject = typeof record === 'object' && record !== null;
    return isObject && '_id' in record && typeof record._id === 'string' ? record._id : '';
  } catch {
    return '';
  }
}

/**
 * Writes batches record by record, as the bytes that are sent. The memory of a batch is used again once it is given
 * back: rows become records by the million, and what is allocated for each batch would have to be collected for each.
 */
export class BatchWriter {
  readonly #free: Buffer[] = [];
  readonly #json = new GrowingBytes();
  /** Of the records, for one batch after the other. */
  #ends = new Int32Array(FIRST_RECORDS);
  #count = 0;
  /** Where the record that was begun starts. */
  #start = 0;

  /** How many records the batch has. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the record that was begun. */
  get written(): number {
    return this.#json.length - this.#start;
  }

  /** How large the batch would be with it. */
  get size(): number {
    return this.#json.length + 1;
  }

  /** Where the next record is to be written. `end` or `drop` follows. */
  begin(): GrowingBytes {
    const json = this.#json;
    json.reserve(1);
    json.bytes[json.length] = this.#count === 0 ? OPENING : COMMA;
    json.length += 1;
    this.#start = json.length;
    return json;
  }

  end(): void {
    if (this.#count === this.#ends.length) this.#growEnds();
    this.#ends[this.#count++] = this.#json.length;
  }

  drop(): void {
    this.#json.length = this.#start - 1;
  }

  /** The batch, and begins the next one, with the record that was begun if one was; undefined when it has no record. */
  take(): Batch | undefined {
    if (this.#count === 0) return undefined;
    const json = this.#json;
    const ends = new Array<number>(this.#count);
    for (let index = 0; index < ends.length; index++) ends[index] = this.#ends[index] as number;
    const end = ends.at(-1) ?? 0;
    const next = this.#free.pop() ?? Buffer.alloc(0);
    const begun = Buffer.from(json.bytes.subarray(end, json.length));
    json.reserve(1);
    json.bytes[end] = CLOSING;
    const batch = new Batch(json.bytes.subarray(0, end + 1), ends);
    this.#count = 0;
    json.moveTo(next);
    if (begun.length > 0) this.begin().copy(begun, 1);
    return batch;
  }

  /** Takes back the memory of a batch of its own that nobody reads any more. */
  recycle({ bytes }: Batch): void {
    this.#free.push(Buffer.from(bytes.buffer));
  }

  #growEnds(): void {
    const ends = new Int32Array(this.#count * 2);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}
