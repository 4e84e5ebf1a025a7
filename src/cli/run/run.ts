import { FIRST_DATE, LAST_DATE, parseDate, parseDateTime } from '../../calendar/date-time.ts';
import { readingsOf, startOfDate } from '../../calendar/zone.ts';
import { collectJob, type RunOptions } from '../../collect/collect-job.ts';
import type { RequestedSpan } from '../../collect/collect-windows.ts';
import type { Config, Job } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import { EXIT, type ExitCode, exitCodeOfRun, worst } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { bytesText, durationText, remedyText, runJson, table, windowText } from '../shell/text.ts';
import { UsageError } from '../shell/usage-error.ts';
import { dryRun } from './dry-run.ts';
import { runJobs } from './run-jobs.ts';

export interface RunFlags {
  readonly all?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly resume?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `run`: collects now, once, and tells what came of it. */
export async function run(names: readonly string[], flags: RunFlags, setting: Setting): Promise<ExitCode> {
  const { config, terminal } = setting;
  const jobs = selectJobs(names, flags.all === true, setting);
  if (jobs.length === 0 && config.jobs.length === 0) return tellNoJobs(setting);
  const isDry = flags.dryRun === true;
  const spans = new Map(jobs.map((job) => [job.name, requestedSpan(flags, job)]));
  const runJob = (job: Job, usual: RunOptions, signal: AbortSignal) => {
    const options = { ...usual, span: spans.get(job.name) };
    return isDry ? dryRun(job, options, terminal, signal) : collectJob(job, options, signal);
  };
  const { results, stopped } = await runJobs(jobs, setting, runJob, !isDry);
  if (isDry) tellFailures(results, terminal);
  else await tellResults(results, flags, config, terminal);
  if (!isDry) tellHowToGoOn(results, flags, terminal);
  return stopped ?? worst([...setting.codesOfProblems(names), ...results.map(exitCodeOfRun)]);
}

/** Nothing to do is no success where nobody has said what to do; mistakes in job files have been told. */
function tellNoJobs({ config, wrongJobs, terminal }: Setting): ExitCode {
  if (wrongJobs.length === 0) {
    const remedy = `Put a job file, e.g. visits.yaml, into ${config.collectors}, or name the right folder under collectors of ${config.file}.`;
    terminal.tell(`there is no job to run\n${remedyText(remedy)}`);
  }
  return EXIT.configuration;
}

function requestedSpan(flags: RunFlags, job: Job): RequestedSpan | undefined {
  const span = spanOf(flags, job);
  const resume = flags.resume === true;
  if (span !== undefined) return { ...span, resume };
  if (!resume) return undefined;
  throw new UsageError(
    '--resume goes with --from and --to',
    'Give the span of the run that was interrupted; without a span every run goes on by itself.',
  );
}

/** `--from` and `--to` as instants: dates of the job's time zone, or datetimes. */
export function spanOf(
  flags: Pick<RunFlags, 'from' | 'to'>,
  job: Job,
): { from: number; to: number } | undefined {
  if (flags.from === undefined && flags.to === undefined) return undefined;
  if (job.window === undefined) {
    const mode = job.cursor === undefined ? 'how things stand now' : 'what is new';
    throw new UsageError(
      `--from and --to are for jobs with a window; ${job.name} collects ${mode}`,
      `Leave them out${job.cursor === undefined ? '.' : `, or move the position with state set ${job.name}.`}`,
    );
  }
  if (flags.from === undefined || flags.to === undefined) {
    throw new UsageError(
      '--from and --to go together',
      'Give both: --from 2015-01-01 --to 2015-02-01 (--to is excluded).',
    );
  }
  const span = {
    from: instantOf(flags.from, '--from', job.timezone),
    to: instantOf(flags.to, '--to', job.timezone),
  };
  if (span.from < span.to) return span;
  throw new UsageError(
    `--from ${flags.from} is not before --to ${flags.to}`,
    'The span begins at --from and ends before --to.',
  );
}

/** A date of the zone, or a datetime, from 1900 to 9998. Throws UsageError. */
export function instantOf(text: string, option: string, zone: string): number {
  const [date, time] = [parseDate(text), parseDateTime(text)];
  if (date === undefined && time === undefined) {
    throw new UsageError(
      `${option}: expected a date or an instant, got ${JSON.stringify(text)}`,
      'Write 2015-01-01 or 2015-01-01T00:00:00Z.',
    );
  }
  if (text < FIRST_DATE || text.slice(0, LAST_DATE.length) > LAST_DATE) {
    throw new UsageError(
      `${option}: expected a date from ${FIRST_DATE} to ${LAST_DATE}, got ${JSON.stringify(text)}`,
      'Write 2015-01-01 or 2015-01-01T00:00:00Z.',
    );
  }
  if (date !== undefined) return startOfDate(date, zone);
  if (time?.offset !== undefined) return time.wallClock - time.offset;
  return readingsOf(time?.wallClock ?? 0, zone).earlier;
}

async function tellResults(
  results: readonly RunResult[],
  flags: RunFlags,
  config: Config,
  terminal: Terminal,
): Promise<void> {
  if (flags.json === true) {
    await terminal.print(`${JSON.stringify(results.map(runJson), null, 2)}\n`);
    return;
  }
  const zoneOf = (name: string) => config.jobs.find((job) => job.name === name)?.timezone ?? 'UTC';
  const rows = results.map((result) => [
    result.job,
    styledOutcome(result, terminal),
    windowText(result.window, zoneOf(result.job)),
    result.rows,
    result.records,
    result.deadLetters,
    result.requests,
    bytesText(result.bytesSent),
    durationText(result.endedAt - result.startedAt),
  ]);
  const head = ['job', 'outcome', 'window', 'rows', 'records', 'dead letters', 'requests', 'sent', 'time'];
  if (rows.length > 0) await terminal.print(table(head, rows));
  tellFailures(results, terminal);
}

function tellFailures(results: readonly RunResult[], terminal: Terminal): void {
  for (const { job, failure } of results) {
    if (failure !== undefined) terminal.tell(`\n${job}: ${failure.message}\n${remedyText(failure.remedy)}`);
  }
}

/** A span that was asked for is no job's next run: only the same command goes on with it. */
function tellHowToGoOn(results: readonly RunResult[], { from, to }: RunFlags, terminal: Terminal): void {
  if (from === undefined || to === undefined) return;
  for (const { job, outcome } of results) {
    if (outcome !== 'failed' && outcome !== 'interrupted' && outcome !== 'not_ready') continue;
    const command = `pp-db-collector run ${job} --from ${from} --to ${to} --resume`;
    terminal.tell(
      `\n${job}: the span is not collected to its end; to go on where it stopped:\n  ${command}\n`,
    );
  }
}

export function styledOutcome({ outcome }: RunResult, terminal: Terminal): string {
  const style = {
    succeeded: 'green',
    empty: 'green',
    partial: 'yellow',
    not_ready: 'yellow',
    failed: 'red',
    interrupted: 'yellow',
    skipped: 'yellow',
  } as const;
  return terminal.style(style[outcome], outcome);
}
