import { collectJob } from '../collect/collect-job.ts';
import type { Config } from '../config/config.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Problem } from '../config/problem.ts';
import type { RunResult } from '../model/run.ts';
import { observers, type RunObserver } from '../model/run-event.ts';
import type { JobHistory } from '../model/run-memory.ts';
import type { State } from '../model/state.ts';
import { concurrencyLimits } from '../schedule/run-queue.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import type {
  AskedRun,
  JobStatus,
  RunCause,
  ScheduledOutcome,
  ScheduleObserver,
} from '../schedule/scheduler-interface.ts';
import { startTicker, type Ticker } from '../schedule/ticker.ts';
import { Histories, type Recovery } from './histories.ts';
import { Setup, type Stations } from './setup.ts';

export interface DaemonSettings {
  readonly state: State;
  readonly observer: RunObserver;
  readonly scheduleObserver: ScheduleObserver;
  /** Reads the configuration anew. */
  readonly load: () => LoadedConfig;
  /** Opens what a configuration names; connects to nothing yet. Throws a Failure for settings that cannot work. */
  readonly open: (config: Config) => Stations;
  /** Milliseconds that requests on their way may take after the wish to stop. */
  readonly grace: number;
  readonly now: () => number;
  /** The same by a clock that does not follow sudden changes. */
  readonly steadyNow: () => number;
  readonly random: () => number;
  /** A defect: an error that nobody expected. */
  readonly onDefect: (error: unknown) => void;
}

/** Whether a new configuration is in force, and what is wrong with it if not. */
export interface Reload {
  readonly at: number;
  readonly isInForce: boolean;
  readonly problems: readonly Problem[];
  /** Keys that count from the next start only. */
  readonly afterRestart: readonly string[];
}

/** Runs jobs by their schedules until it is stopped. */
export class Daemon {
  #startedAt: number;
  readonly #settings: DaemonSettings;
  readonly #scheduler: Scheduler;
  readonly #stop = new AbortController();
  readonly #histories: Histories;
  readonly #observer: RunObserver;
  #setup: Setup;
  #retiring: Promise<void>[] = [];
  #ticker: Ticker | undefined;
  #lastReload: Reload | undefined;

