import { SECOND } from '../calendar/durations.ts';
import type { Ask } from './database.ts';
import { dueSince } from './run-queue-table.ts';

/** After as long it is asked anew who waits, milliseconds: many may, and nothing depends on it but what people see. */
const BELIEVED = 5 * SECOND;

/** The jobs that are due and have to wait, as they were last seen. Times are epoch milliseconds by the database's clock. */
export class WaitingJobs {
  #since: ReadonlyMap<string, number> = new Map();
  #askAt = 0;

  /** Since when a job waits; undefined: it does not. */
  sinceOf(job: string): number | undefined {
    return this.#since.get(job);
  }

  /** Nobody waits. */
  clear(): void {
    this.#since = new Map();
    this.#askAt = 0;
  }

  /** Somebody waits. */
  async look(ask: Ask, now: number): Promise<void> {
    if (now < this.#askAt) return;
    this.#since = await dueSince(ask);
    this.#askAt = now + BELIEVED;
  }
}
