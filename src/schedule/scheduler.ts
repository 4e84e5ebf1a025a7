import { MINUTE, SECOND } from '../calendar/durations.ts';
import { SMALL_STEP } from './clock-step.ts';
import { type JobState, moveBack, type OwedRun, pauseAfter, statusOf } from './job-state.ts';
import { RunQueue } from './run-queue.ts';
import type {
  AskedRun,
  JobStatus,
  RunCause,
  ScheduledJob,
  ScheduledOutcome,
  SchedulePlan,
  SchedulerSettings,
} from './scheduler-interface.ts';
import { TickPlanner } from './tick-planner.ts';
import { TickQueue } from './tick-queue.ts';

/** Something that happens to a job at a time: its tick, or the start of a run that was put off. */
interface Due {
  readonly state: JobState;
  /** The run that was put off; undefined for a tick. */
  readonly owed: OwedRun | undefined;
}

const LATE = 10 * SECOND;

/**
 * Decides when jobs run. It has no clock and no timer: whoever owns it calls `step` about every second.
 *
 * A job has at most one run that goes on (`run`) and one that is to start (`owed`). A tick makes a run owed, and so does the end of
 * a run during which ticks came. An owed run is put off until its jitter and the pause after a failure are over, stands
 * in line, and becomes the run when it is its turn. Ticks that come while a run is owed or goes on are counted as skipped.
 *
 * Time never runs back here by a few minutes: after such a step nothing is due until the clock has caught up. A clock set back by
 * more is believed at once, as it was wrong before; ticks that had their turn by then do not come again.
 */
