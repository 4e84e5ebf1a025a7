import type { Piece } from './piece.ts';

const FIRST_BYTES = 65_536;
/** So few are copied faster by a loop than by a call of `set`. */
const FEW = 48;

/** Bytes that are written piece by piece. Who writes into `bytes` directly asks for room first. */
export class GrowingBytes {
  length = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Of the same memory as `bytes`. */
  get view(): DataView {
    return this.#view;
  }

  /** Begins anew, in other memory. */
  moveTo(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.length = 0;
  }

  /** Makes room for so many bytes more. What is written keeps its place, but `bytes` may be another buffer then. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.#bytes.length * 2, needed));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }

  /** Writes a text in UTF-8. */
  text(text: string): void {
    // No character is longer than three bytes for each of its UTF-16 units.
    this.reserve(text.length * 3);
    this.length += this.#bytes.write(text, this.length);
  }

  /** Writes bytes as they stand. */
  copy(from: Uint8Array, start = 0, end = from.length): void {
    this.reserve(end - start);
    const bytes = this.#bytes;
    let at = this.length;
    if (end - start > FEW) bytes.set(end - start === from.length ? from : from.subarray(start, end), at);
    else for (let index = start; index < end; index++) bytes[at++] = from[index] ?? 0;
    this.length += end - start;
  }

  /** Writes what stands in others from `start` to `end`. */
  span({ bytes: from, view: fromView }: GrowingBytes, start: number, end: number): void {
    this.reserve(end - start);
    let at = this.length;
    let index = start;
    for (; index + 4 <= end; index += 4, at += 4)
      this.#view.setInt32(at, fromView.getInt32(index, true), true);
    for (; index < end; index++) this.#bytes[at++] = from[index] as number;
    this.length += end - start;
  }

  /** Writes a piece; up to three bytes of the room behind it may change. */
  piece({ words, length }: Piece): void {
    this.reserve(words.length * 4);
    const view = this.#view;
    let at = this.length;
    for (let index = 0; index < words.length; index++, at += 4) view.setInt32(at, words[index] ?? 0, true);
    this.length += length;
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);
