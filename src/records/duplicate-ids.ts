const LIMIT = 1_000_000;
const SLOTS = 2_097_152;
const ROW_BITS = 20; // enough for every row up to the limit
const ROW = 2 ** ROW_BITS - 1;

/** So many ids are kept as they are: most queries have fewer, and need no table of 16 MiB. */
const FEW = 4_096;

/**
 * Finds two rows of one query that have the same `_id`, of which the second would silently replace the first. Remembers
 * the ids of the first million rows.
 */
export class SeenIds {
  readonly #few = new Map<string, number>();
  #many: IdTable | undefined;
  #count = 0;

  /** Whether ids are still compared: not beyond the first million. */
  get isComplete(): boolean {
    return this.#count < LIMIT;
  }

  /** Remembers the id of a row (counted from 1); returns the row that had it before, if any. */
  add(id: string, row: number): number | undefined {
    if (!this.isComplete) return undefined;
    const earlier = this.#many === undefined ? this.#few.get(id) : this.#many.add(id, row);
    if (earlier !== undefined) return earlier;
    this.#count++;
    if (this.#many === undefined) this.#addToFew(id, row);
    return undefined;
  }

  #addToFew(id: string, row: number): void {
    this.#few.set(id, row);
    if (this.#few.size < FEW) return;
    this.#many = new IdTable();
    for (const [known, at] of this.#few) this.#many.add(known, at);
    this.#few.clear();
  }
}

/**
 * A hash table without ids, in 16 MiB of which the operating system provides only what is written to: an id's slot
 * comes from one hash of it; the slot holds 32 bits of a second hash, 12 of a third, and the row. An id that only looks
 * like another one has to agree in these 44 bits and to meet it in its slot: once in millions of queries.
 */
class IdTable {
  readonly #fingerprints = new Uint32Array(SLOTS);
  /** 12 bits of fingerprint above 20 bits of row number, from 1; 0 in a free slot. */
  readonly #rows = new Uint32Array(SLOTS);

  add(id: string, row: number): number | undefined {
    const fingerprint = hashOf(id, 0x85ebca6b);
    const tag = hashOf(id, 0xc2b2ae35) >>> ROW_BITS;
    let slot = hashOf(id, 0x9e3779b9) & (SLOTS - 1);
    for (let held = this.#rows[slot]; held !== 0 && held !== undefined; held = this.#rows[slot]) {
      if (this.#fingerprints[slot] === fingerprint && held >>> ROW_BITS === tag) return held & ROW;
      slot = (slot + 1) & (SLOTS - 1);
    }
    this.#fingerprints[slot] = fingerprint;
    this.#rows[slot] = ((tag << ROW_BITS) | row) >>> 0;
    return undefined;
  }
}

/** 32 bits of a text; another seed gives an independent hash (the mixing steps of MurmurHash3). */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0xcc9e2d51);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
