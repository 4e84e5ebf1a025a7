import { GrowingBytes } from '../model/growing-bytes.ts';
import { RowBatch } from '../model/row-batch.ts';

const FIRST_VALUES = 4_096;

/** Gathers rows as a server sends them, for one batch after the other. */
export class RowMemory {
  readonly #content = new GrowingBytes();
  #places = new Int32Array(FIRST_VALUES * 2);
  #ends = 0;
  /** Complete ones. */
  rows = 0;

  get bytes(): Buffer {
    return this.#content.bytes;
  }

  /** Of the same memory as `bytes`. */
  get view(): DataView {
    return this.#content.view;
  }

  /** Of the bytes, as far as they are written. */
  get length(): number {
    return this.#content.length;
  }

  /** Copies bytes behind the others and tells where they begin now. */
  copy(from: Uint8Array, start: number, end: number): number {
    const begin = this.length;
    this.#content.copy(from, start, end);
    return begin;
  }

  /** Notes where the next value of the row stands; one that ends before it starts is null. */
  place(start: number, end: number): void {
    if (this.#ends + 2 > this.#places.length) {
      const larger = new Int32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[this.#ends++] = start;
    this.#places[this.#ends++] = end;
  }

  /** The rows, until `clear` is called. @param width values in a row */
  batch(width: number): RowBatch {
    return new RowBatch(this.bytes, this.#places, { width, length: this.rows });
  }

  clear(): void {
    this.#content.length = 0;
    this.#ends = 0;
    this.rows = 0;
  }
}

/**
 * Two memories in turn: a batch may be read until the one after the next is asked for, because rows are read one batch
 * ahead.
 */
export class RowMemories {
  readonly #memories = [new RowMemory(), new RowMemory()] as const;
  #turn = 0;

  /** The memory for the next batch, empty. */
  next(): RowMemory {
    this.#turn = 1 - this.#turn;
    const memory = this.#memories[this.#turn === 0 ? 0 : 1];
    memory.clear();
    return memory;
  }
}
