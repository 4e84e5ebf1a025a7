import { ENTRY_WORDS, ID_WORDS } from '../model/sent-records.ts';

const FIRST_ENTRIES = 1_024;
const DIGEST = ID_WORDS;

/** Entries of records, which are found by the words of their ids. Their places are numbers that stay. */
export class SentEntries {
  #words: Int32Array;
  #marks: Uint8Array;
  #periods: Uint32Array;
  /** An open hash table: places, counted from 1; 0 is free. */
  #slots: Int32Array;
  #count = 0;

  /** @param expected how many there will be, about */
  constructor(expected: number) {
    let room = FIRST_ENTRIES;
    while (room < expected) room *= 2;
    this.#words = new Int32Array(room * ENTRY_WORDS);
    this.#marks = new Uint8Array(room);
    this.#periods = new Uint32Array(room);
    this.#slots = new Int32Array(room * 2);
  }

  get count(): number {
    return this.#count;
  }

  /** @param id two words of a hash @param period its index */
  add(id: Int32Array, period: number, from = 0): number {
    const at = this.#count;
    if (at === this.#marks.length) this.#grow();
    this.#words[at * ENTRY_WORDS] = id[from] as number;
    this.#words[at * ENTRY_WORDS + 1] = id[from + 1] as number;
    this.#periods[at] = period;
    this.#place(at);
    this.#count += 1;
    return at;
  }

  /** The place of the record whose id's words stand at an index. */
  find(id: Int32Array, from = 0): number | undefined {
    const [first, second] = [id[from] as number, id[from + 1] as number];
    const mask = this.#slots.length - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const at = (this.#slots[slot] as number) - 1;
      if (at < 0) return undefined;
      const word = at * ENTRY_WORDS;
      if (this.#words[word] === first && this.#words[word + 1] === second) return at;
    }
  }

  /** The words of its id. */
  idOf(at: number): Int32Array {
    return this.#words.subarray(at * ENTRY_WORDS, at * ENTRY_WORDS + ID_WORDS);
  }

  /** The entries at some places, one behind the other. */
  wordsOf(places: readonly number[]): Int32Array {
    const words = new Int32Array(places.length * ENTRY_WORDS);
    for (const [index, at] of places.entries())
      words.set(this.#words.subarray(at * ENTRY_WORDS, (at + 1) * ENTRY_WORDS), index * ENTRY_WORDS);
    return words;
  }

  /** The index of its period. */
  periodOf(at: number): number {
    return this.#periods[at] as number;
  }

  hasDigest(at: number): boolean {
    return !this.isDigest(at, 0, 0);
  }

  isDigest(at: number, first: number, second: number): boolean {
    const word = at * ENTRY_WORDS + DIGEST;
    return this.#words[word] === first && this.#words[word + 1] === second;
  }

  setDigest(at: number, first: number, second: number): void {
    const word = at * ENTRY_WORDS + DIGEST;
    this.#words[word] = first;
    this.#words[word + 1] = second;
  }

  /** Whether it has any of these marks, which are bits. */
  has(at: number, marks: number): boolean {
    return ((this.#marks[at] as number) & marks) !== 0;
  }

  mark(at: number, marks: number): void {
    this.#marks[at] = (this.#marks[at] as number) | marks;
  }

  #grow(): void {
    const room = this.#marks.length * 2;
    this.#words = copied(this.#words, new Int32Array(room * ENTRY_WORDS));
    this.#marks = copied(this.#marks, new Uint8Array(room));
    this.#periods = copied(this.#periods, new Uint32Array(room));
    this.#slots = new Int32Array(room * 2);
    for (let at = 0; at < this.#count; at++) this.#place(at);
  }

  #place(at: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#words[at * ENTRY_WORDS] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = at + 1;
  }
}

function copied<Words extends Int32Array | Uint8Array | Uint32Array>(from: Words, to: Words): Words {
  to.set(from);
  return to;
}
