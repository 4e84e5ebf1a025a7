import type { Job } from '../config/config.ts';
import { formatProblem } from '../config/problem.ts';
import { nextTick } from '../cron/cron.ts';
import { scheduleInWords } from '../cron/schedule-in-words.ts';
import { hasWindows } from '../model/mode.ts';
import { NO_COUNTS, type RunningRun } from '../model/run.ts';
import type { JobStanding } from '../model/run-memory.ts';
import { verificationOf } from '../model/scheduled-name.ts';
import type { DuePeriods, JobView } from '../status/daemon-view.ts';
import type { Daemon } from './daemon.ts';
import { duePeriods } from './due-periods.ts';
import { ShownTexts } from './shown-texts.ts';

/** What the status pages see of each job of a daemon. */
export class JobViews {
  readonly #daemon: Daemon;
  readonly #now: () => number;
  /** Pages are drawn often, and working these out for thousands of jobs takes long. */
  readonly #words = new Map<string, string>();
  readonly #deadlines = new Map<string, { readonly key: string; readonly at: number }>();

  /** @param now epoch milliseconds */
  constructor(daemon: Daemon, now: () => number) {
    this.#daemon = daemon;
    this.#now = now;
  }

  /** One job must not keep people from seeing the others. */
  of(job: Job, standing: JobStanding | undefined): JobView {
    const { problem } = this.#daemon.statusOf(job.name) ?? {};
    try {
      if (problem === undefined) return this.#viewOf(job, standing);
      return unschedulableJobView(job, problem);
    } catch (error) {
      return unschedulableJobView(job, error instanceof Error ? error.message : String(error));
    }
  }

  /** Of files that are no jobs: what is wrong with them. */
  ofRejected(): readonly JobView[] {
    return this.#daemon.setup.rejected.map(({ name, problems }) => ({
      ...NOTHING_KNOWN,
      name,
      job: undefined,
      problems: problems.map((problem) => formatProblem(problem, { code: true })),
    }));
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
      due: () => dueOf(job, standing?.progress?.collectedTo, this.#now()),
      lastRun: history?.lastRun && new ShownTexts(job).run(history.lastRun),
      lastSuccessAt: history?.lastSuccessAt,
      unansweredSince: history?.unansweredSince,
      recovery: this.#daemon.recoveryOf(job.name),
      deadLetters: standing?.deadLetters ?? 0,
      pendingRecords: standing?.pendingRecords ?? 0,
      verification: undefined,
      nextVerification: this.#daemon.statusOf(verificationOf(job.name))?.nextTick,
      isStale: this.#isStale(job, history?.lastSuccessAt),
    };
  }

  /** No success for two intervals, since the daemon runs. */
  #isStale({ name, enabled, schedule, timezone }: Job, lastSuccessAt: number | undefined): boolean {
    if (schedule === undefined || !enabled) return false;
    const since = Math.max(lastSuccessAt ?? 0, this.#daemon.startedAt);
    const key = `${schedule} ${timezone} ${since}`;
    const known = this.#deadlines.get(name);
    const at = known?.key === key ? known.at : secondTick(schedule, timezone, since);
    this.#deadlines.set(name, { key, at });
    return at < this.#now();
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
  verification: undefined,
  nextVerification: undefined,
  isStale: false,
};
