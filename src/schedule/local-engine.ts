import type { PastRuns, ScheduleEngine, StartRun } from './engine.ts';
import { Scheduler } from './scheduler.ts';
import type { AskedRun, JobStatus, SchedulePlan, SchedulerSettings } from './scheduler-interface.ts';
import { startTicker, type Ticker } from './ticker.ts';

export interface LocalEngineSettings extends Omit<SchedulerSettings, 'start'> {
  /** A defect: an error that nobody expected. */
  readonly onDefect: (error: unknown) => void;
}

/** The scheduler of one process alone, with its clock and its timer. */
export class LocalEngine implements ScheduleEngine {
  readonly trouble = undefined;
  readonly isShared = false;
  readonly #settings: LocalEngineSettings;
  readonly #scheduler: Scheduler;
  #ticker: Ticker | undefined;

  constructor(settings: LocalEngineSettings, start: StartRun) {
    this.#settings = settings;
    this.#scheduler = new Scheduler({ ...settings, start });
  }

  async replace(plan: SchedulePlan, past: PastRuns): Promise<void> {
    this.#scheduler.replace(
      plan,
      this.#settings.now(),
      (name) => past.servedUpTo(name),
      (name) => past.laterStarts(name),
    );
  }

  async begin(): Promise<void> {
    this.#ticker = await startTicker((now) => this.#scheduler.step(now), this.#settings.onDefect);
  }

  async runNow(name: string, cause?: 'asked' | 'pending'): Promise<AskedRun> {
    return this.#scheduler.runNow(name, this.#settings.now(), cause);
  }

  async stop(): Promise<void> {
    this.#ticker?.stop();
    await this.#scheduler.stop();
  }

  status(name: string): JobStatus | undefined {
    return this.#scheduler.status(name);
  }

  statuses(): JobStatus[] {
    return this.#scheduler.statuses();
  }
}
