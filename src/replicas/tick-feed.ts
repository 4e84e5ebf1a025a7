import { MINUTE, SECOND } from '../calendar/durations.ts';
import type { ScheduledJob, SchedulePlan } from '../schedule/scheduler-interface.ts';
import type { BossQueue, NewRun } from './boss-queue.ts';
import { wasMissed } from './claim-runs.ts';
import { lockQueue, type SharedDatabase } from './database.ts';
import { jitterOf, runIdOf } from './run-ids.ts';
import { type QueuedRun, waitingRuns } from './run-queue-table.ts';
import type { TickCounts } from './tick-counts.ts';
import { type PlannedTick, UpcomingTicks } from './upcoming-ticks.ts';

export interface TickFeedSettings {
  readonly database: SharedDatabase;
  readonly counts: TickCounts;
  readonly cannotSchedule: (name: string, error: unknown) => void;
  /** When the newest run of each of some jobs began, epoch milliseconds; jobs that never ran are left out. */
  readonly lastStarts: (jobs: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

/** How long before its tick a run is put into the queue, milliseconds. */
const AHEAD = 10 * SECOND;
/** Runs that are put into the queue at once. They come at the same moment, so that whoever wants one of them reads them all. */
const TOGETHER = 100;

/**
 * Puts the ticks of all jobs into the queue. Every replica does so with all of them: what another one has put there is
 * known by its name. Times are epoch milliseconds by the database's clock.
 */
export class TickFeed {
  readonly #settings: TickFeedSettings;
  readonly #ticks: UpcomingTicks;
  /** When runs come due that this replica knows of. */
  readonly #soon = new Set<number>();
  #missedRuns: SchedulePlan['missedRuns'] = 'run_once';

  constructor(settings: TickFeedSettings) {
    this.#settings = settings;
    this.#ticks = new UpcomingTicks(settings.cannotSchedule);
  }

  replace(
    { jobs, missedRuns }: SchedulePlan,
    now: number,
    servedUpTo: (name: string) => number | undefined,
  ): void {
    this.#missedRuns = missedRuns;
    this.#ticks.replace(jobs, now, servedUpTo);
  }

  /** Why the ticks of a job cannot be worked out. */
  problemOf(name: string): string | undefined {
    return this.#ticks.problemOf(name);
  }

  /** The first tick of a job after an instant. */
  nextOf(name: string, after: number): number | undefined {
    return this.#ticks.nextOf(name, after);
  }

  /** When the next run comes due that is known; Infinity: none is. */
  nextDue(now: number): number {
    for (const time of this.#soon) if (time <= now) this.#soon.delete(time);
    return Math.min(...this.#soon);
  }

  /**
   * Puts the ticks that come soon into the queue. Gives whether one of them is due.
   *
   * @param aliveSince since when some replica is there
   */
  async feed(queue: BossQueue, now: number, aliveSince: number): Promise<boolean> {
    const ticks = this.#ticks.take(now, now + AHEAD);
    if (ticks.length === 0) return false;
    try {
      const unserved = await this.#unserved(ticks, now);
      const isMissed = (planned: PlannedTick) => this.#missedRuns === 'skip' && isOld(planned, now);
      await this.#skip(queue, unserved.filter(isMissed), now, aliveSince);
      const toRun = unserved.filter((planned) => !isMissed(planned));
      const runs = toRun.map((planned) => newRun(planned, now));
      const isOneDue = runs.some(({ dueAt }) => dueAt <= now + SECOND);
      for (let start = 0; start < runs.length; start += TOGETHER) {
        const some = runs.slice(start, start + TOGETHER);
        const added = await this.#add(queue, some, isOneDue);
        for (const { dueAt } of some) this.#soon.add(dueAt);
        this.#noteMissed(toRun.slice(start, start + TOGETHER), new Set(added), 1);
      }
      return isOneDue;
    } catch (error) {
      this.#ticks.giveBack(ticks);
      throw error;
    }
  }

  /** What is due must not come in between while others count what is. */
  #add(queue: BossQueue, runs: readonly NewRun[], isOneDue: boolean): Promise<readonly string[]> {
    return this.#settings.database.transaction(async (ask) => {
      if (isOneDue) await lockQueue(ask);
      return await queue.add(runs, ask);
    });
  }

  /**
   * Keeps in mind with the queue, where all replicas know it, that ticks have passed for which nothing runs, and takes out
   * those that a replica had put there before it was gone.
   */
  async #skip(queue: BossQueue, ticks: readonly PlannedTick[], now: number, aliveSince: number) {
    for (let start = 0; start < ticks.length; start += TOGETHER) {
      const some = new Map(
        ticks.slice(start, start + TOGETHER).map((planned) => [planned.job.name, planned]),
      );
      const isSkipped = ({ job, tick, begunAt }: QueuedRun) =>
        begunAt === undefined && wasMissed(tick, aliveSince) && some.has(job);
      const skipped = await this.#settings.database.transaction(async (ask) => {
        await lockQueue(ask);
        const waiting = (await waitingRuns(ask)).filter(isSkipped).map(({ id }) => id);
        const runs = [...some.values()].map((planned) => newRun(planned, now));
        const ids = [...waiting, ...(await queue.add(runs, ask))];
        await queue.drop(ids, ask);
        return ids;
      });
      this.#noteMissed([...some.values()], new Set(skipped), 0);
    }
  }

  /** Without ticks of long ago that had their run. */
  async #unserved(ticks: readonly PlannedTick[], now: number): Promise<readonly PlannedTick[]> {
    const old = ticks.filter((planned) => isOld(planned, now));
    if (old.length === 0) return ticks;
    const starts = await this.#settings.lastStarts(old.map(({ job }) => job.name));
    return ticks.filter(
      (planned) => !isOld(planned, now) || (starts.get(planned.job.name) ?? -Infinity) < planned.tick,
    );
  }

  /**
   * Ticks that passed while no replica was there: that of another one is known to the queue already.
   *
   * @param made runs that stand for the ticks of each
   */
  #noteMissed(ticks: readonly PlannedTick[], added: ReadonlySet<string>, made: 0 | 1): void {
    for (const { job, tick, count } of ticks)
      if (count > made && added.has(runIdOf(job.name, tick)))
        this.#settings.counts.missed(job.name, { count: count - made, latest: tick });
  }
}

/** Whether a tick is so long ago that its run would make up for it. */
const isOld = ({ tick }: PlannedTick, now: number): boolean => now - tick > MINUTE;

/** What makes a tick one of a job. */
export const scheduleOf = ({ schedule, timezone }: ScheduledJob): string => `${schedule} ${timezone}`;

function newRun(planned: PlannedTick, now: number): NewRun {
  const { job, tick } = planned;
  const isMissed = isOld(planned, now);
  return {
    id: runIdOf(job.name, tick),
    job: job.name,
    dueAt: isMissed ? now : tick + jitterOf(job.name, tick, job.jitter),
    data: { cause: isMissed ? 'missed' : 'tick', tick, schedule: scheduleOf(job) },
  };
}
