import { durationText } from '../words/durations.ts';
import { EXIT, type ExitCode } from './shell/exit-codes.ts';
import { jsonText, runJson } from './shell/json.ts';
import { selectJobs } from './shell/select-jobs.ts';
import type { Setting } from './shell/setting.ts';
import { table } from './shell/table.ts';
import { outcomeText, windowText } from './shell/text.ts';
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
  const zoneOf = (job: string) => config.jobs.find((each) => each.name === job)?.timezone ?? 'UTC';
  const rows = runs.map((run) => [
    new Date(run.startedAt).toISOString().slice(0, 19).replace('T', ' '),
    run.job,
    outcomeText(run, terminal),
    windowText(run.window, zoneOf(run.job)),
    run.records,
    run.deadLetters,
    durationText(run.endedAt - run.startedAt),
    run.failure?.message ?? '',
  ]);
  await terminal.print(
    table(['started (UTC)', 'job', 'outcome', 'window', 'records', 'dead letters', 'time', 'failure'], rows),
  );
  return EXIT.success;
}
