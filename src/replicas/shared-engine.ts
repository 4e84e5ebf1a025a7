import { SECOND } from '../calendar/durations.ts';
import type { PastRuns, ScheduleEngine, StartRun } from '../schedule/engine.ts';
import type { AskedRun, JobStatus, ScheduleObserver, SchedulePlan } from '../schedule/scheduler-interface.ts';
import { type AskedCause, AskedRuns } from './asked-runs.ts';
import { BossQueue } from './boss-queue.ts';
import { claimRuns, type RunToStart } from './claim-runs.ts';
import type { SharedDatabase } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { Members, Replica } from './members.ts';
import type { FailuresOfJob } from './obstacles.ts';
import { lookAtQueue } from './run-queue-table.ts';
import { type LastStarts, RunsHere } from './runs-here.ts';
import { StaleRuns } from './stale-runs.ts';
import { TickCounts } from './tick-counts.ts';
import { TickFeed } from './tick-feed.ts';
import { WaitingJobs } from './waiting-jobs.ts';

export interface SharedEngineSettings {
  readonly database: SharedDatabase;
  readonly clock: DatabaseClock;
  readonly members: Members;
  /** Whether a run of a job that began at a time, or later, brought what it could. Epoch milliseconds. */
  readonly hasSucceededSince: (job: string, since: number) => Promise<boolean>;
  /** When the newest run of each of some jobs began, epoch milliseconds; jobs that never ran are left out. */
  readonly lastStarts: LastStarts;
  readonly observer: ScheduleObserver;
  /** Told when this replica can no longer take part, and why, and when it can again. */
  readonly onTrouble: (error: Error | undefined) => void;
  /** Told of replicas, every few seconds. */
  readonly onReplicas: (replicas: readonly Replica[]) => void;
}

/** Milliseconds between two looks into the queue. */
const POLL = 500;
/** Milliseconds between two signs of life. */
const GREET = 5 * SECOND;
/** However many ticks come, milliseconds. */
const SHORTEST_PAUSE = 50;
/** Milliseconds after a tick until it is looked for: the database's clock must have passed it, too. */
const BEHIND_TICK = 20;

/**
 * The schedule of several processes with one database. Each of them puts the ticks of all jobs into the queue, where
 * the second to do so changes nothing, and takes out what is due by the database's clock.
 *
 * One loop does everything that asks the database, in a fixed order, so that nothing overlaps but the runs themselves.
 * When the database does not answer, it starts nothing, and begins anew as soon as it does.
 */
export class SharedEngine implements ScheduleEngine {
  readonly isShared = true;
  readonly #settings: SharedEngineSettings;
  readonly #start: StartRun;
  readonly #counts: TickCounts;
  readonly #ticks: TickFeed;
  readonly #asked: AskedRuns;
  readonly #stale: StaleRuns;
  readonly #runs = new RunsHere();
  #plan: SchedulePlan = { jobs: [], missedRuns: 'run_once', maxConcurrentRuns: 0, maxConnections: new Map() };
  #names: ReadonlySet<string> = new Set();
  #configuration = '';
  #newPlan: { readonly past: PastRuns } | undefined;
  #queue: BossQueue | undefined;
  readonly #waiting = new WaitingJobs();
  #failures: ReadonlyMap<string, FailuresOfJob> = new Map();
  #replicas: readonly Replica[] = [];
  #trouble: string | undefined = 'the database of the schedule has not been asked yet';
  #greetAt = 0;
  #wake = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;
  #isStopped = false;
  #stopped: Promise<void> | undefined;

