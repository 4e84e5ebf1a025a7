import type { RunResult } from '../collect/interfaces.ts';
import type { Job } from '../config/config.ts';
import { nextTicks } from '../schedule/cron.ts';
import { EXIT, type ExitCode, worst } from './exit-codes.ts';
import { styledOutcome } from './run.ts';
import type { Setting } from './setting.ts';
import { localTimeText, table } from './text.ts';
import { openState } from './wiring.ts';

export interface JobsFlags {
  readonly next: number;
  readonly json?: boolean;
}

interface JobStatus {
  readonly job: Job;
  readonly nextRuns: readonly Date[];
  readonly lastRun: RunResult | undefined;
  /** Epoch milliseconds. */
  readonly collectedTo: number | undefined;
}

/** `jobs`: every job, when it runs next, how it went last and how far it is collected. */
export async function jobs(flags: JobsFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const state = openState(config);
  const statuses = config.jobs.map((job): JobStatus => {
    const ticks =
      job.enabled && job.schedule ? nextTicks(job.schedule, job.timezone, new Date(), flags.next) : [];
    const [lastRun] = state.runs({ job: job.name, limit: 1 });
    return { job, nextRuns: ticks, lastRun, collectedTo: state.progressOf(job.name) };
  });
  state.close();
  if (flags.json === true) {
    await terminal.print(`${JSON.stringify(statuses.map(statusJson), null, 2)}\n`);
  } else {
    const head = ['job', 'data set', 'schedule', 'next runs', 'last outcome', 'collected up to'];
    await terminal.print(
      table(
        head,
        statuses.map((status) => statusRow(status, setting)),
      ),
    );
  }
  return worst([EXIT.success, ...setting.codesOfProblems([])]);
}

function statusRow({ job, nextRuns, lastRun, collectedTo }: JobStatus, { terminal }: Setting): string[] {
  return [
    job.name,
    `${job.data_set.data_group}/${job.data_set.data_type}`,
    job.enabled ? (job.schedule ?? 'only by run') : 'not enabled',
    nextRuns.map((tick) => localTimeText(tick.getTime(), job.timezone)).join(', ') || '–',
    lastRun === undefined ? 'never ran' : styledOutcome(lastRun, terminal),
    collectedTo === undefined ? '–' : localTimeText(collectedTo, job.timezone),
  ];
}

function statusJson({ job, nextRuns, lastRun, collectedTo }: JobStatus) {
  return {
    job: job.name,
    description: job.description ?? null,
    data_group: job.data_set.data_group,
    data_type: job.data_set.data_type,
    enabled: job.enabled,
    schedule: job.schedule ?? null,
    timezone: job.timezone,
    next_runs: nextRuns.map((tick) => tick.toISOString()),
    last_outcome: lastRun?.outcome ?? null,
    collected_to: collectedTo === undefined ? null : new Date(collectedTo).toISOString(),
  };
}
