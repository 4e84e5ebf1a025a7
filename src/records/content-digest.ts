import type { XXHashAPI } from 'xxhash-wasm';

/** Tells the content of a record from others, by 64 bits. */
export class ContentDigest {
  /** Of the content that was hashed last, never both 0. */
  readonly words = new Int32Array(2);
  readonly #whole = new BigUint64Array(this.words.buffer);
  readonly #xxhash: XXHashAPI;

  constructor(xxhash: XXHashAPI) {
    this.#xxhash = xxhash;
  }

  /** Only those who need it load what hashes. */
  static async load(): Promise<ContentDigest> {
    const { default: xxhash } = await import('xxhash-wasm');
    return new ContentDigest(await xxhash());
  }

  hash(content: Uint8Array): void {
    this.#whole[0] = this.#xxhash.h64Raw(content) || 1n;
  }
}
