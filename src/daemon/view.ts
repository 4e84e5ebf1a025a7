import { DAY } from '../calendar/durations.ts';
import type { Job, WindowJob } from '../config/config.ts';
import { formatProblem } from '../config/problem.ts';
import { nextTick } from '../cron/cron.ts';
import { scheduleInWords } from '../cron/schedule-in-words.ts';
import { hasWindows } from '../model/mode.ts';
import { NO_COUNTS, type RunningRun, type RunResult } from '../model/run.ts';
import type { JobStanding } from '../model/run-memory.ts';
import type { LeaseHolder, State } from '../model/state.ts';
import { collectedTime } from '../schedule/collected-time.ts';
import type {
  DaemonView,
  DuePeriods,
  JobDetail,
  JobView,
  NotReady,
  PageZone,
  ReplicaView,
} from '../status/daemon-view.ts';
import type { Daemon } from './daemon.ts';
import { duePeriods } from './due-periods.ts';
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
  /** Pages are drawn often, and working these out for thousands of jobs takes long. */
  readonly #words = new Map<string, string>();
  readonly #deadlines = new Map<string, { readonly key: string; readonly at: number }>();

  constructor(daemon: Daemon, state: State, { version, now, replicas = () => [] }: ViewSettings) {
    this.replicas = replicas;
    this.#daemon = daemon;
    this.#state = state;
    this.version = version;
    this.now = now;
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
    const holders = await this.#holders();
    const known = [...jobs.values()].map((job) => ({
      ...this.#viewOrProblem(job, standings.get(job.name)),
      runBy: holders.get(job.name)?.holder,
    }));
    return [...known, ...this.#wrongJobs()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Who runs which job, where others might. */
  async #holders(): Promise<ReadonlyMap<string, LeaseHolder>> {
    return this.#daemon.isShared ? await this.#state.holders() : new Map();
  }

  #wrongJobs(): JobView[] {
    return this.#daemon.setup.rejected.map(({ name, problems }) => ({
      ...NOTHING_KNOWN,
      name,
      job: undefined,
      problems: problems.map((problem) => formatProblem(problem, { code: true })),
    }));
  }

  async job(name: string): Promise<JobDetail | undefined> {
    const known = this.#daemon.setup.jobs.get(name);
    await this.#daemon.catchUp();
    const view =
      known === undefined
        ? this.#wrongJobs().find((wrong) => wrong.name === name)
        : {
            ...this.#viewOrProblem(known, (await this.#state.standings()).get(name)),
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

  /** One job must not keep people from seeing the others. */
  #viewOrProblem(job: Job, standing: JobStanding | undefined): JobView {
    const { problem } = this.#daemon.statusOf(job.name) ?? {};
    try {
      if (problem === undefined) return this.#viewOf(job, standing);
      return unschedulableJobView(job, problem);
    } catch (error) {
      return unschedulableJobView(job, error instanceof Error ? error.message : String(error));
    }
  }

  #viewOf(job: Job, standing: JobStanding | undefined): JobView {
    const history = this.#daemon.historyOf(job.name);
    const status = this.#daemon.statusOf(job.name);
    return {
      name: job.name,
      job,
      dashboard: dashboardOf(job, this.#daemon.setup.config.write_api.dashboard_url),
      problems: [],
      scheduleInWords: this.#scheduleOf(job),
      nextRun: status?.delayedUntil ?? status?.nextTick,
      running: runningOf(status?.runningSince, standing),
      runBy: undefined,
      waitingSince: status?.waitingSince,
      ticksSkipped: status?.ticksSkipped ?? 0,
      progress: standing?.progress,
      due: () => dueOf(job, standing?.progress?.collectedTo, this.now()),
      lastRun: history?.lastRun && new ShownTexts(job).run(history.lastRun),
      lastSuccessAt: history?.lastSuccessAt,
      unansweredSince: history?.unansweredSince,
      recovery: this.#daemon.recoveryOf(job.name),
      deadLetters: standing?.deadLetters ?? 0,
      pendingRecords: standing?.pendingRecords ?? 0,
      isStale: this.#isStale(job, history?.lastSuccessAt),
    };
  }

  /** No success for two intervals, since the daemon runs. */
  #isStale({ name, enabled, schedule, timezone }: Job, lastSuccessAt: number | undefined): boolean {
    if (schedule === undefined || !enabled) return false;
    const since = Math.max(lastSuccessAt ?? 0, this.startedAt);
    const key = `${schedule} ${timezone} ${since}`;
    const known = this.#deadlines.get(name);
    const at = known?.key === key ? known.at : secondTick(schedule, timezone, since);
    this.#deadlines.set(name, { key, at });
    return at < this.now();
  }

  /** Undefined, too, for a schedule that came from outside, which the words would tell. */
  #scheduleOf({ schedule, shown }: Job): string | undefined {
    const isOutside = shown !== undefined && shown.schedule !== schedule;
    return schedule === undefined || isOutside ? undefined : this.#wordsOf(schedule);
  }

  #wordsOf(schedule: string): string {
    const words = this.#words.get(schedule) ?? scheduleInWords(schedule);
    this.#words.set(schedule, words);
    return words;
  }
}

/** Undefined, too, for a data set whose name came from outside, which the address would tell. */
function dashboardOf({ data_set, shown }: Job, address: string | undefined): string | undefined {
  const { data_group, data_type } = data_set;
  const named = shown?.data_set ?? data_set;
  if (named.data_group !== data_group || named.data_type !== data_type) return undefined;
  return address?.replaceAll('{data_group}', data_group).replaceAll('{data_type}', data_type);
}

function dueOf(job: Job, collectedTo: number | undefined, now: number): DuePeriods | undefined {
  return collectedTo !== undefined && hasWindows(job) ? duePeriods(job, collectedTo, now) : undefined;
}

/** A job that the daemon can do nothing with. */
function unschedulableJobView({ name, file, shown, ...job }: Job, reason: string): JobView {
  const { schedule = '', timezone = job.timezone } = shown ?? job;
  // The reason tells the schedule or the zone, too.
  const why = shown === undefined ? `: ${reason}` : '';
  const problem = `${file}: its schedule ${schedule} cannot be worked out in ${timezone}${why}`;
  return { ...NOTHING_KNOWN, name, job: undefined, problems: [problem] };
}

/** A run that this process has only just begun is not remembered yet. */
function runningOf(since: number | undefined, standing: JobStanding | undefined): RunningRun | undefined {
  const begun = since === undefined ? undefined : { since, ...NO_COUNTS };
  return standing?.running ?? begun;
}

/** Never, where there is none. */
function secondTick(schedule: string, timezone: string, after: number): number {
  const first = nextTick(schedule, timezone, after);
  const second = first === undefined ? undefined : nextTick(schedule, timezone, first);
  return second ?? Number.POSITIVE_INFINITY;
}

/** Of jobs without windows. */
const NO_TIME = { collected: undefined, periods: [] };

const NOTHING_KNOWN = {
  dashboard: undefined,
  scheduleInWords: undefined,
  nextRun: undefined,
  running: undefined,
  runBy: undefined,
  waitingSince: undefined,
  ticksSkipped: 0,
  progress: undefined,
  due: () => undefined,
  lastRun: undefined,
  lastSuccessAt: undefined,
  unansweredSince: undefined,
  recovery: undefined,
  deadLetters: 0,
  pendingRecords: 0,
  isStale: false,
};