export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #ticks: TickPlanner;
  readonly #due = new TickQueue<Due>();
  readonly #queue = new RunQueue<JobState>();
  readonly #running = new Set<JobState>();
  #jobs: ReadonlyMap<string, JobState> = new Map();
  #missedRuns: SchedulePlan['missedRuns'] = 'run_once';
  #time = -Infinity;
  #stopped = false;
  readonly #idle = Promise.withResolvers<void>();

  constructor(settings: SchedulerSettings) {
    this.#settings = settings;
    this.#ticks = new TickPlanner((name, error) => settings.observer.cannotSchedule(name, error));
  }

  /** Does everything that is due. */
  step(now: number): void {
    if (this.#stopped) return;
    this.#setTime(now);
    this.#handleDue();
    this.#startWaiting();
  }

  /**
   * Puts a plan into force, the first one or another one. Jobs whose schedule stays keep their place; one that is changed is
   * worked out from `now` on; jobs that are gone start no more. `lastStartedAt` tells when the last run of a job that is new to
   * the scheduler started, undefined when it has never run; `laterStarts` those of its runs that started later than `now`, by a
   * clock that was wrong.
   */
  replace(
    plan: SchedulePlan,
    now: number,
    lastStartedAt: (name: string) => number | undefined,
    laterStarts: (name: string) => readonly number[] = () => [],
  ): void {
    if (this.#stopped) return;
    this.#setTime(now);
    this.#handleDue();
    const before = this.#jobs;
    this.#missedRuns = plan.missedRuns;
    this.#queue.limit(plan);
    this.#jobs = new Map(plan.jobs.map((job) => [job.name, before.get(job.name) ?? this.#returning(job)]));
    for (const state of before.values()) if (this.#jobs.get(state.job.name) !== state) this.#forget(state);
    let latest = now;
    for (const job of plan.jobs) {
      const state = this.#jobs.get(job.name);
      if (state === undefined) continue;
      if (before.get(job.name) === state) {
        this.#change(state, job);
        continue;
      }
      const last = state.run ? undefined : lastStartedAt(job.name);
      const starts = [...laterStarts(job.name), last ?? now].filter((start) => this.#isOfWrongClock(start));
      latest = Math.max(latest, ...starts);
      this.#take(state, job, last, starts);
    }
    if (latest > now) this.#settings.observer.clockSetBack(latest, now);
    this.#fillQueue();
    this.#startWaiting();
  }

  /** Starts a run outside the schedule, within the same limits. */
  runNow(name: string, now: number): AskedRun {
    const state = this.#jobs.get(name);
    if (this.#stopped) return 'stopped';
    if (state === undefined) return 'unknown-job';
    if (state.run !== undefined) return 'already-running';
    if (state.owed?.waitingSince !== undefined) return 'already-waiting';
    this.#setTime(now);
    const cause = state.owed?.cause ?? 'asked';
    state.owed = { tick: state.owed?.tick, cause, dueAt: this.#time, waitingSince: undefined };
    this.#queueUp(state, state.owed);
    this.#startWaiting();
    return state.run === undefined ? 'waiting' : 'started';
  }

  /** Starts no more runs; done when those that go on have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#due.clear();
    this.#queue.clear();
    for (const state of this.#jobs.values()) state.owed = undefined;
    if (this.#running.size === 0) this.#idle.resolve();
    await this.#idle.promise;
  }

  /** How a job stands; undefined when there is none of the name. */
  status(name: string): JobStatus | undefined {
    const state = this.#jobs.get(name);
    return state && statusOf(state);
  }

  /** How all jobs stand, in the order of the plan. */
  statuses(): JobStatus[] {
    return [...this.#jobs.values()].map(statusOf);
  }

  get running(): number {
    return this.#queue.running;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  #setTime(now: number): void {
    if (now >= this.#time) this.#time = now;
    else if (now < this.#time - SMALL_STEP) this.#setBack(now);
  }

  /** The clock was wrong: all that was worked out by it moves with it, so that no wait becomes longer. */
  #setBack(now: number): void {
    const from = this.#time;
    this.#time = now;
    for (const state of new Set([...this.#jobs.values(), ...this.#running])) {
      moveBack(state, from - now);
      state.served.interrupt();
      // A run of a time that has not come stands for none.
      if ((state.owed?.tick ?? now) > now && state.owed) state.owed.cause = 'missed';
    }
    for (const state of this.#jobs.values()) state.nextTick = this.#ticks.tickAfter(state, now);
    this.#fillQueue();
    this.#settings.observer.clockSetBack(from, now);
  }

  #fillQueue(): void {
    this.#due.clear();
    for (const state of this.#jobs.values()) {
      const { nextTick, owed } = state;
      if (nextTick !== undefined) this.#due.push(nextTick, { state, owed: undefined });
      if (owed !== undefined && owed.waitingSince === undefined) this.#due.push(owed.dueAt, { state, owed });
    }
  }

  /** A job that comes back while it still runs must not run twice. */
  #returning(job: ScheduledJob): JobState {
    for (const state of this.#running) if (state.job.name === job.name) return state;
    return this.#ticks.newState(job);
  }

  #forget(state: JobState): void {
    this.#drop(state);
    state.served.forget();
    state.nextTick = undefined;
    state.passedOver = undefined;
  }

  #drop(state: JobState): void {
    this.#queue.leave(state.job.database, state);
    state.owed = undefined;
  }

  #change(state: JobState, job: ScheduledJob): void {
    const { job: old, owed } = state;
    state.job = job;
    if (owed?.waitingSince !== undefined && old.database !== job.database) {
      this.#queue.leave(old.database, state);
      this.#queue.queueUp(job.database, state);
    }
    const isSame = old.schedule === job.schedule && old.timezone === job.timezone;
    if (isSame && state.problem === undefined) return;
    state.problem = undefined;
    state.served.forget();
    state.nextTick = this.#ticks.tickAfter(state, this.#time);
    if (job.schedule !== undefined) return;
    state.passedOver = undefined;
    if (owed !== undefined && owed.cause !== 'asked') this.#drop(state);
  }

  #take(
    state: JobState,
    job: ScheduledJob,
    lastStartedAt: number | undefined,
    laterStarts: readonly number[],
  ): void {
    state.job = job;
    state.problem = undefined;
    this.#ticks.noteStarts(state, laterStarts);
    state.nextTick = this.#ticks.tickAfter(state, this.#startOf(lastStartedAt));
    if (state.nextTick === undefined || state.nextTick > this.#time) return;
    const passed = this.#ticks.passed(state, state.nextTick, this.#time);
    state.nextTick = passed?.next;
    if (passed === undefined) return;
    const { latest, count } = passed;
    const runsOnce = this.#missedRuns === 'run_once';
    this.#miss(state, latest, runsOnce ? count - 1 : count);
    if (runsOnce) this.#owe(state, latest, 'missed', this.#time);
  }

  #isOfWrongClock(startedAt: number): boolean {
    return startedAt > this.#time + SMALL_STEP;
  }

  /** From when on a job is scheduled. */
  #startOf(lastStartedAt = this.#time): number {
    return this.#isOfWrongClock(lastStartedAt) ? this.#time : lastStartedAt;
  }

  #handleDue(): void {
    for (let due = this.#due.takeDue(this.#time); due; due = this.#due.takeDue(this.#time)) {
      const { state, owed } = due.item;
      if (owed === undefined) this.#handleTick(state, due.at);
      else if (owed === state.owed && owed.waitingSince === undefined) this.#handleStart(state, owed);
    }
  }

  #handleTick(state: JobState, tick: number): void {
    const passed = this.#ticks.passed(state, tick, this.#time);
    state.nextTick = passed?.next;
    if (passed === undefined) return;
    const { latest, count, next } = passed;
    if (this.#time - latest <= MINUTE) state.served.note(latest, count === 1);
    else state.served.interrupt();
    if (next !== undefined) this.#due.push(next, { state, owed: undefined });
    if (state.run !== undefined || state.owed !== undefined) this.#passOver(state, latest, count);
    else if (this.#isTooOld(latest)) this.#miss(state, latest, count);
    else {
      this.#miss(state, latest, count - 1);
      const jitter = Math.floor(this.#settings.random() * state.job.jitter);
      this.#owe(state, latest, 'tick', Math.max(latest + jitter, state.pausedUntil));
    }
  }

  #handleStart(state: JobState, owed: OwedRun): void {
    if (!this.#isTooOld(Math.max(owed.dueAt, owed.tick ?? -Infinity))) {
      this.#queueUp(state, owed);
      return;
    }
    state.owed = undefined;
    // Ticks that came during a run are counted already.
    this.#miss(state, owed.tick ?? owed.dueAt, owed.cause === 'passed-over' ? 0 : 1);
  }

  /** With `skip`, what was due while the machine slept does not run. */
  #isTooOld(dueAt: number): boolean {
    return this.#missedRuns === 'skip' && this.#time - dueAt > MINUTE;
  }

  #passOver(state: JobState, latest: number, count: number): void {
    const because = state.run === undefined ? 'waiting' : 'running';
    if (state.owed === undefined) state.passedOver = latest;
    else state.owed.tick = latest;
    state.ticksSkipped += count;
    this.#settings.observer.ticksSkipped(state.job.name, { latest, count, because });
  }

  #miss(state: JobState, latest: number, count: number): void {
    if (count === 0) return;
    state.ticksMissed += count;
    this.#settings.observer.ticksMissed(state.job.name, { latest, count });
  }

  #owe(state: JobState, tick: number, cause: RunCause, dueAt: number): void {
    const owed = { tick, cause, dueAt, waitingSince: undefined };
    state.owed = owed;
    if (dueAt <= this.#time) this.#queueUp(state, owed);
    else this.#due.push(dueAt, { state, owed });
  }

  #queueUp(state: JobState, owed: OwedRun): void {
    owed.waitingSince = this.#time;
    this.#queue.queueUp(state.job.database, state);
  }

  #startWaiting(): void {
    if (this.#stopped) return;
    for (let state = this.#queue.next(); state; state = this.#queue.next())
      if (state.owed !== undefined) this.#start(state, state.owed);
  }

  #start(state: JobState, { tick, cause, dueAt }: OwedRun): void {
    const { name, database } = state.job;
    const last = this.#time - dueAt;
    state.owed = undefined;
    state.run = { since: this.#time, database };
    state.lag = { last, max: Math.max(last, state.lag?.max ?? 0) };
    this.#running.add(state);
    void this.#outcomeOf(name, tick, cause).then((outcome) => this.#end(state, database, outcome));
    if (last >= LATE) this.#settings.observer.startedLate(name, tick ?? dueAt, last);
  }

  async #outcomeOf(name: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    try {
      return await this.#settings.start(name, tick, cause);
    } catch (error) {
      this.#settings.observer.startThrew(name, error);
      return 'failed';
    }
  }

  #end(state: JobState, database: string, outcome: ScheduledOutcome): void {
    this.#setTime(this.#settings.now());
    // What came due before the end came while the job ran, also when nobody has stepped since.
    this.#handleDue();
    this.#running.delete(state);
    this.#queue.release(database);
    state.run = undefined;
    this.#noteOutcome(state, outcome);
    if (this.#stopped && this.#running.size === 0) this.#idle.resolve();
    if (state.passedOver !== undefined && !this.#stopped)
      this.#owe(state, state.passedOver, 'passed-over', Math.max(this.#time, state.pausedUntil));
    state.passedOver = undefined;
    this.#startWaiting();
  }

  #noteOutcome(state: JobState, outcome: ScheduledOutcome): void {
    if (outcome === 'succeeded') state.failuresInRow = 0;
    if (outcome !== 'failed') return;
    state.failuresInRow++;
    state.pausedUntil = this.#time + pauseAfter(state.failuresInRow);
  }
}
