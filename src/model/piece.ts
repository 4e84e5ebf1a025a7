const WORD = 4;

/** Bytes that are written often: kept in words, so that four of them are written at once. */
export class Piece {
  /** In little-endian order; what the last one has beyond the bytes is zero. */
  readonly words: Int32Array;
  /** How many bytes it has. */
  readonly length: number;

  /** @param text is written in UTF-8 */
  constructor(text: string) {
    const bytes = Buffer.from(text);
    const padded = Buffer.alloc(Math.ceil(bytes.length / WORD) * WORD);
    bytes.copy(padded);
    this.length = bytes.length;
    this.words = Int32Array.from({ length: padded.length / WORD }, (_, index) =>
      padded.readInt32LE(index * WORD),
    );
  }
}
