import { collectJob } from '../collect/collect-job.ts';
import type { Config } from '../config/config.ts';
import { configurationFingerprint } from '../config/fingerprint.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Problem } from '../config/problem.ts';
import type { RunResult } from '../model/run.ts';
import { observers, type RunObserver } from '../model/run-event.ts';
import type { JobHistory } from '../model/run-memory.ts';
import { verifiedJob } from '../model/scheduled-name.ts';
import type { State } from '../model/state.ts';
import type { PastRuns, ScheduleEngine, StartRun } from '../schedule/engine.ts';
import { concurrencyLimits } from '../schedule/run-queue.ts';
import type { AskedRun, JobStatus, RunCause, ScheduledOutcome } from '../schedule/scheduler-interface.ts';
import type { NotReady } from '../status/daemon-view.ts';
import { Histories, type Recovery } from './histories.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import { Setup, type Stations } from './setup.ts';
import { Verifications } from './verifications.ts';

export interface DaemonSettings {
  readonly state: State;
  readonly observer: RunObserver;
  /** Makes what decides when jobs run. @param start runs one of them */
  readonly engine: (start: StartRun) => ScheduleEngine;
  /** Reads the configuration anew. */
  readonly load: () => LoadedConfig;
  /** Opens what a configuration names; connects to nothing yet. Throws a Failure for settings that cannot work. */
  readonly open: (config: Config) => Stations;
  /** Milliseconds that requests on their way may take after the wish to stop. */
  readonly grace: number;
  /** Where verifications have room for what they read. */
  readonly folder: string;
  readonly now: () => number;
  /** The same by a clock that does not follow sudden changes. */
  readonly steadyNow: () => number;
}

/** Whether a new configuration is in force, and what is wrong with it if not. */
export interface Reload {
  readonly at: number;
  readonly isInForce: boolean;
  readonly problems: readonly Problem[];
  /** Keys that count from the next start only. */
  readonly afterRestart: readonly string[];
}

const STARTING_OR_STOPPING: NotReady = { reason: 'starting or stopping', isBrief: true };

