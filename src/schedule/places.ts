/** How many may have a place at a time. */
export interface PlaceLimits {
  readonly maxConcurrentRuns: number;
  /** By database; without limit when it is not named. */
  readonly maxConnections: ReadonlyMap<string, number>;
}

/** Gives out places: first come, first served, but nobody waits for somebody whose database is busy. */
export class Places<Item> {
  /** Those who wait, by database, with the number that tells who came first. */
  readonly #lines = new Map<string, Map<Item, number>>();
  readonly #takenOn = new Map<string, number>();
  #limits: PlaceLimits = { maxConcurrentRuns: 0, maxConnections: new Map() };
  #count = 0;
  #waiting = 0;
  #taken = 0;

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many have a place. */
  get taken(): number {
    return this.#taken;
  }

  /** Those who have a place keep it. */
  limit(limits: PlaceLimits): void {
    this.#limits = limits;
  }

  /** Puts somebody in line who is not. */
  queueUp(database: string, item: Item): void {
    const line = this.#lines.get(database) ?? new Map<Item, number>();
    this.#lines.set(database, line.set(item, this.#count++));
    this.#waiting++;
  }

  /** Takes somebody out of the line, who may not be in it. */
  leave(database: string, item: Item): void {
    const line = this.#lines.get(database);
    if (line?.delete(item)) this.#waiting--;
    if (line?.size === 0) this.#lines.delete(database);
  }

  /** Gives a place to who has waited longest of those who can have one; undefined when nobody can. */
  give(): Item | undefined {
    if (this.#taken >= this.#limits.maxConcurrentRuns) return undefined;
    const first = this.#first();
    if (first === undefined) return undefined;
    const { database, item } = first;
    this.leave(database, item);
    this.#taken++;
    this.#takenOn.set(database, (this.#takenOn.get(database) ?? 0) + 1);
    return item;
  }

  /** Gives a place back that was given for a database. */
  release(database: string): void {
    this.#taken--;
    this.#takenOn.set(database, (this.#takenOn.get(database) ?? 0) - 1);
  }

  /** Sends all home who wait. */
  clear(): void {
    this.#lines.clear();
    this.#waiting = 0;
  }

  #first(): { readonly database: string; readonly item: Item } | undefined {
    let first: { readonly database: string; readonly item: Item; readonly order: number } | undefined;
    for (const [database, line] of this.#lines) {
      const [head] = line;
      if (head === undefined || !this.#hasRoom(database)) continue;
      const [item, order] = head;
      if (order < (first?.order ?? Infinity)) first = { database, item, order };
    }
    return first;
  }

  #hasRoom(database: string): boolean {
    return (this.#takenOn.get(database) ?? 0) < (this.#limits.maxConnections.get(database) ?? Infinity);
  }
}
