import { GrowingBytes } from './growing-bytes.ts';
import type { RawValue, Row } from './row.ts';
import { RowBatch, STORED } from './row-batch.ts';

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
  readonly #bytes = new GrowingBytes();
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
      const start = this.#bytes.length;
      this.#stored[this.#values] = this.#write(value);
      this.#places[this.#values * 2] = start;
      this.#places[this.#values * 2 + 1] = value === null ? -1 : this.#bytes.length;
      this.#values++;
    }
  }

  /** Valid until the next row is added. */
  packed(): PackedRows {
    const places = this.#places.subarray(0, this.#values * 2);
    return {
      bytes: this.#bytes.bytes.subarray(0, this.#bytes.length),
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
        if (value !== null) this.#bytes.copy(value);
        return value === null ? STORED.text : STORED.bytes;
    }
  }

  #text(text: string): number {
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return STORED.text;
    if (text.isWellFormed()) {
      this.#bytes.text(text);
      return STORED.text;
    }
    this.#bytes.copy(Buffer.from(text, 'utf16le'));
    return STORED.halfText;
  }

  /** Returns false, and has written nothing, for a text of other characters. */
  #ascii(text: string): boolean {
    this.#bytes.reserve(text.length);
    const { bytes } = this.#bytes;
    let at = this.#bytes.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > LAST_ASCII) return false;
      bytes[at++] = code;
    }
    this.#bytes.length = at;
    return true;
  }
}