/** Runs jobs by their schedules until it is stopped. */
export class Daemon {
  #startedAt: number;
  readonly #settings: DaemonSettings;
  readonly #engine: ScheduleEngine;
  readonly #stop = new AbortController();
  readonly #histories: Histories;
  readonly #verifications: Verifications;
  readonly #observer: RunObserver;
  #setup: Setup;
  #retiring: Promise<void>[] = [];
  #hasBegun = false;
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
    this.#verifications = new Verifications(settings);
    this.#setup = new Setup(first.config, first.rejectedJobs, settings.open(first.config));
    this.#engine = settings.engine((name, tick, cause) => this.#start(name, tick, cause));
  }

  /** Epoch milliseconds, by a clock that is right now: it may have been set back since. */
  get startedAt(): number {
    this.#startedAt = Math.min(this.#startedAt, this.#settings.now());
    return this.#startedAt;
  }

  get setup(): Setup {
    return this.#setup;
  }

  /** Why it starts no runs; undefined: it does. */
  get notReadyBecause(): NotReady | undefined {
    if (!this.#hasBegun || this.#stop.signal.aborted) return STARTING_OR_STOPPING;
    const { trouble } = this.#engine;
    return trouble === undefined ? undefined : { reason: trouble, isBrief: false };
  }

  /** Whether other processes run the same jobs. */
  get isShared(): boolean {
    return this.#engine.isShared;
  }

  get lastReload(): Reload | undefined {
    return this.#lastReload;
  }

  /** Learns what others who run the same jobs have done. */
  async catchUp(): Promise<void> {
    if (this.isShared) await this.#histories.catchUp();
  }

  historyOf(name: string): JobHistory | undefined {
    return this.#histories.of(name);
  }

  recoveryOf(name: string): Recovery | undefined {
    return this.#histories.recoveryOf(name);
  }

  statusOf(name: string): JobStatus | undefined {
    return this.#engine.status(name);
  }

  /** Jobs whose ticks cannot be worked out. */
  unplannedJobs(): readonly string[] {
    return this.#engine.statuses().flatMap(({ name, problem }) => (problem === undefined ? [] : [name]));
  }

  /** The next tick of any job, epoch milliseconds. */
  nextTick(): number | undefined {
    const ticks = this.#engine.statuses().flatMap(({ nextTick }) => nextTick ?? []);
    return ticks.length === 0 ? undefined : ticks.reduce((one, other) => Math.min(one, other));
  }

  /** Begins to run jobs. */
  async start(): Promise<void> {
    await this.#plan();
    await this.#deliverPending();
    await this.#engine.begin();
    this.#hasBegun = true;
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
    const statuses = this.#engine.statuses();
    const waiting = statuses.flatMap(({ waitingSince }) => waitingSince ?? []);
    if (waiting.length > 0) return Math.max(0, now - Math.min(...waiting));
    const latest = statuses.reduce<JobStatus | undefined>(
      (last, each) => ((each.runningSince ?? 0) > (last?.runningSince ?? 0) ? each : last),
      undefined,
    );
    return latest?.lag?.last ?? 0;
  }

  async runNow(name: string): Promise<AskedRun> {
    return this.#setup.jobs.has(name) ? await this.#engine.runNow(name) : 'unknown-job';
  }

  /**
   * Starts nothing more, ends what runs, and resolves when everything has ended. What is acknowledged is remembered.
   */
  async stop(reason: Error): Promise<void> {
    this.#stop.abort(reason);
    await this.#engine.stop();
    await Promise.all([...this.#retiring, this.#setup.retire()]);
  }

  /** What could not be delivered before the last stop does not wait for the next tick. */
  async #deliverPending(): Promise<void> {
    for (const [job, { pendingRecords }] of await this.#settings.state.standings()) {
      if (pendingRecords === 0 || this.#setup.jobs.get(job)?.enabled !== true) continue;
      await this.#engine.runNow(job, 'pending');
    }
  }

  async #plan(): Promise<void> {
    const { config } = this.#setup;
    await this.#histories.follow(config.jobs.map(({ name }) => name));
    await this.#verifications.catchUp();
    const plan = {
      jobs: scheduledJobs(config),
      missedRuns: config.schedule.missed_runs,
      ...concurrencyLimits(config),
    };
    await this.#engine.replace(plan, this.#past, () => configurationFingerprint(config));
  }

  readonly #past: PastRuns = {
    servedUpTo: (name) => {
      const verified = verifiedJob(name);
      return verified === undefined
        ? this.#histories.servedUpTo(name)
        : this.#verifications.lastStartOf(verified);
    },
    laterStarts: (name) => this.#histories.laterStarts(name),
  };

  async #start(name: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    const verified = verifiedJob(name);
    if (verified !== undefined) return await this.#verify(verified);
    return await this.#verifications.between(name, () => this.#run(name, tick, cause));
  }

  async #verify(name: string): Promise<ScheduledOutcome> {
    const setup = this.#setup;
    const job = setup.jobs.get(name);
    if (job?.verify === undefined) return 'succeeded';
    const about = { job, settings: job.verify, jobs: setup.config.jobs };
    return await setup.use((stations) =>
      this.#verifications.verify({ ...about, route: () => stations.routeOf(job) }, this.#stop.signal),
    );
  }

  async #run(name: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    const setup = this.#setup;
    const job = setup.jobs.get(name);
    if (job === undefined) return 'skipped';
    const { state, now, steadyNow, grace } = this.#settings;
    const result = await setup.use(async (stations) => {
      await stations.learn?.();
      const options = {
        ...{ state, observer: this.#observer, now, steadyNow, grace, route: () => stations.routeOf(job) },
        // A snapshot taken hours later does not show how things stood at its tick.
        tick: cause === 'tick' ? tick : undefined,
        onlyPending: cause === 'pending',
      };
      return await collectJob(job, options, this.#stop.signal);
    });
    return scheduledOutcome(result);
  }
}

function scheduledOutcome({ outcome }: RunResult): ScheduledOutcome {
  if (outcome === 'skipped' || outcome === 'interrupted' || outcome === 'failed') return outcome;
  return 'succeeded';
}

/** What is opened once, when the daemon starts. */
function changedForRestart(before: Config, now: Config): string[] {
  const changed = (key: 'state' | 'log') => JSON.stringify(before[key]) !== JSON.stringify(now[key]);
  const keys: string[] = (['state', 'log'] as const).filter(changed);
  if (before.schedule.engine !== now.schedule.engine) keys.push('schedule.engine');
  const isSame =
    JSON.stringify(before.http) === JSON.stringify(now.http) &&
    before.http.token?.reveal() === now.http.token?.reveal();
  return isSame ? keys : [...keys, 'http'];
}
