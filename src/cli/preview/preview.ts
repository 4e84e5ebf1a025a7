import { type Preview, previewedWindows, previewRows } from '../../advice/preview-rows.ts';
import type { Job } from '../../config/config.ts';
import { hasWindows, TRAITS } from '../../model/mode.ts';
import type { Span } from '../../model/progress.ts';
import type { Window } from '../../schedule/window.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type SpanFlags, spanOf } from '../shell/span.ts';
import { withStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import { remedyText } from '../shell/text.ts';
import { withStations } from '../wiring.ts';
import { previewJson } from './preview-json.ts';
import { previewText } from './preview-text.ts';
import { windowInWords } from './window-in-words.ts';

interface PreviewFlags extends SpanFlags {
  readonly json?: boolean;
  readonly records?: boolean;
  readonly rows: number;
}

/** `preview`: runs the query of one job and shows the records that its rows become; sends nothing. */
export async function preview(name: string, flags: PreviewFlags, setting: Setting): Promise<ExitCode> {
  const { terminal } = setting;
  const [job] = selectJobs([name], false, setting);
  if (job === undefined) return EXIT.configuration;
  const now = Date.now();
  const asked = spanOf(flags, job);
  const windows = windowsOf(job, asked, now);
  return withStop(async ({ signal, exitCode }) => {
    const previewed = await withStations(setting, (stations) =>
      previewRows(job, windows.at(-1), flags.rows, stations.routeOf(job), signal),
    );
    const shown = `${job.name}: ${whatIsShown(job, windows, asked !== undefined, now)}\n`;
    const isData = flags.json === true || flags.records === true;
    if (isData && asked !== undefined && windows.length > 1) terminal.tell(shown);
    if (flags.json === true) await terminal.print(jsonText(previewJson(previewed)));
    else if (flags.records === true) await printRecords(previewed, terminal);
    else await terminal.page(`${shown}${previewText(previewed, terminal)}`);
    return exitCode() ?? EXIT.success;
  });
}

function windowsOf(job: Job, span: Span | undefined, now: number): readonly Window[] {
  if (!hasWindows(job)) return [];
  const windows = previewedWindows(job, span, now);
  if (windows.length > 0) return windows;
  throw new UsageError(
    `${job.name}: there is no period that is over`,
    'Give a span in the past with --from and --to.',
  );
}

function whatIsShown(job: Job, windows: readonly Window[], isAsked: boolean, now: number): string {
  if (hasWindows(job)) return windowInWords(job, windows, isAsked, now);
  const { collects, standsAtRow } = TRAITS[job.mode];
  return standsAtRow ? `${collects} to its first run` : collects;
}

/** As they would be sent, one JSON document a line. */
async function printRecords({ rows }: Preview, terminal: Terminal): Promise<void> {
  for (const [index, { record, problem }] of rows.entries()) {
    if (record !== undefined) await terminal.print(`${record.json}\n`);
    else if (problem !== undefined)
      terminal.tell(`row ${index + 1}: ${problem.message}\n${remedyText(problem.remedy)}`);
  }
}
