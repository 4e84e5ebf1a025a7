import { isoTime } from '../../calendar/date-time.ts';
import { collectedDocument, runningDocument } from '../../status/job-documents.ts';
import { verificationDocument } from '../../status/verification-document.ts';
import { counted } from '../../words/counts.ts';
import { EXIT, type ExitCode, worst } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type Column, table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { noJobs, outcomeText, progressText } from '../shell/text.ts';
import { withState } from '../wiring.ts';
import { jobDetails, nextRunsText, runningNow } from './details.ts';
import {
  type JobStatus,
  type Remembered,
  statusesOf,
  type WrongJobStatus,
  wrongStatusesOf,
} from './job-status.ts';

export interface JobsFlags {
  readonly next: number;
  readonly json?: boolean;
}

const columnsIn = (clock: string): (string | Column)[] => [
  'job',
  { name: 'data set', worth: 1 },
  { name: 'schedule', worth: 3, narrow: 'wrap' },
  { name: `next runs (${clock})`, worth: 5, narrow: 'wrap' },
  'last outcome',
  { name: 'collected up to', worth: 6, narrow: 'wrap' },
  { name: 'dead letters', worth: 4 },
  { name: 'pending', worth: 2 },
];

/** `jobs`: every job, when it runs next, how it went last and how far it is collected; or everything of one. */
export async function jobs(name: string | undefined, flags: JobsFlags, setting: Setting): Promise<ExitCode> {
  const { config, rejectedJobs, terminal } = setting;
  const clock = config.schedule.timezone;
  const chosen = name === undefined ? config.jobs : selectJobs([name], false, setting);
  const wrong = rejectedJobs.filter((job) => name === undefined || name === job.name);
  const { statuses, wrongStatuses } = await withState(config, async (state) => ({
    statuses: await statusesOf(chosen, state, flags.next),
    wrongStatuses: await wrongStatusesOf(wrong, state),
  }));
  if (flags.json === true) {
    const documents = [...statuses.map(statusJson), ...wrongStatuses.map(wrongStatusJson)];
    await terminal.print(jsonText(documents.toSorted((a, b) => byName(a.job, b.job))));
  } else if (name !== undefined) {
    for (const status of statuses) await terminal.show(jobDetails(status, clock, terminal));
  } else {
    const rows = [
      ...statuses.map((status) => statusRow(status, clock, terminal)),
      ...wrongStatuses.map((status) => wrongStatusRow(status, clock, terminal)),
    ];
    if (rows.length === 0) terminal.tell(noJobs(config));
    else {
      rows.sort(([a], [b]) => byName(String(a), String(b)));
      await terminal.page(table(columnsIn(clock), rows, terminal.width));
    }
  }
  return worst([EXIT.success, ...setting.codesOfProblems(name === undefined ? [] : [name])]);
}

const byName = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function statusRow(status: JobStatus, clock: string, terminal: Terminal) {
  const { job, schedule } = status;
  const dataSet = `${job.data_set.data_group}/${job.data_set.data_type}`;
  return [
    job.name,
    dataSet,
    schedule,
    nextRunsText(status, clock),
    ...rememberedCells(
      status,
      progressText(status.progress, job.timezone, clock),
      terminal,
      gapsText(status),
    ),
  ];
}

/** Behind the time up to which a job is collected. */
function gapsText({ collected }: JobStatus): string {
  const gaps = collected?.gaps.length ?? 0;
  return gaps === 0 ? '' : ` (${counted(gaps, 'gap')})`;
}

function wrongStatusRow(
  { name, mistakes, ...remembered }: WrongJobStatus,
  clock: string,
  terminal: Terminal,
) {
  const reason = terminal.style('red', `cannot run: ${counted(mistakes, 'mistake')} in its file`);
  return [
    name,
    '–',
    reason,
    '–',
    ...rememberedCells(remembered, progressText(remembered.progress, clock), terminal),
  ];
}

const rememberedCells = (
  { lastRun, running, deadLetters, pendingRecords }: Remembered,
  collectedTo: string,
  terminal: Terminal,
  gaps = '',
) => [
  runningNow(running) ?? (lastRun === undefined ? 'never ran' : outcomeText(lastRun, terminal)),
  `${collectedTo}${gaps}`,
  deadLetters,
  pendingRecords,
];

function statusJson(status: JobStatus) {
  const { job, schedule, nextRuns } = status;
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
    ...rememberedJson(status),
    ...collectedDocument(status.collected),
    verification: verificationDocument(status.verification),
    mistakes: 0,
  };
}

function wrongStatusJson(status: WrongJobStatus) {
  const nothing = { description: null, data_group: null, data_type: null, enabled: null, schedule: null };
  const unknown = { ...nothing, schedule_in_words: null, timezone: null, next_runs: [] };
  return {
    job: status.name,
    ...unknown,
    ...rememberedJson(status),
    ...collectedDocument(undefined),
    verification: null,
    mistakes: status.mistakes,
  };
}

const rememberedJson = ({ lastRun, running, progress, deadLetters, pendingRecords }: Remembered) => ({
  last_outcome: lastRun?.outcome ?? null,
  running: running === undefined ? null : runningDocument(running, Date.now()),
  collected_to: progress?.collectedTo === undefined ? null : isoTime(progress.collectedTo),
  cursor: progress?.cursor?.map(({ text }) => text) ?? null,
  dead_letters: deadLetters,
  pending_records: pendingRecords,
});
