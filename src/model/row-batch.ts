import type { RawValue, Row } from './row.ts';

/** How a value stands in the bytes of a batch. */
export const STORED = {
  /** UTF-8, as the database printed it. */
  text: 0,
  /** A number that JavaScript can hold, and an integer that it cannot. */
  number: 1,
  bigint: 2,
  /** No text: as it is. */
  bytes: 3,
  /** UTF-16, because it holds half of a character. */
  halfText: 4,
} as const;

/**
 * Some rows of a result as bytes, which is what databases send and the write API takes; most values are copied from one
 * to the other without ever being strings. Valid until the batch after the next is asked for: its memory is used again.
 */
export class RowBatch {
  readonly bytes: Buffer;
  /** Where each value starts and ends, row by row; an end before its start is null. */
  readonly places: Int32Array;
  /** How each value stands there; undefined: all are texts. */
  readonly stored: Uint8Array | undefined;
  /** Values in a row. */
  readonly width: number;
  /** Rows. */
  readonly length: number;

  constructor(
    bytes: Buffer,
    places: Int32Array,
    { width, length, stored }: { width: number; length: number; stored?: Uint8Array | undefined },
  ) {
    this.bytes = bytes;
    this.places = places;
    this.stored = stored;
    this.width = width;
    this.length = length;
  }

  /** @param place of the value, counted row by row */
  isNull(place: number): boolean {
    return (this.places[place * 2 + 1] ?? -1) < (this.places[place * 2] ?? 0);
  }

  /** The value at a place, as it is told otherwise. */
  at(place: number): RawValue {
    const [start = 0, end = -1] = [this.places[place * 2], this.places[place * 2 + 1]];
    if (end < start) return null;
    switch (this.stored?.[place]) {
      case STORED.number:
        return Number(this.bytes.toString('latin1', start, end));
      case STORED.bigint:
        return BigInt(this.bytes.toString('latin1', start, end));
      case STORED.bytes:
        return new Uint8Array(this.bytes.subarray(start, end));
      case STORED.halfText:
        return this.bytes.toString('utf16le', start, end);
      default:
        return this.bytes.toString('utf8', start, end);
    }
  }

  row(index: number): Row {
    return Array.from({ length: this.width }, (_, column) => this.at(index * this.width + column));
  }

  rows(): Row[] {
    return Array.from({ length: this.length }, (_, index) => this.row(index));
  }
}
