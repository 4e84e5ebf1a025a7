const FIRST_BYTES = 65_536;
/** So few are copied faster by a loop than by a call of `set`. */
const FEW = 48;

/** Bytes that are written piece by piece. Who writes into `bytes` directly asks for room first. */
export class GrowingBytes {
  bytes: Buffer;
  length = 0;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.bytes = bytes;
  }

  /** Makes room for so many bytes more. What is written keeps its place, but `bytes` may be another buffer then. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.bytes.length * 2, needed));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** Writes a text in UTF-8. */
  text(text: string): void {
    // No character is longer than three bytes for each of its UTF-16 units.
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length);
  }

  /** Writes bytes as they stand. */
  copy(from: Uint8Array, start = 0, end = from.length): void {
    this.reserve(end - start);
    const { bytes } = this;
    let at = this.length;
    if (end - start > FEW) bytes.set(end - start === from.length ? from : from.subarray(start, end), at);
    else for (let index = start; index < end; index++) bytes[at++] = from[index] ?? 0;
    this.length += end - start;
  }
}
