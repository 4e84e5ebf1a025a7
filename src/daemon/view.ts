import { DAY } from '../calendar/durations.ts';
import type { WindowJob } from '../config/config.ts';
import { formatProblem } from '../config/problem.ts';
import { hasWindows } from '../model/mode.ts';
import type { RunResult } from '../model/run.ts';
import type { LeaseHolder, State } from '../model/state.ts';
import { collectedTime } from '../schedule/collected-time.ts';
import type {
  DaemonView,
  JobDetail,
  JobView,
  NotReady,
  PageZone,
  ReplicaView,
} from '../status/daemon-view.ts';
import type { Daemon } from './daemon.ts';
import { JobViews } from './job-views.ts';
import { recentPeriods } from './recent-periods.ts';
import { ShownTexts } from './shown-texts.ts';

/** Bars of a spark line. */
const RECENT_RUNS = 30;
const RECENT_PERIODS = 30;

export interface ViewSettings {
  readonly version: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Those who run the same jobs; left out: nobody else does. */
  readonly replicas?: () => readonly ReplicaView[];
}

/** What the status pages see of a daemon. */
export class ViewOfDaemon implements DaemonView {
  readonly version: string;
  readonly now: () => number;
  readonly replicas: () => readonly ReplicaView[];
  readonly #daemon: Daemon;
  readonly #state: State;
  readonly #jobViews: JobViews;

  constructor(daemon: Daemon, state: State, { version, now, replicas = () => [] }: ViewSettings) {
    this.replicas = replicas;
    this.#daemon = daemon;
    this.#state = state;
    this.version = version;
    this.now = now;
    this.#jobViews = new JobViews(daemon, now);
  }

  get startedAt(): number {
    return this.#daemon.startedAt;
  }

  zone(): PageZone {
    const { schedule, shownTimezone = schedule.timezone } = this.#daemon.setup.config;
    return { zone: schedule.timezone, zoneName: shownTimezone };
  }

  notReadyBecause(): NotReady | undefined {
    return this.#daemon.notReadyBecause;
  }

  async checkHealth(): Promise<void> {
    await this.#state.jobs();
  }

  hasStateServer(): boolean {
    return 'url' in this.#daemon.setup.config.state;
  }

  writeApiDownSince(): number | undefined {
    return this.#daemon.setup.writeApiDownSince;
  }

  lastReload() {
    const reload = this.#daemon.lastReload;
    if (reload === undefined) return undefined;
    const problems = reload.isInForce
      ? []
      : reload.problems.map((problem) => formatProblem(problem, { code: true }));
    return { at: reload.at, problems };
  }

  async jobs(): Promise<readonly JobView[]> {
    const { jobs } = this.#daemon.setup;
    await this.#daemon.catchUp();
    const standings = await this.#state.standings();
    const verifications = await this.#state.newestVerifications();
    const holders = await this.#holders();
    const known = [...jobs.values()].map((job) => ({
      ...this.#jobViews.of(job, standings.get(job.name)),
      verification: verifications.get(job.name),
      runBy: holders.get(job.name)?.holder,
    }));
    return [...known, ...this.#jobViews.ofRejected()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Who runs which job, where others might. */
  async #holders(): Promise<ReadonlyMap<string, LeaseHolder>> {
    return this.#daemon.isShared ? await this.#state.holders() : new Map();
  }

  async job(name: string): Promise<JobDetail | undefined> {
    const known = this.#daemon.setup.jobs.get(name);
    await this.#daemon.catchUp();
    const view =
      known === undefined
        ? this.#jobViews.ofRejected().find((wrong) => wrong.name === name)
        : {
            ...this.#jobViews.of(known, (await this.#state.standings()).get(name)),
            verification: (await this.#state.verificationsOf(name))[0],
            runBy: (await this.#holders()).get(name)?.holder,
          };
    if (view === undefined) return undefined;
    const { job } = view;
    const texts = this.#textsOf(name);
    return {
      ...view,
      letters: (await this.#state.deadLetters({ job: name })).map(
        (letter) => texts?.letter(letter) ?? letter,
      ),
      pending: await this.#state.pendingOf(name),
      figures: await this.#state.figuresOf(name),
      lateness: await this.#state.latenessOf(name),
      ...(job !== undefined && hasWindows(job) ? await this.#timeOf(job, view) : NO_TIME),
    };
  }

  async #timeOf(
    job: WindowJob,
    { progress, lastRun }: JobView,
  ): Promise<Pick<JobDetail, 'collected' | 'periods'>> {
    const now = this.now();
    const collected = collectedTime(job, await this.#state.collectedOf(job.name), progress, now);
    return { collected, periods: recentPeriods(job, collected, now, lastRun !== undefined) };
  }

  recentRecords(names: readonly string[]) {
    // In some zone it is a later day already.
    return this.#state.recentRecords(names, this.now() + DAY, RECENT_PERIODS);
  }

  recentRuns(name: string): Promise<readonly RunResult[]> {
    return this.runs(name, RECENT_RUNS);
  }

  async runs(name: string, limit: number): Promise<readonly RunResult[]> {
    const texts = this.#textsOf(name);
    return (await this.#state.runs({ job: name, limit })).map((run) => texts?.run(run) ?? run);
  }

  #textsOf(name: string): ShownTexts | undefined {
    const job = this.#daemon.setup.jobs.get(name);
    return job === undefined ? undefined : new ShownTexts(job);
  }

  async runNow(name: string): Promise<'queued' | 'already-running' | 'unknown'> {
    const answer = await this.#daemon.runNow(name);
    if (answer === 'started' || answer === 'waiting') return 'queued';
    return answer === 'unknown-job' ? 'unknown' : 'already-running';
  }
}

/** Of jobs without windows. */
const NO_TIME = { collected: undefined, periods: [] };
