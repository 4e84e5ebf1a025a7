import { MINUTE, SECOND } from '../calendar/durations.ts';
import type { ScheduledJob, SchedulePlan } from '../schedule/scheduler-interface.ts';
import type { BossQueue, NewRun } from './boss-queue.ts';
import { lockQueue, type SharedDatabase } from './database.ts';
import { jitterOf, runIdOf } from './run-ids.ts';
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

  /** Puts the ticks that come soon into the queue. Gives whether one of them is due. */
  async feed(queue: BossQueue, now: number): Promise<boolean> {
    const ticks = this.#ticks.take(now, now + AHEAD);
    if (ticks.length === 0) return false;
    try {
      const unserved = await this.#unserved(ticks, now);
      const runs = unserved.map((planned) => newRun(planned, now));
      const isOneDue = runs.some(({ dueAt }) => dueAt <= now + SECOND);
      for (let start = 0; start < runs.length; start += TOGETHER) {
        const some = runs.slice(start, start + TOGETHER);
        const added = await this.#add(queue, some, isOneDue);
        for (const { dueAt } of some) this.#soon.add(dueAt);
        this.#noteMissed(unserved.slice(start, start + TOGETHER), new Set(added));
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

  /** Without ticks of long ago that had their run, or get none. */
  async #unserved(ticks: readonly PlannedTick[], now: number): Promise<readonly PlannedTick[]> {
    const isOld = ({ tick }: PlannedTick) => now - tick > MINUTE;
    const old = ticks.filter(isOld);
    if (old.length === 0) return ticks;
    if (this.#missedRuns === 'skip') return ticks.filter((each) => !isOld(each));
    const starts = await this.#settings.lastStarts(old.map(({ job }) => job.name));
    return ticks.filter((each) => !isOld(each) || (starts.get(each.job.name) ?? -Infinity) < each.tick);
  }

  /** Ticks that passed while no replica was there: that of another one is known to the queue already. */
  #noteMissed(ticks: readonly PlannedTick[], added: ReadonlySet<string>): void {
    for (const { job, tick, count } of ticks)
      if (count > 1 && added.has(runIdOf(job.name, tick)))
        this.#settings.counts.missed(job.name, { count: count - 1, latest: tick });
  }
}

/** What makes a tick one of a job. */
export const scheduleOf = ({ schedule, timezone }: ScheduledJob): string => `${schedule} ${timezone}`;

function newRun({ job, tick }: PlannedTick, now: number): NewRun {
  const isMissed = now - tick > MINUTE;
  return {
    id: runIdOf(job.name, tick),
    job: job.name,
    dueAt: isMissed ? now : tick + jitterOf(job.name, tick, job.jitter),
    data: { cause: isMissed ? 'missed' : 'tick', tick, schedule: scheduleOf(job) },
  };
}
