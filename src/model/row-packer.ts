import type { RawValue, Row } from './row.ts';
import { RowBatch, STORED } from './row-batch.ts';

const FIRST_BYTES = 65_536;
/** Shorter texts are written faster one by one than by a call. */
const SHORT_TEXT = 32;
const LAST_ASCII = 0x7f;

/** The rows as one batch. */
export function packRows(rows: readonly Row[]): RowBatch {
  const packer = new RowPacker(rows.length * (rows[0]?.length ?? 0));
  for (const row of rows) packer.add(row);
  const { bytes, places, stored } = packer.packed();
  return new RowBatch(bytes, places, { width: rows[0]?.length ?? 0, length: rows.length, stored });
}

/** What a batch consists of. */
export type PackedRows = Required<Pick<RowBatch, 'bytes' | 'places' | 'stored'>>;

/** Packs rows of values as JavaScript has them into the bytes of a batch. */
export class RowPacker {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  readonly #places: Int32Array;
  readonly #stored: Uint8Array;
  #values = 0;

  /** @param most how many values will be added at most */
  constructor(most: number) {
    this.#places = new Int32Array(most * 2);
    this.#stored = new Uint8Array(most);
  }

  add(row: Row): void {
    for (const value of row) {
      const start = this.#length;
      this.#stored[this.#values] = this.#write(value);
      this.#places[this.#values * 2] = start;
      this.#places[this.#values * 2 + 1] = value === null ? -1 : this.#length;
      this.#values++;
    }
  }

  /** Valid until the next row is added. */
  packed(): PackedRows {
    const places = this.#places.subarray(0, this.#values * 2);
    return {
      bytes: this.#bytes.subarray(0, this.#length),
      places,
      stored: this.#stored.subarray(0, this.#values),
    };
  }

  #write(value: RawValue): number {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        this.#text(String(value));
        return STORED.number;
      case 'bigint':
        this.#text(String(value));
        return Number.isSafeInteger(Number(value)) ? STORED.number : STORED.bigint;
      default:
        if (value !== null) this.#copy(value);
        return value === null ? STORED.text : STORED.bytes;
    }
  }

  #text(text: string): number {
    this.#reserve(text.length * 3);
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return STORED.text;
    if (!text.isWellFormed()) {
      this.#copy(Buffer.from(text, 'utf16le'));
      return STORED.halfText;
    }
    this.#length += this.#bytes.write(text, this.#length);
    return STORED.text;
  }

  /** Returns false, and has written nothing, for a text of other characters. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > LAST_ASCII) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
