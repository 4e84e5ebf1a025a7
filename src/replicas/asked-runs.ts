import type { AskedRun } from '../schedule/scheduler-interface.ts';
import type { BossQueue } from './boss-queue.ts';
import { lockQueue, type SharedDatabase } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';
import { endPause } from './failures-in-row.ts';
import { obstacles } from './obstacles.ts';
import { dueRunsOf } from './run-queue-table.ts';

/** Why a run is wanted at another time than its tick. */
export type AskedCause = 'asked' | 'pending';

/** Puts runs into the queue that somebody asks for. */
export class AskedRuns {
  readonly #database: SharedDatabase;
  readonly #clock: DatabaseClock;
  /** Those that were asked for before there was a queue, by the names of their jobs. */
  readonly #early = new Map<string, AskedCause>();

  constructor(database: SharedDatabase, clock: DatabaseClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @param queue undefined: there is none yet, and the run waits for it */
  async add(queue: BossQueue | undefined, job: string, cause: AskedCause): Promise<AskedRun> {
    if (queue === undefined) {
      this.#early.set(job, cause);
      return 'waiting';
    }
    return await this.#database.transaction(async (ask): Promise<AskedRun> => {
      await lockQueue(ask);
      const { running, held } = await obstacles(ask);
      if (held.has(job) || running.includes(job)) return 'already-running';
      if (cause === 'asked') await endPause(ask, job);
      const waits = await dueRunsOf(ask, job);
      if (waits.some((run) => cause === 'pending' || run.cause !== 'pending')) return 'already-waiting';
      await queue.add([{ job, dueAt: this.#clock.now(), data: { cause } }], ask);
      return 'waiting';
    });
  }

  /** Puts those in that have waited for the queue; gives whether there were any. */
  async addEarly(queue: BossQueue): Promise<boolean> {
    const hasAny = this.#early.size > 0;
    for (const [job, cause] of this.#early) {
      await this.add(queue, job, cause);
      this.#early.delete(job);
    }
    return hasAny;
  }
}