  constructor(settings: SharedEngineSettings, start: StartRun) {
    this.#settings = settings;
    this.#start = start;
    const { database, clock, observer, lastStarts } = settings;
    this.#counts = new TickCounts(observer);
    this.#asked = new AskedRuns(database, clock);
    this.#stale = new StaleRuns(database, clock, this.#counts);
    const cannotSchedule = (name: string, error: unknown) => observer.cannotSchedule(name, error);
    this.#ticks = new TickFeed({ database, counts: this.#counts, cannotSchedule, lastStarts });
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  async replace(plan: SchedulePlan, past: PastRuns, configuration: () => string): Promise<void> {
    this.#plan = plan;
    this.#names = new Set(plan.jobs.map(({ name }) => name));
    this.#configuration = configuration();
    this.#stale.replacePlan();
    this.#newPlan = { past };
    this.#greetAt = 0;
    this.#wake.resolve();
  }

  /** Resolves when the database has been asked once, whether it has answered or not. */
  async begin(): Promise<void> {
    const asked = Promise.withResolvers<void>();
    this.#loop = this.#run(asked.resolve);
    await asked.promise;
  }

  async runNow(name: string, cause: AskedCause = 'asked'): Promise<AskedRun> {
    if (this.#isStopped) return 'stopped';
    if (!this.#names.has(name)) return 'unknown-job';
    const answer = await this.#asked.add(this.#queue, name, cause);
    this.#wake.resolve();
    return answer;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake.resolve();
    await this.#loop;
    await this.#runs.idle();
    const { database, members, lastStarts } = this.#settings;
    try {
      if (this.#queue !== undefined) await this.#runs.settle(this.#queue, database.ask, lastStarts);
      await members.leave();
    } catch {
      // Nobody is told: after a while the others see that this one is gone.
    }
    await this.#queue?.close();
    await database.close();
  }

  status(name: string): JobStatus | undefined {
    return this.#names.has(name) ? this.#statusOf(name) : undefined;
  }

  statuses(): JobStatus[] {
    return this.#plan.jobs.map(({ name }) => this.#statusOf(name));
  }

  #statusOf(name: string): JobStatus {
    const { clock } = this.#settings;
    const runningSince = this.#runs.runningSince(name);
    return {
      name,
      nextTick: clock.isKnown ? this.#ticks.nextOf(name, clock.now()) : undefined,
      problem: this.#ticks.problemOf(name),
      delayedUntil: undefined,
      waitingSince: runningSince === undefined ? this.#waiting.sinceOf(name) : undefined,
      runningSince,
      ...this.#counts.of(name),
      failuresInRow: this.#failures.get(name)?.inRow ?? 0,
    };
  }

  async #run(asked: () => void): Promise<void> {
    while (!this.#isStopped) {
      this.#wake = Promise.withResolvers();
      try {
        await this.#step();
        this.#setTrouble(undefined);
      } catch (error) {
        this.#runs.databaseLost();
        this.#setTrouble(error instanceof Error ? error : new Error(String(error)));
      }
      asked();
      await this.#pause();
    }
    asked();
  }

  /** Until the next look, or the next tick when that comes first, or somebody has something to do. */
  async #pause(): Promise<void> {
    const { clock } = this.#settings;
    const now = clock.isKnown ? clock.now() : 0;
    const next = this.#ticks.nextDue(now) + BEHIND_TICK;
    const timer = setTimeout(this.#wake.resolve, Math.min(POLL, Math.max(SHORTEST_PAUSE, next - now)));
    await this.#wake.promise;
    clearTimeout(timer);
  }

  /** Does everything that is to be done. */
  async #step(): Promise<void> {
    const { database, clock, lastStarts } = this.#settings;
    this.#queue ??= await this.#openQueue();
    await this.#runs.settle(this.#queue, database.ask, lastStarts);
    const { isDue, running } = await clock.ask(() => lookAtQueue(database.ask));
    if (clock.now() >= this.#greetAt) await this.#greet(this.#queue);
    const { past } = this.#newPlan ?? {};
    this.#newPlan = undefined;
    if (past !== undefined) this.#ticks.replace(this.#plan, clock.now(), (name) => past.servedUpTo(name));
    const wasAsked = await this.#asked.addEarly(this.#queue);
    const isOneDue =
      (await this.#ticks.feed(this.#queue, clock.now(), aliveSinceOf(this.#replicas))) || wasAsked;
    if (this.#plan.missedRuns === 'skip')
      await this.#stale.dropMissed(this.#queue, aliveSinceOf(this.#replicas));
    if (!isDue && !isOneDue) {
      this.#waiting.clear();
      return;
    }
    // Without room for a run nobody is kept from counting.
    const hasRoom = running < this.#plan.maxConcurrentRuns;
    const isOneLeft = hasRoom ? await this.#takeRuns(this.#queue) : true;
    if (isOneLeft) await this.#waiting.look(database.ask, clock.now());
  }

  async #openQueue(): Promise<BossQueue> {
    return await BossQueue.open(this.#settings.database, () => this.#runs.databaseLost());
  }

  /** Says that this replica is there and runs what it runs, and looks who else is. */
  async #greet(queue: BossQueue): Promise<void> {
    const { clock, members, onReplicas } = this.#settings;
    await queue.touch(this.#runs.claimed);
    this.#replicas = await members.greet(this.#configuration);
    this.#greetAt = clock.now() + GREET;
    onReplicas(this.#replicas);
    const isOfOther = ({ isAlive, configuration }: Replica) =>
      isAlive && configuration !== this.#configuration;
    await this.#stale.dropOthers(queue, this.#plan.jobs, this.#replicas.some(isOfOther));
  }

  /**
   * Takes its share until nothing is left to take, and only then begins: what runs keeps this process busy. The others
   * take theirs in between. Gives whether something is due that has to wait.
   */
  async #takeRuns(queue: BossQueue): Promise<boolean> {
    const { maxConcurrentRuns } = this.#plan;
    const alive = Math.max(1, this.#replicas.filter(({ isAlive }) => isAlive).length);
    const most = Math.ceil(maxConcurrentRuns / alive);
    const settings = { plan: this.#plan, most, aliveSince: aliveSinceOf(this.#replicas) };
    const taken: RunToStart[] = [];
    try {
      for (;;) {
        const { runs, isMoreDue, failures } = await claimRuns(this.#settings.database, queue, settings);
        taken.push(...runs);
        this.#failures = failures;
        if (runs.length < most || !isMoreDue) return isMoreDue || taken.length === 0;
      }
    } finally {
      for (const run of taken) this.#begin(run);
    }
  }

  #begin(run: RunToStart): void {
    const now = this.#settings.clock.now();
    this.#runs.begin(run, now);
    this.#counts.started(run, now);
    void this.#perform(run);
  }

  async #perform(run: RunToStart): Promise<void> {
    const { observer, hasSucceededSince } = this.#settings;
    const { job, tick, cause, begunAt } = run;
    try {
      // Whoever ran it before may have come to the end of it, and no further.
      const isDone = begunAt !== undefined && (await hasSucceededSince(job, begunAt));
      this.#runs.end(run, isDone ? 'succeeded' : await this.#start(job, tick, cause));
    } catch (error) {
      observer.startThrew(job, error);
      this.#runs.end(run, 'failed');
    }
    this.#wake.resolve();
  }

  #setTrouble(error: Error | undefined): void {
    const wasInTrouble = this.#trouble !== undefined;
    this.#trouble = error?.message;
    if (error !== undefined || wasInTrouble) this.#settings.onTrouble(error);
  }
}

/** Since when there has been a replica of those that are there now. */
const aliveSinceOf = (replicas: readonly Replica[]): number =>
  Math.min(...replicas.filter(({ isAlive }) => isAlive).map(({ startedAt }) => startedAt));
