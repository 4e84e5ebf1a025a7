import type { RecordValues } from '../model/record-values.ts';
import { spelling } from './content.ts';
import type { HashWords } from './partitions.ts';

/**
 * Hashes of 64 bits, in two words. They are not secret and nobody gains by a collision; two texts of one length that
 * differ in a single character never have the same one.
 */
export class Hash64 implements HashWords {
  high = 0;
  low = 0;

  of(text: string): this {
    let [high, low] = [0x6f3d5a17, 0x2c1b3c6d];
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    this.high = high ^ (high >>> 16);
    this.low = low ^ (low >>> 16);
    return this;
  }
}

/**
 * The digest of a record's values, whatever their order and spelling, since both sides write them differently. The
 * `ContentDigest` of what was sent is of its bytes.
 */
export class ValuesDigest implements HashWords {
  high = 0;
  low = 0;
  readonly #hash = new Hash64();

  of(values: RecordValues): this {
    let [high, low] = [0, 0];
    for (const [key, json] of values) {
      const { high: one, low: other } = this.#hash.of(`${key}:${spelling(key, json)}`);
      high = (high + one) | 0;
      low = (low + other) | 0;
    }
    this.high = high;
    this.low = low;
    return this;
  }
}
