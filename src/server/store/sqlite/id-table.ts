/** A record that stands at a place of the file, by the hash of its id. */
export interface IdEntry {
  readonly dataSet: number;
  readonly hash: number;
  readonly place: number;
}

const SMALLEST = 64;
/** In the place of a record that was removed: a free slot would hide those behind it. */
const REMOVED = -1;
const NOWHERE: readonly number[] = [];

/**
 * Entries in memory, 20 bytes each. A hash has its slot by its leading bits, or the next that is free, so that slot by
 * slot the entries come almost in the order of their hashes.
 */
export class IdTable {
  #dataSets = new Int32Array(SMALLEST);
  #hashes = new Float64Array(SMALLEST);
  /** 0: a slot that is free; places begin at 1. */
  #places = new Float64Array(SMALLEST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Slots, of which up to half are in use. */
  get capacity(): number {
    return this.#places.length;
  }

  add(entry: IdEntry): void {
    if (this.#size * 2 >= this.capacity) this.#grow();
    this.#put(entry.dataSet, entry.hash, entry.place);
    this.#size++;
  }

  /** Where records may be whose ids have this hash. */
  placesOf(dataSet: number, hash: number): readonly number[] {
    let places: number[] | undefined;
    for (let slot = this.#slotOf(hash); this.#places[slot] !== 0; slot = this.#after(slot)) {
      const place = this.#places[slot] as number;
      if (this.#hashes[slot] !== hash || this.#dataSets[slot] !== dataSet || place === REMOVED) continue;
      places ??= [];
      places.push(place);
    }
    return places ?? NOWHERE;
  }

  /** Forgets a data set. */
  remove(dataSet: number): void {
    for (let slot = 0; slot < this.capacity; slot++)
      if (this.#dataSets[slot] === dataSet && this.#places[slot] !== 0) this.#places[slot] = REMOVED;
  }

  /** The entries of some slots, in the order of the slots. */
  *entries(from: number, to: number): Generator<IdEntry> {
    for (let slot = from; slot < to; slot++) {
      const place = this.#places[slot] as number;
      if (place <= 0) continue;
      yield { dataSet: this.#dataSets[slot] as number, hash: this.#hashes[slot] as number, place };
    }
  }

  #slotOf(hash: number): number {
    return Math.floor((hash / 2 ** 53) * this.capacity);
  }

  #after(slot: number): number {
    return slot + 1 === this.capacity ? 0 : slot + 1;
  }

  #put(dataSet: number, hash: number, place: number): void {
    let slot = this.#slotOf(hash);
    while (this.#places[slot] !== 0) slot = this.#after(slot);
    this.#dataSets[slot] = dataSet;
    this.#hashes[slot] = hash;
    this.#places[slot] = place;
  }

  #grow(): void {
    const [dataSets, hashes, places] = [this.#dataSets, this.#hashes, this.#places];
    const capacity = places.length * 2;
    this.#dataSets = new Int32Array(capacity);
    this.#hashes = new Float64Array(capacity);
    this.#places = new Float64Array(capacity);
    for (const [slot, place] of places.entries())
      if (place !== 0) this.#put(dataSets[slot] as number, hashes[slot] as number, place);
  }
}
