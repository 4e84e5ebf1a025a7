import { isoTime } from '../calendar/date-time.ts';
import type { Job } from '../config/config.ts';
import { scheduleInWords } from '../cron/schedule-in-words.ts';
import type { Progress } from '../model/progress.ts';
import type { RunResult } from '../model/run.ts';
import type { State } from '../model/state.ts';
import { nextRuns } from '../schedule/next-runs.ts';
import { EXIT, type ExitCode, worst } from './shell/exit-codes.ts';
import { jsonText } from './shell/json.ts';
import type { Setting } from './shell/setting.ts';
import { table } from './shell/table.ts';
import { localTimeText, outcomeText, progressText } from './shell/text.ts';
import { withState } from './wiring.ts';

export interface JobsFlags {
  readonly next: number;
  readonly json?: boolean;
}

interface JobStatus {
  readonly job: Job;
  /** In words, or why there are none. */
  readonly schedule: string;
  /** Epoch milliseconds. */
  readonly nextRuns: readonly number[];
  readonly lastRun: RunResult | undefined;
  readonly progress: Progress | undefined;
  readonly deadLetters: number;
  readonly pendingRecords: number;
}

/** `jobs`: every job, when it runs next, how it went last and how far it is collected. */
export async function jobs(flags: JobsFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const statuses = await withState(config, (state) => statusesOf(config.jobs, state, flags.next));
  if (flags.json === true) {
    await terminal.print(jsonText(statuses.map(statusJson)));
  } else {
    const head = [
      'job',
      'data set',
      'schedule',
      'next runs',
      'last outcome',
      'collected up to',
      'dead letters',
      'pending',
    ];
    await terminal.print(
      table(
        head,
        statuses.map((status) => statusRow(status, setting)),
      ),
    );
  }
  return worst([EXIT.success, ...setting.codesOfProblems([])]);
}

async function statusesOf(jobs: readonly Job[], state: State, next: number): Promise<JobStatus[]> {
  const standings = await state.standings();
  const now = Date.now();
  const laterStarts = await state.startsAfter(now);
  return Promise.all(
    jobs.map(async (job) => {
      const plan = planOf(job, now, laterStarts.get(job.name) ?? [], next);
      const [lastRun] = await state.runs({ job: job.name, limit: 1 });
      const { progress, deadLetters = 0, pendingRecords = 0 } = standings.get(job.name) ?? {};
      return { job, ...plan, lastRun, progress, deadLetters, pendingRecords };
    }),
  );
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

function statusRow(status: JobStatus, { terminal }: Setting) {
  const { job, schedule, nextRuns, lastRun, progress } = status;
  return [
    job.name,
    `${job.data_set.data_group}/${job.data_set.data_type}`,
    schedule,
    nextRuns.map((tick) => localTimeText(tick, job.timezone)).join(', ') || '–',
    lastRun === undefined ? 'never ran' : outcomeText(lastRun, terminal),
    progressText(progress, job.timezone),
    status.deadLetters,
    status.pendingRecords,
  ];
}

function scheduleText({ enabled, schedule }: Job): string {
  if (!enabled) return 'not enabled';
  return schedule === undefined ? 'only by run' : scheduleInWords(schedule);
}

function statusJson(status: JobStatus) {
  const { job, schedule, nextRuns, lastRun, progress, deadLetters, pendingRecords } = status;
  return {
    job: job.name,
    description: job.description ?? null,
    data_group: job.data_set.data_group,
    data_type: job.data_set.data_type,
    enabled: job.enabled,
    schedule: job.schedule ?? null,
    schedule_in_words: schedule,
    timezone: job.timezone,
    next_runs: nextRuns.map(isoTime),
    last_outcome: lastRun?.outcome ?? null,
    collected_to: progress?.collectedTo === undefined ? null : isoTime(progress.collectedTo),
    cursor: progress?.cursor?.map(({ text }) => text) ?? null,
    dead_letters: deadLetters,
    pending_records: pendingRecords,
  };
}
