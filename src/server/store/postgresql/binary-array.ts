/** OID of `text`. */
const TEXT = 25;
const HEADER = 20;

/**
 * Texts in the form in which PostgreSQL itself sends a `text[]`. As an array literal, each quotation mark of JSON
 * would be escaped here and unescaped there.
 */
export function binaryArray(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const buffer = Buffer.allocUnsafe(lengths.reduce((total, length) => total + 4 + length, HEADER));
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(0, 4); // there are no nulls
  buffer.writeInt32BE(TEXT, 8);
  buffer.writeInt32BE(texts.length, 12);
  buffer.writeInt32BE(1, 16); // index of the first
  let offset = HEADER;
  for (const [index, text] of texts.entries()) {
    offset = buffer.writeInt32BE(lengths[index] ?? 0, offset);
    offset += buffer.write(text, offset);
  }
  return buffer;
}
