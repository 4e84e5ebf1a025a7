import type { Config } from '../config/config.ts';
import type { RunResult } from '../model/run.ts';
import { durationText } from '../words/durations.ts';
import { inOneLine } from '../words/printable.ts';
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

/** `history`: past runs, newest first. */
export async function history(
  name: string | undefined,
  flags: HistoryFlags,
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  if (name !== undefined) selectJobs([name], false, setting);
  const chosen = { job: name, failedOnly: flags.failed === true, limit: flags.limit };
  const runs = await withState(config, (state) => state.runs(chosen));
  if (flags.json === true) {
    await terminal.print(jsonText(runs.map(runJson)));
    return EXIT.success;
  }
  if (runs.length === 0) terminal.tell(noRuns(name, flags));
  else await terminal.page(historyTable(runs, config, terminal));
  return EXIT.success;
}

function noRuns(name: string | undefined, { failed }: HistoryFlags): string {
  const whose = name === undefined ? 'no job has' : `${name} has not`;
  if (failed === true) return `no run ${name === undefined ? '' : `of ${name} `}has failed\n`;
  const remedy = `pp-db-collector run ${name ?? '--all'}, or start, which runs jobs by their schedules`;
  return `${whose} run yet\n${remedyText(remedy)}`;
}

const COLUMNS = [
  'started (UTC)',
  'job',
  'outcome',
  { name: 'window', worth: 3, narrow: 'wrap' },
  { name: 'records', worth: 4 },
  { name: 'dead letters', worth: 2 },
  { name: 'time', worth: 1 },
  { name: 'failure', narrow: 'wrap', least: 24 },
] as const;

function historyTable(runs: readonly RunResult[], { jobs }: Config, terminal: Terminal): string {
  const zoneOf = (name: string) => jobs.find((job) => job.name === name)?.timezone ?? 'UTC';
  const rows = runs.map((run) => [
    new Date(run.startedAt).toISOString().slice(0, 19).replace('T', ' '),
    run.job,
    outcomeText(run, terminal),
    windowText(run.window, zoneOf(run.job)),
    run.records,
    run.deadLetters,
    durationText(run.endedAt - run.startedAt),
    inOneLine(run.failure?.message ?? ''),
  ]);
  return table(COLUMNS, rows, terminal.width);
}
