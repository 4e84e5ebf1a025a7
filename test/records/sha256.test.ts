import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PADDING, Sha256 } from '../../src/records/sha256.ts';

const hash = new Sha256();
const viewOf = ({ buffer, byteOffset, length }: Uint8Array) => new DataView(buffer, byteOffset, length);

function hexOf(bytes: Uint8Array): string {
  const padded = new Uint8Array(bytes.length + PADDING).fill(0xee);
  padded.set(bytes);
  hash.hash(viewOf(padded), bytes.length);
  const hex = Buffer.alloc(40, '.');
  hash.writeHex(viewOf(hex), 4);
  return hex.toString();
}

const expected = (bytes: Uint8Array) =>
  `....${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}....`;

test('a digest is that of OpenSSL, at each length that a block can end at', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
    expect(hexOf(bytes)).toBe(expected(bytes));
  }
  const long = new Uint8Array(70_000).fill(7);
  expect(hexOf(long)).toBe(expected(long));
});

test('a digest is that of OpenSSL, whatever is hashed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(hexOf(bytes)).toBe(expected(bytes));
    }),
  );
});
