import type { Job } from '../../config/config.ts';
import type { RejectedJob } from '../../config/load-jobs.ts';
import { scheduleInWords } from '../../cron/schedule-in-words.ts';
import type { Progress } from '../../model/progress.ts';
import type { RunningRun, RunResult } from '../../model/run.ts';
import type { State } from '../../model/state.ts';
import { nextRuns } from '../../schedule/next-runs.ts';

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
}

/** A job that cannot run, because its file is wrong. */
export interface WrongJobStatus extends Remembered {
  readonly name: string;
  readonly mistakes: number;
}

export async function statusesOf(jobs: readonly Job[], state: State, next: number): Promise<JobStatus[]> {
  const remembered = await rememberedIn(state);
  const now = Date.now();
  const laterStarts = await state.startsAfter(now);
  return Promise.all(
    jobs.map(async (job) => {
      const plan = planOf(job, now, laterStarts.get(job.name) ?? [], next);
      return { job, ...plan, ...(await remembered(job.name)) };
    }),
  );
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

/** One job whose schedule cannot be worked out must not keep people from seeing the others. */
function planOf(job: Job, now: number, laterStarts: readonly number[], next: number) {
  try {
    const ticks = job.enabled ? nextRuns(job, now, laterStarts, next) : [];
    return { schedule: scheduleText(job), nextRuns: ticks };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { schedule: `cannot be worked out: ${reason}`, nextRuns: [] };
  }
}

function scheduleText({ enabled, schedule }: Job): string {
  if (!enabled) return 'not enabled';
  return schedule === undefined ? 'only by run' : scheduleInWords(schedule);
}
