import { unremembered } from '../../collect/sent-rules.ts';
import type { Job } from '../../config/config.ts';
import type { RejectedJob } from '../../config/load-jobs.ts';
import { scheduleInWords } from '../../cron/schedule-in-words.ts';
import { judgeLateness } from '../../model/judge-lateness.ts';
import { hasWindows } from '../../model/mode.ts';
import type { Progress, Span } from '../../model/progress.ts';
import type { RunningRun, RunResult } from '../../model/run.ts';
import type { State } from '../../model/state.ts';
import type { RememberedVerification } from '../../model/verification.ts';
import { type CollectedTime, collectedTime } from '../../schedule/collected-time.ts';
import { nextRuns } from '../../schedule/next-runs.ts';
import { latenessSaid } from '../../words/lateness.ts';
import { notComparedYet } from '../shell/not-compared-yet.ts';

/** How things stand with each job. */

/** What is remembered of a job. */
export interface Remembered {
  readonly lastRun: RunResult | undefined;
  /** The run that goes on. */
  readonly running: RunningRun | undefined;
  readonly progress: Progress | undefined;
  readonly deadLetters: number;
  readonly pendingRecords: number;
}

export interface JobStatus extends Remembered {
  readonly job: Job;
  /** In words, or why there are none. */
  readonly schedule: string;
  /** Epoch milliseconds. */
  readonly nextRuns: readonly number[];
  /** Undefined of jobs without windows. */
  readonly collected: CollectedTime | undefined;
  /** Why `expect.change` compares nothing yet; undefined: it does, or is not set. */
  readonly notCompared: string | undefined;
  /** How late its records come, as a clause; undefined of jobs without windows. */
  readonly lateness: string | undefined;
  /** The newest; undefined: none. */
  readonly verification: RememberedVerification | undefined;
}

/** A job that cannot run, because its file is wrong. */
export interface WrongJobStatus extends Remembered {
  readonly name: string;
  readonly mistakes: number;
}

export async function statusesOf(jobs: readonly Job[], state: State, next: number): Promise<JobStatus[]> {
  const remembered = await rememberedIn(state);
  const verifications = await state.newestVerifications();
  const now = Date.now();
  const laterStarts = await state.startsAfter(now);
  return Promise.all(
    jobs.map(async (job) => {
      const spans = hasWindows(job) ? await state.collectedOf(job.name) : [];
      const known = await remembered(job.name);
      const { progress } = known;
      const times = timesOf(job, {
        now,
        next,
        progress,
        spans,
        laterStarts: laterStarts.get(job.name) ?? [],
      });
      const notCompared = await notComparedYet(job, state, now);
      const lateness = await latenessText(job, state);
      const verification = verifications.get(job.name);
      return { job, ...times, ...known, notCompared, lateness, verification };
    }),
  );
}

async function latenessText(job: Job, state: State): Promise<string | undefined> {
  if (!hasWindows(job)) return undefined;
  const { measured, advice } = latenessSaid(
    judgeLateness(await state.latenessOf(job.name), job.window),
    unremembered(job),
  );
  return advice === undefined ? measured : `${measured}; ${advice}`;
}

export async function wrongStatusesOf(
  rejected: readonly RejectedJob[],
  state: State,
): Promise<WrongJobStatus[]> {
  const remembered = await rememberedIn(state);
  return Promise.all(
    rejected.map(async ({ name, problems }) => {
      const mistakes = problems.filter(({ severity }) => severity === 'error').length;
      return { name, mistakes, ...(await remembered(name)) };
    }),
  );
}

async function rememberedIn(state: State): Promise<(job: string) => Promise<Remembered>> {
  const standings = await state.standings();
  return async (job) => {
    const [lastRun] = await state.runs({ job, limit: 1 });
    const { progress, running, deadLetters = 0, pendingRecords = 0 } = standings.get(job) ?? {};
    return { lastRun, running, progress, deadLetters, pendingRecords };
  };
}

interface Facts {
  readonly now: number;
  /** How many ticks are asked for. */
  readonly next: number;
  readonly laterStarts: readonly number[];
  readonly progress: Progress | undefined;
  readonly spans: readonly Span[];
}

/** One job whose schedule or zone cannot be worked out must not keep people from seeing the others. */
function timesOf(
  job: Job,
  { now, next, laterStarts, progress, spans }: Facts,
): Pick<JobStatus, 'schedule' | 'nextRuns' | 'collected'> {
  try {
    const ticks = job.enabled ? nextRuns(job, now, laterStarts, next) : [];
    const collected = hasWindows(job) ? collectedTime(job, spans, progress, now) : undefined;
    return { schedule: scheduleText(job), nextRuns: ticks, collected };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { schedule: `cannot be worked out: ${reason}`, nextRuns: [], collected: undefined };
  }
}

function scheduleText({ enabled, schedule }: Job): string {
  if (!enabled) return 'not enabled';
  return schedule === undefined ? 'only by run' : scheduleInWords(schedule);
}
