import type { RowMemory } from '../row-memory.ts';

/** The rows of the server: a type, a length that counts itself, the number of values, then each with its length. */
const DATA_ROW = 0x44;
const HEADER = 5;
const COUNT = 2;
const LENGTH = 4;
const NOTHING = Buffer.alloc(0);

type Listener = (chunk: Buffer) => void;

interface Stream {
  listeners(event: 'data'): unknown[];
  on(event: 'data', listener: Listener): unknown;
  off(event: 'data', listener: Listener): unknown;
}

const taps = new WeakMap<object, RowTap>();

/**
 * Stands between a connection's socket and pg's own parser and takes the messages that hold rows, while there is a
 * memory for them; everything else goes on to pg, byte by byte as it came. For rows pg makes an array and a string for
 * each value.
 */
export class RowTap {
  readonly #parse: Listener;
  #memory: RowMemory | undefined;
  /** Where in the memory the first row begins that is not taken apart. */
  #begun = 0;
  /** Bytes of the message under way that are still to come. */
  #rest = 0;
  #isRow = false;
  /** The beginning of a header whose end is still to come. */
  #header: Buffer = NOTHING;

  private constructor(stream: Stream) {
    this.#parse = stream.listeners('data')[0] as Listener;
    stream.off('data', this.#parse);
    stream.on('data', (chunk) => {
      const whole = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk]);
      this.#header = NOTHING;
      this.#walk(whole);
    });
  }

  /** The tap of a connection, between two of its messages. */
  static of(stream: object): RowTap {
    const tap = taps.get(stream) ?? new RowTap(stream as Stream);
    taps.set(stream, tap);
    return tap;
  }

  /** From now on rows go there; undefined: to pg. */
  fill(memory: RowMemory | undefined): void {
    this.#memory = memory;
    this.#begun = 0;
  }

  /** Goes through the messages; those that follow each other and go to the same side are handed on together. */
  #walk(chunk: Buffer): void {
    let from = 0;
    let isRow = this.#isRow;
    let at = Math.min(this.#rest, chunk.length);
    this.#rest -= at;
    while (at < chunk.length) {
      const isNextRow = chunk[at] === DATA_ROW && this.#memory !== undefined;
      if (isNextRow !== isRow) {
        this.#hand(chunk, from, at, isRow);
        from = at;
        isRow = isNextRow;
      }
      if (chunk.length - at < HEADER) {
        this.#header = chunk.subarray(at);
        break;
      }
      const end = at + 1 + chunk.readInt32BE(at + 1);
      this.#rest = Math.max(0, end - chunk.length);
      at = Math.min(end, chunk.length);
    }
    this.#hand(chunk, from, at, isRow);
    this.#isRow = isRow;
  }

  #hand(chunk: Buffer, from: number, to: number, areRows: boolean): void {
    if (to === from) return;
    if (!areRows) this.#parse(chunk.subarray(from, to));
    else if (this.#memory !== undefined) {
      this.#memory.copy(chunk, from, to);
      this.#begun = takeApart(this.#memory, this.#begun);
    }
  }
}

/** Notes where the values of complete rows stand; gives where the first one begins that is not complete. */
function takeApart(memory: RowMemory, first: number): number {
  const { view, length } = memory;
  let at = first;
  while (at + HEADER <= length) {
    const end = at + 1 + view.getInt32(at + 1);
    if (end > length) break;
    at += HEADER + COUNT;
    while (at < end) {
      // -1: a null.
      const size = view.getInt32(at);
      at += LENGTH;
      memory.place(at, at + size);
      if (size > 0) at += size;
    }
    memory.rows++;
  }
  return at;
}
