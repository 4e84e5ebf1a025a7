import { SMALL_STEP } from '../calendar/durations.ts';
import { CurrentRuns } from './current-runs.ts';
import { type JobState, moveBack, noteOutcome, type OwedRun, statusOf } from './job-state.ts';
import { OwedRuns } from './owed-runs.ts';
import type {
  AskedRun,
  JobStatus,
  ScheduledJob,
  ScheduledOutcome,
  SchedulePlan,
  SchedulerSettings,
} from './scheduler-interface.ts';
import { TickPlanner } from './tick-planner.ts';

/**
 * Decides when jobs run. It has no clock and no timer: whoever owns it calls `step` about every second.
 *
 * A job has at most one run that goes on (`run`) and one that is to start (`owed`). A tick makes a run owed, and so
 * does the end of a run during which ticks came. An owed run is put off until its jitter and the pause after a failure
 * are over, stands in line, and becomes the run when it is its turn. Ticks that come while a run is owed or goes on are
 * counted as skipped.
 *
 * Time never runs back here by a few minutes: after such a step nothing is due until the clock has caught up. A clock
 * set back by more is believed at once, as it was wrong before; ticks that had their turn by then do not come again.
 */
export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #ticks: TickPlanner;
  readonly #owed: OwedRuns;
  readonly #runs: CurrentRuns;
  #jobs: ReadonlyMap<string, JobState> = new Map();
  #time = -Infinity;

  constructor(settings: SchedulerSettings) {
    this.#settings = settings;
    this.#ticks = new TickPlanner((name, error) => settings.observer.cannotSchedule(name, error));
    this.#runs = new CurrentRuns(settings, (...ended) => this.#end(...ended));
    this.#owed = new OwedRuns(this.#ticks, settings, (...due) => this.#runs.queueUp(...due));
  }

  /** Does everything that is due. */
  step(now: number): void {
    if (this.#runs.isStopped) return;
    this.#setTime(now);
    this.#owed.handleDue(this.#time);
    this.#runs.startWaiting(this.#time);
  }

  /**
   * Puts a plan into force, the first one or another one. Jobs whose schedule stays keep their place; one that is
   * changed is worked out from `now` on; jobs that are gone start no more. `lastStartedAt` tells when the last run of a
   * job that is new to the scheduler started, undefined when it has never run; `laterStarts` those of its runs that
   * started later than `now`, by a clock that was wrong.
   */
  replace(
    plan: SchedulePlan,
    now: number,
    lastStartedAt: (name: string) => number | undefined,
    laterStarts: (name: string) => readonly number[] = () => [],
  ): void {
    if (this.#runs.isStopped) return;
    this.#setTime(now);
    this.#owed.handleDue(this.#time);
    const before = this.#jobs;
    this.#owed.setMissedRuns(plan.missedRuns);
    this.#runs.limit(plan);
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
    this.#owed.refill(this.#jobs.values());
    this.#runs.startWaiting(this.#time);
  }

  /**
   * Starts a run outside the schedule, within the same limits. One that is to start anyway stands for it, but what was
   * only to be delivered becomes a whole run for who asks for one.
   */
  runNow(name: string, now: number, cause: 'asked' | 'pending' = 'asked'): AskedRun {
    const state = this.#jobs.get(name);
    if (this.#runs.isStopped) return 'stopped';
    if (state === undefined) return 'unknown-job';
    if (state.run !== undefined) return 'already-running';
    if (state.owed?.waitingSince !== undefined) {
      if (state.owed.cause === 'pending') state.owed.cause = cause;
      return 'already-waiting';
    }
    this.#setTime(now);
    const owed = state.owed ?? { tick: undefined, cause };
    state.owed = { ...owed, dueAt: this.#time, waitingSince: undefined };
    this.#runs.queueUp(state, state.owed, this.#time);
    this.#runs.startWaiting(this.#time);
    return state.run === undefined ? 'waiting' : 'started';
  }

  /** Starts no more runs; done when those that go on have ended. */
  async stop(): Promise<void> {
    this.#owed.refill([]);
    for (const state of this.#jobs.values()) state.owed = undefined;
    await this.#runs.stop();
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
    return this.#runs.running;
  }

  get waiting(): number {
    return this.#runs.waiting;
  }

  #setTime(now: number): void {
    if (now >= this.#time) this.#time = now;
    else if (now < this.#time - SMALL_STEP) this.#setBack(now);
  }

  /** The clock was wrong: all that was worked out by it moves with it, so that no wait becomes longer. */
  #setBack(now: number): void {
    const from = this.#time;
    this.#time = now;
    for (const state of new Set([...this.#jobs.values(), ...this.#runs.jobs])) {
      moveBack(state, from - now);
      state.served.interrupt();
      // A run of a time that has not come stands for none.
      if ((state.owed?.tick ?? now) > now && state.owed) state.owed.cause = 'missed';
    }
    for (const state of this.#jobs.values()) state.nextTick = this.#ticks.tickAfter(state, now);
    this.#owed.refill(this.#jobs.values());
    this.#settings.observer.clockSetBack(from, now);
  }

  /** A job that comes back while it still runs must not run twice. */
  #returning(job: ScheduledJob): JobState {
    for (const state of this.#runs.jobs) if (state.job.name === job.name) return state;
    return this.#ticks.newState(job);
  }

  #forget(state: JobState): void {
    this.#runs.drop(state);
    state.served.forget();
    state.nextTick = undefined;
    state.passedOver = undefined;
  }

  #change(state: JobState, job: ScheduledJob): void {
    const { job: old, owed } = state;
    state.job = job;
    if (owed?.waitingSince !== undefined && old.database !== job.database)
      this.#runs.changeLine(state, old.database);
    const isSame = old.schedule === job.schedule && old.timezone === job.timezone;
    if (isSame && state.problem === undefined) return;
    state.problem = undefined;
    state.served.forget();
    state.nextTick = this.#ticks.tickAfter(state, this.#time);
    if (job.schedule !== undefined) return;
    state.passedOver = undefined;
    if (owed !== undefined && !isOutsideSchedule(owed)) this.#runs.drop(state);
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
    this.#owed.makeUp(state, this.#time);
  }

  #isOfWrongClock(startedAt: number): boolean {
    return startedAt > this.#time + SMALL_STEP;
  }

  /** From when on a job is scheduled. */
  #startOf(lastStartedAt = this.#time): number {
    return this.#isOfWrongClock(lastStartedAt) ? this.#time : lastStartedAt;
  }

  #end(state: JobState, outcome: ScheduledOutcome): void {
    this.#setTime(this.#settings.now());
    // What came due before the end came while the job ran, also when nobody has stepped since.
    this.#owed.handleDue(this.#time);
    this.#runs.finish(state);
    noteOutcome(state, outcome, this.#time);
    if (state.passedOver !== undefined && !this.#runs.isStopped) {
      const dueAt = Math.max(this.#time, state.pausedUntil);
      this.#owed.owe(state, state.passedOver, 'passed-over', dueAt, this.#time);
    }
    state.passedOver = undefined;
    this.#runs.startWaiting(this.#time);
  }
}

const isOutsideSchedule = ({ cause }: OwedRun): boolean => cause === 'asked' || cause === 'pending';
