import type { Config } from '../config/config.ts';

/** How many may run at a time. */
export interface ConcurrencyLimits {
  readonly maxConcurrentRuns: number;
  /** By database; without limit when it is not named. */
  readonly maxConnections: ReadonlyMap<string, number>;
}

/** What a configuration allows. */
export const concurrencyLimits = ({
  schedule,
  databases,
}: Pick<Config, 'schedule' | 'databases'>): ConcurrencyLimits => ({
  maxConcurrentRuns: schedule.max_concurrent_runs,
  maxConnections: new Map(
    Object.entries(databases).map(([name, { max_connections }]) => [name, max_connections]),
  ),
});

/** Whose turn it is to run: first come, first served, but nobody waits for somebody whose database is busy. */
export class RunQueue<Item> {
  /** Those who wait, by database, with the number that tells who came first. */
  readonly #lines = new Map<string, Map<Item, number>>();
  readonly #runningOn = new Map<string, number>();
  #limits: ConcurrencyLimits = { maxConcurrentRuns: 0, maxConnections: new Map() };
  #count = 0;
  #waiting = 0;
  #running = 0;

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many run. */
  get running(): number {
    return this.#running;
  }

  /** Those who run go on. */
  limit(limits: ConcurrencyLimits): void {
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

  /** Lets who has waited longest of those who can run; undefined when nobody can. */
  next(): Item | undefined {
    if (this.#running >= this.#limits.maxConcurrentRuns) return undefined;
    const first = this.#first();
    if (first === undefined) return undefined;
    const { database, item } = first;
    this.leave(database, item);
    this.occupy(database);
    return item;
  }

  /** Counts somebody as running who never stood in line. */
  occupy(database: string): void {
    this.#running++;
    this.#runningOn.set(database, (this.#runningOn.get(database) ?? 0) + 1);
  }

  /** To be called when somebody who ran on a database does so no more. */
  release(database: string): void {
    this.#running--;
    this.#runningOn.set(database, (this.#runningOn.get(database) ?? 0) - 1);
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
    return (this.#runningOn.get(database) ?? 0) < (this.#limits.maxConnections.get(database) ?? Infinity);
  }
}
