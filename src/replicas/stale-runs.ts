import type { SchedulePlan } from '../schedule/scheduler-interface.ts';
import type { BossQueue } from './boss-queue.ts';
import { wasMissed } from './claim-runs.ts';
import { lockQueue, type SharedDatabase } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';
import { oldRuns } from './old-runs.ts';
import { waitingRuns } from './run-queue-table.ts';
import type { TickCounts } from './tick-counts.ts';

/** Takes out of the queue what nobody is to run any more. */
export class StaleRuns {
  readonly #database: SharedDatabase;
  readonly #clock: DatabaseClock;
  readonly #counts: TickCounts;
  /** The time before which ticks that were missed are no longer in the queue. */
  #lookedFrom = -Infinity;
  /** Whether the queue holds nothing of configurations that no replica has any more. */
  #isAgreed = false;

  constructor(database: SharedDatabase, clock: DatabaseClock, counts: TickCounts) {
    this.#database = database;
    this.#clock = clock;
    this.#counts = counts;
  }

  /** To be called when this replica has other schedules than before. */
  replacePlan(): void {
    this.#isAgreed = false;
  }

  /** Those that came while no replica was there. @param aliveSince since when there has been one, epoch milliseconds */
  async dropMissed(queue: BossQueue, aliveSince: number): Promise<void> {
    if (aliveSince === this.#lookedFrom) return;
    // One after the other, so that one of them tells.
    const missed = await this.#database.transaction(async (ask) => {
      await lockQueue(ask);
      const found = (await waitingRuns(ask)).filter(
        ({ tick, begunAt }) => begunAt === undefined && wasMissed(tick, aliveSince),
      );
      await queue.drop(
        found.map(({ id }) => id),
        ask,
      );
      return found;
    });
    for (const [job, ofJob] of Map.groupBy(missed, (run) => run.job))
      this.#counts.missed(job, {
        count: ofJob.length,
        latest: Math.max(...ofJob.map(({ tick = 0 }) => tick)),
      });
    this.#lookedFrom = aliveSince;
  }

  /** Those of schedules that no replica has any more. @param areOthers whether one has another configuration */
  async dropOthers(queue: BossQueue, jobs: SchedulePlan['jobs'], areOthers: boolean): Promise<void> {
    if (areOthers) this.#isAgreed = false;
    if (areOthers || this.#isAgreed) return;
    const old = oldRuns(await waitingRuns(this.#database.ask), jobs, this.#clock.now());
    await queue.drop(old.map(({ id }) => id));
    this.#isAgreed = true;
  }
}
