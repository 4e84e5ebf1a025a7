import { isoSeconds } from '../calendar/date-time.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { Config } from '../config/config.ts';
import type { RunningRun, RunResult } from '../model/run.ts';
import { runningDocument } from '../status/job-documents.ts';
import { durationText } from '../words/durations.ts';
import { inOneLine } from '../words/printable.ts';
import { runningText } from '../words/running.ts';
import { EXIT, type ExitCode } from './shell/exit-codes.ts';
import { jsonText, runJson } from './shell/json.ts';
import { selectJobs } from './shell/select-jobs.ts';
import type { Setting } from './shell/setting.ts';
import { table } from './shell/table.ts';
import type { Terminal } from './shell/terminal.ts';
import { outcomeText, remedyText, windowText } from './shell/text.ts';
import { withState } from './wiring.ts';

export interface HistoryFlags {
  readonly failed?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

/** `history`: past runs, newest first, behind those that go on. */
export async function history(
  name: string | undefined,
  flags: HistoryFlags,
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  if (name !== undefined) selectJobs([name], false, setting);
  const chosen = { job: name, failedOnly: flags.failed === true, limit: flags.limit };
  const [running, runs] = await withState(config, async (state) => {
    const all = flags.failed === true ? [] : [...(await state.running())];
    return [all.filter(([job]) => name === undefined || job === name), await state.runs(chosen)] as const;
  });
  const newest = running.sort(([, one], [, other]) => other.since - one.since).slice(0, flags.limit);
  const past = runs.slice(0, flags.limit - newest.length);
  const now = Date.now();
  if (flags.json === true) {
    const goingOn = newest.map(([job, run]) => runningJson(job, run, now));
    await terminal.print(jsonText([...goingOn, ...past.map(runJson)]));
    return EXIT.success;
  }
  const rows = [
    ...newest.map(([job, run]) => runningRow(job, run, config.schedule.timezone, now)),
    ...past.map((run) => pastRow(run, config, terminal)),
  ];
  if (rows.length === 0) terminal.tell(noRuns(name, flags));
  else await terminal.page(table(columnsIn(config.schedule.timezone), rows, terminal.width));
  return EXIT.success;
}

function noRuns(name: string | undefined, { failed }: HistoryFlags): string {
  const whose = name === undefined ? 'no job has' : `${name} has not`;
  if (failed === true) return `no run ${name === undefined ? '' : `of ${name} `}has failed\n`;
  const remedy = `Run \`pp-db-collector run ${name ?? '--all'}\`, or \`pp-db-collector start\`, which runs jobs by their schedules.`;
  return `${whose} run yet\n${remedyText(remedy)}`;
}

const columnsIn = (zone: string) => [
  `started (${zone})`,
  'job',
  'outcome',
  { name: 'window', worth: 4, narrow: 'wrap' } as const,
  { name: 'records', worth: 5 },
  { name: 'unchanged', worth: 1 },
  { name: 'dead letters', worth: 3 },
  { name: 'time', worth: 2 },
  { name: 'failure', narrow: 'wrap', least: 24 } as const,
];

function pastRow(run: RunResult, { jobs, schedule }: Config, terminal: Terminal) {
  const clock = schedule.timezone;
  const zone = jobs.find((job) => job.name === run.job)?.timezone ?? clock;
  return [
    secondText(run.startedAt, clock),
    run.job,
    outcomeText(run, terminal),
    windowText(run.window, zone, clock),
    run.records,
    run.unchanged,
    run.deadLetters,
    durationText(run.endedAt - run.startedAt),
    inOneLine(run.failure?.message ?? ''),
  ];
}

/** Where a run that has ended tells of its failure, how far it is. */
const runningRow = (job: string, run: RunningRun, zone: string, now: number) => [
  secondText(run.since, zone),
  job,
  'running',
  '–',
  run.records,
  run.unchanged,
  run.deadLetters,
  durationText(now - run.since),
  runningText(run, now) ?? '',
];

const secondText = (instant: number, zone: string): string =>
  isoSeconds(wallClockAt(instant, zone)).slice(0, 19).replace('T', ' ');

/** The keys of a run that has ended, as far as they are known, and how far it is. */
function runningJson(job: string, run: RunningRun, now: number): Record<string, unknown> {
  const { since, ...soFar } = runningDocument(run, now);
  const unknown = { ended_at: null, window: null, failure: null };
  return { job, outcome: 'running', started_at: since, ...soFar, ...unknown };
}
