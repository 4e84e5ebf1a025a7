const LIMIT = 1_000_000;
/** 96 KiB, for the queries that most jobs have; more than 24 MiB are never needed. */
const FIRST_SLOTS = 8_192;
const GROWTH = 4;
const FIRST_NOTED = 2_048;

/** Two rows of one query, counted from 1. */
export type RepeatedRows = readonly [earlier: number, later: number];

/**
 * Finds two rows of one query that have the same `_id`, of which the second would silently replace the first. Remembers
 * the ids of the first million rows, by 64 bits of their hashes: two ids that only look alike come once in millions of
 * queries. Ids are noted one by one and compared together, which is faster: a large table is read at random.
 */
export class SeenIds {
  #table = new IdTable(FIRST_SLOTS);
  /** Two words and the row of each. */
  #noted = new Int32Array(3 * FIRST_NOTED);
  #length = 0;
  #count = 0;

  /** Whether ids are still compared: not beyond the first million. */
  get isComplete(): boolean {
    return this.#count < LIMIT;
  }

  /** @param words of the hash of its id: 64 bits @param row counted from 1 */
  note(words: Int32Array, row: number): void {
    if (!this.isComplete) return;
    this.#count++;
    if (this.#length === this.#noted.length) this.#noted = grown(this.#noted);
    this.#noted[this.#length++] = words[0] as number;
    this.#noted[this.#length++] = words[1] as number;
    this.#noted[this.#length++] = row;
  }

  /** Compares what was noted with all that came before; gives the first row whose id an earlier one has. */
  compare(): RepeatedRows | undefined {
    const noted = this.#noted;
    this.#growFor(this.#count);
    const length = this.#length;
    this.#length = 0;
    this.#table.touch(noted, length);
    for (let at = 0; at < length; at += 3) {
      const row = noted[at + 2] as number;
      const earlier = this.#table.add(noted[at] as number, noted[at + 1] as number, row);
      if (earlier !== 0) return [earlier, row];
    }
    return undefined;
  }

  #growFor(count: number): void {
    let { slots } = this.#table;
    while (slots < count * 2) slots *= GROWTH;
    if (slots === this.#table.slots) return;
    const larger = new IdTable(slots);
    this.#table.addAllTo(larger);
    this.#table = larger;
  }
}

function grown(noted: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(noted.length * 2);
  larger.set(noted);
  return larger;
}

/** An open hash table; of each id two words of its hash, of which the first finds its slot, and the row. */
class IdTable {
  readonly slots: number;
  /** Three words a slot; the row is 0 in a free one. */
  readonly #entries: Int32Array;

  constructor(slots: number) {
    this.slots = slots;
    this.#entries = new Int32Array(slots * 3);
  }

  /**
   * Reads the slots of some ids, which have to come from memory far away, all at the same time: while ids are added one
   * waits for the other, because where it goes depends on what is there.
   *
   * @returns nothing of worth, so that reading is not left out
   */
  touch(ids: Int32Array, length: number): number {
    const entries = this.#entries;
    const mask = this.slots - 1;
    let touched = 0;
    for (let at = 0; at < length; at += 3) touched ^= entries[((ids[at] as number) & mask) * 3] as number;
    return touched;
  }

  /** The row that has the id already; 0 when none has, and it is added. */
  add(first: number, second: number, row: number): number {
    const entries = this.#entries;
    const end = entries.length;
    let at = (first & (this.slots - 1)) * 3;
    for (let held = entries[at + 2] as number; held !== 0; held = entries[at + 2] as number) {
      if (entries[at] === first && entries[at + 1] === second) return held;
      at += 3;
      if (at === end) at = 0;
    }
    entries[at] = first;
    entries[at + 1] = second;
    entries[at + 2] = row;
    return 0;
  }

  addAllTo(other: IdTable): void {
    const entries = this.#entries;
    for (let at = 0; at < entries.length; at += 3) {
      const row = entries[at + 2] as number;
      if (row !== 0) other.add(entries[at] as number, entries[at + 1] as number, row);
    }
  }
}
