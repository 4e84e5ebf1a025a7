import { type JobState, type OwedRun, startRun } from './job-state.ts';
import { type ConcurrencyLimits, RunQueue } from './run-queue.ts';
import type { RunCause, ScheduledOutcome, SchedulerSettings } from './scheduler-interface.ts';

/** A start that is told when it is so much too late, milliseconds. */
const LATE = 10_000;

/** Who runs: runs that are due stand in line, start when it is their turn, and go on until they end. */
export class CurrentRuns {
  readonly #settings: Pick<SchedulerSettings, 'start' | 'observer'>;
  readonly #ended: (state: JobState, outcome: ScheduledOutcome) => void;
  readonly #queue = new RunQueue<JobState>();
  readonly #running = new Set<JobState>();
  readonly #idle = Promise.withResolvers<void>();
  #isStopped = false;

  /** @param ended told when a run has ended; it is to call `finish` */
  constructor(
    settings: Pick<SchedulerSettings, 'start' | 'observer'>,
    ended: (state: JobState, outcome: ScheduledOutcome) => void,
  ) {
    this.#settings = settings;
    this.#ended = ended;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The jobs that run, those among them that are no longer in the plan. */
  get jobs(): Iterable<JobState> {
    return this.#running;
  }

  get running(): number {
    return this.#queue.running;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  limit(limits: ConcurrencyLimits): void {
    this.#queue.limit(limits);
  }

  queueUp(state: JobState, owed: OwedRun, now: number): void {
    owed.waitingSince = now;
    this.#queue.queueUp(state.job.database, state);
  }

  /** Takes the run that a job owes from it, wherever it is. */
  drop(state: JobState): void {
    this.#queue.leave(state.job.database, state);
    state.owed = undefined;
  }

  /** Puts a job that stands in line into that of another database, at its end. */
  changeLine(state: JobState, from: string): void {
    this.#queue.leave(from, state);
    this.#queue.queueUp(state.job.database, state);
  }

  /** Starts whoever's turn it is. */
  startWaiting(now: number): void {
    if (this.#isStopped) return;
    for (let state = this.#queue.next(); state; state = this.#queue.next())
      if (state.owed !== undefined) this.#start(state, state.owed, now);
  }

  finish(state: JobState): void {
    this.#running.delete(state);
    if (state.run !== undefined) this.#queue.release(state.run.database);
    state.run = undefined;
    if (this.#isStopped && this.#running.size === 0) this.#idle.resolve();
  }

  /** Starts nothing more; done when all that runs has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#queue.clear();
    if (this.#running.size === 0) this.#idle.resolve();
    await this.#idle.promise;
  }

  #start(state: JobState, { tick, cause, dueAt }: OwedRun, now: number): void {
    const { name } = state.job;
    const lag = startRun(state, dueAt, now);
    this.#running.add(state);
    void this.#outcomeOf(name, tick, cause).then((outcome) => this.#ended(state, outcome));
    if (lag >= LATE) this.#settings.observer.startedLate(name, tick ?? dueAt, lag);
  }

  async #outcomeOf(name: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    try {
      return await this.#settings.start(name, tick, cause);
    } catch (error) {
      this.#settings.observer.startThrew(name, error);
      return 'failed';
    }
  }
}
