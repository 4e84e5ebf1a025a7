import { ENTRY, type HashWords, keyOf, PARTITIONS, type Partitions } from './partitions.ts';
import { Room } from './room.ts';

/** How a record stands on both sides. */
export type Standing = 'equal' | 'missing' | 'different' | 'extra';

/** The records of one side whose id is not that of any on the other, or whose content is another there. */
export interface Found {
  readonly standing: Exclude<Standing, 'equal'>;
  readonly id: HashWords;
  /** Of the record in the source; of an extra one, in the data set. */
  readonly hour: number;
}

/** Both sides of one comparison. */
export interface Sides {
  readonly source: Partitions;
  readonly dataSet: Partitions;
}

/**
 * Compares two looks: calls `found` with each record that is not equal in the second one, and was not in the first.
 * What was equal once, or was not looked at, is not told.
 */
export function compareTwice(first: Sides, second: Sides, found: (each: Found) => void): void {
  const rooms = new Rooms();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const suspected = new Set<string>();
    comparePartition(first, partition, rooms, ({ id }) => suspected.add(keyOf(id)));
    if (suspected.size === 0) continue;
    comparePartition(second, partition, rooms, (each) => {
      if (suspected.has(keyOf(each.id))) found(each);
    });
  }
}

/**
 * Compares both sides record by record: calls `found` with each that is not equal. Gives how many are equal. An id that
 * the source has twice is equal if one of its rows is. What only the data set has, and not of the job, is passed over, and
 * so is what the next run is going to deliver anew.
 */
export function compareOnce(sides: Sides, found: (each: Found) => void): number {
  const rooms = new Rooms();
  let equal = 0;
  for (let partition = 0; partition < PARTITIONS; partition++)
    equal += comparePartition(sides, partition, rooms, found);
  return equal;
}

/** What one partition after the other is read into: fresh memory for each would be there long after it is needed. */
class Rooms {
  readonly source = new Room();
  readonly dataSet = new Room();
  readonly slots = new Room();
  readonly isMet = new Room();
}

function comparePartition(
  sides: Sides,
  partition: number,
  rooms: Rooms,
  found: (each: Found) => void,
): number {
  const source = new EntryTable(sides.source.read(partition, rooms.source), rooms);
  const dataSet = sides.dataSet.read(partition, rooms.dataSet);
  let equal = 0;
  for (let at = 0; at < dataSet.length; at += ENTRY.words) {
    const standing = source.meet(dataSet, at);
    if (standing === 'equal') equal += 1;
    else if (standing === 'later') continue;
    else if (standing === 'extra' && dataSet[at + ENTRY.isOwn] === 0) continue;
    else if (standing === 'extra') found({ standing, ...idAndHour(dataSet, at) });
    else found({ standing, ...idAndHour(source.entries, source.met) });
  }
  source.unmet((at) => found({ standing: 'missing', ...idAndHour(source.entries, at) }));
  return equal;
}

const idAndHour = (entries: Int32Array, at: number) => ({
  id: { high: entries[at + ENTRY.idHigh] as number, low: entries[at + ENTRY.idLow] as number },
  hour: entries[at + ENTRY.hour] as number,
});

const NONE = -1;
/** How a record of the data set stands to the source; `later`: the next run delivers it anew. */
type Met = Exclude<Standing, 'missing'> | 'later';

/** Entries by their ids, in a table with open addresses. */
class EntryTable {
  readonly entries: Int32Array;
  /** Where the entry stands that `meet` met. */
  met = NONE;
  readonly #slots: Int32Array;
  readonly #isMet: Int32Array;

  constructor(entries: Int32Array, rooms: Pick<Rooms, 'slots' | 'isMet'>) {
    const count = entries.length / ENTRY.words;
    this.entries = entries;
    this.#slots = rooms.slots.take(2 ** Math.ceil(Math.log2(count * 2 + 2))).fill(NONE);
    this.#isMet = rooms.isMet.take(count).fill(0);
    for (let at = 0; at < entries.length; at += ENTRY.words) {
      let slot = this.#slotOf(entries, at);
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = at;
    }
  }

  /** How an entry of the other side stands to those here. */
  meet(other: Int32Array, at: number): Met {
    let standing = 'extra' as Met;
    this.#each(other, at, (own) => {
      this.#isMet[own / ENTRY.words] = 1;
      if (standing === 'extra') this.met = own;
      if (standing === 'equal' || this.#isSame(own, other, at)) standing = 'equal';
      else if (standing !== 'later') standing = this.#isLater(own) ? 'later' : 'different';
    });
    return standing;
  }

  /** Calls `take` with the place of each id that was not met, once. */
  unmet(take: (at: number) => void): void {
    for (let at = 0; at < this.entries.length; at += ENTRY.words) {
      if (this.#isMet[at / ENTRY.words] === 1) continue;
      let isLater = false;
      this.#each(this.entries, at, (own) => {
        this.#isMet[own / ENTRY.words] = 1;
        isLater ||= this.#isLater(own);
      });
      if (!isLater) take(at);
    }
  }

  #isSame(own: number, other: Int32Array, at: number): boolean {
    return (
      !this.#isLater(own) &&
      this.entries[own + ENTRY.digestHigh] === other[at + ENTRY.digestHigh] &&
      this.entries[own + ENTRY.digestLow] === other[at + ENTRY.digestLow]
    );
  }

  #isLater(own: number): boolean {
    return this.entries[own + ENTRY.isOwn] === 0;
  }

  /** Calls `take` with the place of each entry of the same id. */
  #each(entries: Int32Array, at: number, take: (own: number) => void): void {
    for (let slot = this.#slotOf(entries, at); ; slot = (slot + 1) & (this.#slots.length - 1)) {
      const own = this.#slots[slot] as number;
      if (own === NONE) return;
      const isSame =
        this.entries[own + ENTRY.idHigh] === entries[at + ENTRY.idHigh] &&
        this.entries[own + ENTRY.idLow] === entries[at + ENTRY.idLow];
      if (isSame) take(own);
    }
  }

  #slotOf(entries: Int32Array, at: number): number {
    return (entries[at + ENTRY.idLow] as number) & (this.#slots.length - 1);
  }
}