  /** @param first the configuration to begin with */
  constructor(
    settings: DaemonSettings,
    first: Pick<LoadedConfig, 'rejectedJobs'> & { readonly config: Config },
  ) {
    this.#settings = settings;
    this.#startedAt = settings.now();
    this.#histories = new Histories(settings.state, settings.now);
    this.#observer = observers(settings.observer, this.#histories.observer);
    this.#setup = new Setup(first.config, first.rejectedJobs, settings.open(first.config));
    this.#scheduler = new Scheduler({
      start: (name, tick, cause) => this.#run(name, tick, cause),
      now: settings.now,
      random: settings.random,
      observer: settings.scheduleObserver,
    });
  }

  /** Epoch milliseconds, by a clock that is right now: it may have been set back since. */
  get startedAt(): number {
    this.#startedAt = Math.min(this.#startedAt, this.#settings.now());
    return this.#startedAt;
  }

  get setup(): Setup {
    return this.#setup;
  }

  get isReady(): boolean {
    return this.#ticker !== undefined && !this.#stop.signal.aborted;
  }

  get lastReload(): Reload | undefined {
    return this.#lastReload;
  }

  historyOf(name: string): JobHistory | undefined {
    return this.#histories.of(name);
  }

  recoveryOf(name: string): Recovery | undefined {
    return this.#histories.recoveryOf(name);
  }

  statusOf(name: string): JobStatus | undefined {
    return this.#scheduler.status(name);
  }

  /** Jobs whose ticks cannot be worked out. */
  unplannedJobs(): readonly string[] {
    return this.#scheduler.statuses().flatMap(({ name, problem }) => (problem === undefined ? [] : [name]));
  }

  /** The next tick of any job, epoch milliseconds. */
  nextTick(): number | undefined {
    const ticks = this.#scheduler.statuses().flatMap(({ nextTick }) => nextTick ?? []);
    return ticks.length === 0 ? undefined : ticks.reduce((one, other) => Math.min(one, other));
  }

  /** Begins to run jobs. */
  async start(): Promise<void> {
    await this.#plan();
    await this.#deliverPending();
    this.#ticker = await startTicker((now) => this.#scheduler.step(now), this.#settings.onDefect);
  }

  /** Takes over what the files say now, whole or, when anything in them is wrong, not at all. */
  async reload(): Promise<Reload> {
    const { config, rejectedJobs, problems } = this.#settings.load();
    const at = this.#settings.now();
    const isWrong = problems.some(({ severity }) => severity === 'error');
    const before = this.#setup;
    const isInForce = config !== undefined && !isWrong && !this.#stop.signal.aborted;
    if (isInForce) {
      this.#setup = new Setup(config, rejectedJobs, this.#settings.open(config));
      this.#retiring.push(before.retire());
      await this.#plan();
    }
    const afterRestart = isInForce ? changedForRestart(before.config, config) : [];
    this.#lastReload = { at, isInForce, problems, afterRestart };
    return this.#lastReload;
  }

  /** Milliseconds that the longest waiting run has waited for its turn; else how late the last run started. */
  scheduleLag(now: number): number {
    const statuses = this.#scheduler.statuses();
    const waiting = statuses.flatMap(({ waitingSince }) => waitingSince ?? []);
    if (waiting.length > 0) return Math.max(0, now - Math.min(...waiting));
    const latest = statuses.reduce<JobStatus | undefined>(
      (last, each) => ((each.runningSince ?? 0) > (last?.runningSince ?? 0) ? each : last),
      undefined,
    );
    return latest?.lag?.last ?? 0;
  }

  runNow(name: string): AskedRun {
    return this.#scheduler.runNow(name, this.#settings.now());
  }

  /**
   * Starts nothing more, ends what runs, and resolves when everything has ended. What is acknowledged is remembered.
   */
  async stop(reason: Error): Promise<void> {
    this.#ticker?.stop();
    this.#stop.abort(reason);
    await this.#scheduler.stop();
    await Promise.all([...this.#retiring, this.#setup.retire()]);
  }

  /** What could not be delivered before the last stop does not wait for the next tick. */
  async #deliverPending(): Promise<void> {
    for (const [job, { pendingRecords }] of await this.#settings.state.standings()) {
      if (pendingRecords === 0 || this.#setup.jobs.get(job)?.enabled !== true) continue;
      this.#scheduler.runNow(job, this.#settings.now(), 'pending');
    }
  }

  async #plan(): Promise<void> {
    const { config } = this.#setup;
    await this.#histories.follow(config.jobs.map(({ name }) => name));
    const jobs = config.jobs.map(({ name, enabled, schedule, timezone, jitter, database }) => ({
      name,
      schedule: enabled ? schedule : undefined,
      timezone,
      jitter,
      database,
    }));
    const plan = {
      jobs,
      missedRuns: config.schedule.missed_runs,
      ...concurrencyLimits(config),
    };
    this.#scheduler.replace(
      plan,
      this.#settings.now(),
      (name) => this.#histories.servedUpTo(name),
      (name) => this.#histories.laterStarts(name),
    );
  }

  async #run(name: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    const setup = this.#setup;
    const job = setup.jobs.get(name);
    if (job === undefined) return 'skipped';
    const { state, now, steadyNow, grace } = this.#settings;
    const result = await setup.use((stations) =>
      collectJob(
        job,
        {
          ...{ state, observer: this.#observer, now, steadyNow, grace, route: () => stations.routeOf(job) },
          // A snapshot taken hours later does not show how things stood at its tick.
          tick: cause === 'tick' ? tick : undefined,
          onlyPending: cause === 'pending',
        },
        this.#stop.signal,
      ),
    );
    return scheduledOutcome(result);
  }
}

function scheduledOutcome({ outcome }: RunResult): ScheduledOutcome {
  if (outcome === 'skipped') return 'skipped';
  return outcome === 'failed' ? 'failed' : 'succeeded';
}

/** What is opened once, when the daemon starts. */
function changedForRestart(before: Config, now: Config): string[] {
  const changed = (key: 'state' | 'log') => JSON.stringify(before[key]) !== JSON.stringify(now[key]);
  const keys: string[] = (['state', 'log'] as const).filter(changed);
  const isSame =
    JSON.stringify(before.http) === JSON.stringify(now.http) &&
    before.http.token?.reveal() === now.http.token?.reveal();
  return isSame ? keys : [...keys, 'http'];
}
