import { SECOND } from '../calendar/durations.ts';
import { unremembered } from '../collect/sent-rules.ts';
import type { CursorJob, Job, WindowJob } from '../config/config.ts';
import { type JudgedLateness, judgeLateness } from '../model/judge-lateness.ts';
import { type Lateness, lateAt } from '../model/lateness.ts';
import { hasWindows, standsAtRow } from '../model/mode.ts';
import { longerLag, type RowsBehind } from '../model/rows-behind.ts';
import { latenessDocument } from '../status/lateness-document.ts';
import { sentence } from '../words/counts.ts';
import { agesText, latenessSaid, percentText } from '../words/lateness.ts';
import { rowsBehindSaid } from '../words/rows-behind.ts';
import { EXIT, type ExitCode } from './shell/exit-codes.ts';
import { jsonText } from './shell/json.ts';
import { selectJobs } from './shell/select-jobs.ts';
import type { Setting } from './shell/setting.ts';
import { table } from './shell/table.ts';
import type { Terminal } from './shell/terminal.ts';
import { noJobs, remedyText } from './shell/text.ts';
import { withState } from './wiring.ts';

export interface AdviseFlags {
  readonly json?: boolean;
}

interface Known {
  readonly job: Job;
  readonly lateness: Lateness | undefined;
  readonly behind: RowsBehind | undefined;
}

/** `advise`: how late records of jobs came, and what their lookback or lag could be. */
export async function advise(
  names: readonly string[],
  flags: AdviseFlags,
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  const chosen = names.length === 0 ? config.jobs : selectJobs(names, false, setting);
  const all = await withState(config, (state) =>
    Promise.all(
      chosen.map(async (job) => ({
        job,
        lateness: await state.latenessOf(job.name),
        behind: await state.rowsBehindOf(job.name),
      })),
    ),
  );
  if (flags.json === true) await terminal.print(jsonText(all.map(adviceJson)));
  else if (all.length === 0) terminal.tell(noJobs(config));
  else await terminal.page(all.map((each) => adviceText(each, terminal)).join('\n'));
  return EXIT.success;
}

function adviceText({ job, lateness, behind }: Known, terminal: Terminal): string {
  const title = `${terminal.style('bold', job.name)}\n`;
  if (standsAtRow(job)) {
    const { measured, advice } = rowsBehindSaid(behind, job.cursor.lag, behind && longerLag(behind));
    return `${title}${sentence(measured)}\n${remedyText(advice && sentence(advice))}`;
  }
  if (!hasWindows(job)) return `${title}${NO_WINDOWS}\n`;
  const judged = judgeLateness(lateness, job.window);
  const { measured, advice } = latenessSaid(judged, unremembered(job));
  return `${title}${sentence(measured)}\n${agesTable(judged, terminal)}${remedyText(advice && sentence(advice))}`;
}

const NO_WINDOWS = 'It collects no periods again, so there is no lookback to advise on.';

const BAR = { most: 20, signs: ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] } as const;

/** A line for each age at which something came; that of the most has the longest bar. */
function agesTable({ known, length }: JudgedLateness, terminal: Terminal): string {
  const late = (known?.ages ?? [])
    .map((each) => ({ ...each, late: lateAt(each) }))
    .filter((each) => each.late > 0);
  if (late.length === 0) return '';
  const most = Math.max(...late.map((each) => each.late));
  const rows = late.map(({ age, appeared, changed, vanished, share, late }) => [
    ...[agesText(age, length), appeared, changed, vanished, percentText(share)],
    barText(late / most),
  ]);
  return table(['late by', 'new', 'changed', 'gone', 'there by then', ''], rows, terminal.width);
}

/** @param share of the longest bar */
function barText(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR.most * 8));
  return `${'█'.repeat(Math.floor(eighths / 8))}${BAR.signs[eighths % 8]}`;
}

const adviceJson = ({ job, lateness, behind }: Known) => ({
  job: job.name,
  mode: job.mode,
  ...(hasWindows(job) ? windowJson(job, lateness) : { lateness: null }),
  ...(standsAtRow(job) ? cursorJson(job, behind) : {}),
});

const windowJson = ({ window }: WindowJob, lateness: Lateness | undefined) => ({
  lookback: window.lookback,
  lateness: latenessDocument(judgeLateness(lateness, window)),
});

/** Durations are in seconds. */
function cursorJson({ cursor: { lag } }: CursorJob, known: RowsBehind | undefined) {
  const seconds = (duration: number | undefined) => (duration === undefined ? null : duration / SECOND);
  if (known?.lag !== lag) return { lag: seconds(lag), behind: null };
  const { looks, rows, behind, late } = known;
  const raiseTo = seconds(longerLag(known));
  return {
    lag: seconds(lag),
    behind: { looks, rows, appeared: behind, late: seconds(late), raise_to: raiseTo },
  };
}
