import { previewedWindow, previewRows } from '../../advice/preview-rows.ts';
import type { Job } from '../../config/config.ts';
import type { Window } from '../../schedule/window.ts';
import { UsageError } from '../shell/errors.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type SpanFlags, spanOf } from '../shell/span.ts';
import { withStop } from '../shell/stop-signals.ts';
import { withStations } from '../wiring.ts';
import { previewJson, previewTexts } from './text.ts';

export interface PreviewFlags extends SpanFlags {
  readonly json?: boolean;
  readonly rows: number;
}

/** `preview`: runs the query of one job and shows rows beside the records that they become; sends nothing. */
export async function preview(name: string, flags: PreviewFlags, setting: Setting): Promise<ExitCode> {
  const { terminal } = setting;
  const [job] = selectJobs([name], false, setting);
  if (job === undefined) return EXIT.configuration;
  const window = windowOf(job, flags);
  return withStop(async ({ signal, exitCode }) => {
    const previewed = await withStations(setting, (stations) =>
      previewRows(job, window, flags.rows, stations.routeOf(job), signal),
    );
    if (flags.json === true) await terminal.print(jsonText(previewJson(previewed)));
    else for (const text of previewTexts(previewed, terminal)) await terminal.print(text);
    return exitCode() ?? EXIT.success;
  });
}

function windowOf(job: Job, flags: SpanFlags): Window | undefined {
  const span = spanOf(flags, job);
  if (job.window === undefined) return undefined;
  const window = previewedWindow(job, span, Date.now());
  if (window !== undefined) return window;
  throw new UsageError(
    `${job.name}: there is no period that is over`,
    'Give a span in the past with --from and --to.',
  );
}
