const BLOCK = 64;
/** Bytes that may be added to a text: a bit, zeros and its length in 8 bytes. */
export const PADDING = BLOCK + 8;
const ROUNDS = 64;
/** The two hex digits of each byte, as a word of two bytes in little-endian order. */
const PAIRS = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16LE(),
);

const PRIMES = primes(ROUNDS);
const ROUND_CONSTANTS = Int32Array.from(PRIMES, (prime) => fractionOf(Math.cbrt(prime)));
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionOf(Math.sqrt(prime)));

/** The first 32 bits behind the point. */
function fractionOf(root: number): number {
  return ((root % 1) * 2 ** 32) | 0;
}

function primes(count: number): number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}

/**
 * SHA-256 (FIPS 180-4) of texts that are mostly shorter than a block, as those of ids are: there a call into OpenSSL,
 * with an object and a string for each, costs several times as much.
 */
export class Sha256 {
  /** The digest of what was hashed last, in words of 32 bits. */
  readonly words = new Int32Array(8);
  readonly #schedule = new Int32Array(ROUNDS);

  /** @param text with room for `PADDING` more behind it, which is written to @param length of the text in bytes */
  hash(text: DataView, length: number): void {
    this.words.set(INITIAL);
    const end = Math.ceil((length + 9) / BLOCK) * BLOCK;
    text.setUint8(length, 0x80);
    // The last word of these may reach into the length, which is written next.
    for (let at = length + 1; at < end - 8; at += 4) text.setInt32(at, 0);
    // In bits, of which no text here has more than fit into 53.
    text.setUint32(end - 8, Math.floor(length / 2 ** 29));
    text.setUint32(end - 4, length * 8);
    for (let at = 0; at < end; at += BLOCK) this.#compress(text, at);
  }

  /** Writes the first half of the digest as 32 hex digits. */
  writeHex(target: DataView, start: number): void {
    for (let index = 0, at = start; index < 4; index++) {
      const word = this.words[index] as number;
      for (let shift = 24; shift >= 0; shift -= 8, at += 2)
        target.setUint16(at, PAIRS[(word >>> shift) & 0xff] as number, true);
    }
  }

  #compress(text: DataView, start: number): void {
    const { words } = this;
    const schedule = this.#schedule;
    for (let index = 0; index < 16; index++) schedule[index] = text.getInt32(start + index * 4);
    for (let index = 16; index < ROUNDS; index++) {
      const early = schedule[index - 15] as number;
      const late = schedule[index - 2] as number;
      const one = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
      const other = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
      schedule[index] =
        ((schedule[index - 16] as number) + one + (schedule[index - 7] as number) + other) | 0;
    }
    let [a, b, c, d] = [words[0] as number, words[1] as number, words[2] as number, words[3] as number];
    let [e, f, g, h] = [words[4] as number, words[5] as number, words[6] as number, words[7] as number];
    for (let index = 0; index < ROUNDS; index++) {
      const sumOfE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const choice = g ^ (e & (f ^ g));
      const first =
        (h + sumOfE + choice + (ROUND_CONSTANTS[index] as number) + (schedule[index] as number)) | 0;
      const sumOfA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const majority = (a & b) | (c & (a | b));
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + sumOfA + majority) | 0;
    }
    words[0] = (words[0] as number) + a;
    words[1] = (words[1] as number) + b;
    words[2] = (words[2] as number) + c;
    words[3] = (words[3] as number) + d;
    words[4] = (words[4] as number) + e;
    words[5] = (words[5] as number) + f;
    words[6] = (words[6] as number) + g;
    words[7] = (words[7] as number) + h;
  }
}
