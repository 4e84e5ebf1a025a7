const LIMIT = 1_000_000;
/** 32 KiB, for the queries that most jobs have; more than 8 MiB are never needed. */
const FIRST_SLOTS = 8_192;
const GROWTH = 4;

/** Two rows of one query, counted from 1. */
export type RepeatedRows = readonly [earlier: number, later: number];

/**
 * Finds two rows of one query that have the same `_id`, of which the second would silently replace the first. Remembers
 * the ids of the first million rows, by 64 bits of their hashes: two ids that only look alike come once in millions of
 * queries. Ids are noted one by one and compared together, which is faster: a large table is read at random.
 */
export class SeenIds {
  readonly #ids = new IdWords();
  #table = new Int32Array(FIRST_SLOTS);
  /** The last row that was noted, and the last one that was compared. */
  #last = 0;
  #compared = 0;

  /** Whether ids are still compared: not beyond the first million rows. */
  get isComplete(): boolean {
    return this.#last < LIMIT;
  }

  /** @param words of the hash of its id: 64 bits @param row counted from 1, and larger than any before */
  note(words: Int32Array, row: number): void {
    if (row > LIMIT) return;
    this.#last = row;
    this.#ids.set(row, words[0] as number, words[1] as number);
  }

  /** Compares what was noted with all that came before; gives the first row whose id an earlier one has. */
  compare(): RepeatedRows | undefined {
    this.#growFor(this.#last);
    const from = this.#compared + 1;
    this.#compared = this.#last;
    touch(this.#table, this.#ids, from, this.#last);
    for (let row = from; row <= this.#last; row++) {
      const earlier = add(this.#table, this.#ids, row);
      if (earlier !== 0) return [earlier, row];
    }
    return undefined;
  }

  #growFor(rows: number): void {
    let slots = this.#table.length;
    while (slots < rows * 2) slots *= GROWTH;
    if (slots === this.#table.length) return;
    this.#table = new Int32Array(slots);
    for (let row = 1; row <= this.#compared; row++) add(this.#table, this.#ids, row);
  }
}

const CHUNK_BITS = 16;
const CHUNK_ROWS = 1 << CHUNK_BITS;

/** Two words of the hash of each row's id; both are 0 for a row without one. */
class IdWords {
  readonly #chunks: Int32Array[] = [];

  set(row: number, first: number, second: number): void {
    while (row >> CHUNK_BITS >= this.#chunks.length) this.#chunks.push(new Int32Array(CHUNK_ROWS * 2));
    const chunk = this.chunk(row);
    const at = (row % CHUNK_ROWS) * 2;
    chunk[at] = first;
    chunk[at + 1] = second;
  }

  first(row: number): number {
    return this.chunk(row)[(row % CHUNK_ROWS) * 2] as number;
  }

  second(row: number): number {
    return this.chunk(row)[(row % CHUNK_ROWS) * 2 + 1] as number;
  }

  chunk(row: number): Int32Array {
    return this.#chunks[row >> CHUNK_BITS] as Int32Array;
  }
}

/** A slot: the row whose id it is of, 0 for none, and above it bits of the id that tell most others apart. */
const ROW_BITS = 20;
const ROW_MASK = (1 << ROW_BITS) - 1;

/**
 * Reads the slots of some rows' ids, which have to come from memory far away, all at the same time: while ids are added
 * one waits for the other, because where it goes depends on what is there.
 *
 * @returns nothing of worth, so that reading is not left out
 */
function touch(table: Int32Array, ids: IdWords, from: number, to: number): number {
  const mask = table.length - 1;
  let touched = 0;
  for (let row = from; row <= to; row++) touched ^= table[ids.first(row) & mask] as number;
  return touched;
}

/** The earlier row that has the id of a row; 0 when none has, and it is added to the open hash table. */
function add(table: Int32Array, ids: IdWords, row: number): number {
  const first = ids.first(row);
  const second = ids.second(row);
  if (first === 0 && second === 0) return 0;
  const mask = table.length - 1;
  const mark = second & ~ROW_MASK;
  let at = first & mask;
  for (let held = table[at] as number; held !== 0; held = table[at] as number) {
    const earlier = held & ROW_MASK;
    if ((held & ~ROW_MASK) === mark && ids.first(earlier) === first && ids.second(earlier) === second)
      return earlier;
    at = (at + 1) & mask;
  }
  table[at] = mark | row;
  return 0;
}
