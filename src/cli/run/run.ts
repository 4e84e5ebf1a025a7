import { collectJob, type RunOptions } from '../../collect/collect-job.ts';
import type { RequestedSpan } from '../../collect/collect-windows.ts';
import type { Job } from '../../config/config.ts';
import { EXIT, type ExitCode, exitCodeOfRun, UsageError, worst } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type Showing, type ShowingFlags, showingOf } from '../shell/showing.ts';
import { spanOf } from '../shell/span.ts';
import { noJobs } from '../shell/text.ts';
import { dryRun } from './dry-run.ts';
import { printJson, printTable, tellDeadLetters, tellFailures, tellHowToGoOn } from './report.ts';
import { type FinishedRuns, runJobs } from './run-jobs.ts';

interface RunFlags extends ShowingFlags {
  readonly all?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly resume?: boolean;
  readonly accept?: boolean;
  readonly allRecords?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const RECORDS_ARE_JSON =
  'Leave --json out: the records of a dry run are printed as JSON already, one document a line.';

/** `run`: collects now, once, and tells what came of it. */
export async function run(names: readonly string[], flags: RunFlags, setting: Setting): Promise<ExitCode> {
  if (flags.dryRun === true && flags.json === true)
    throw new UsageError('--dry-run and --json do not go together', RECORDS_ARE_JSON);
  const jobs = selectJobs(names, flags.all === true, setting);
  if (jobs.length === 0 && setting.config.jobs.length === 0) return tellNoJobs(setting);
  if (flags.accept === true) refuseNothingHeld(jobs);
  const spans = new Map(jobs.map((job) => [job.name, requestedSpan(flags, job)]));
  const finished = await collect(jobs, spans, flags, setting);
  await tell(finished, flags, setting);
  const { results, stopped } = finished;
  return stopped ?? worst([...setting.codesOfProblems(names), ...results.map(exitCodeOfRun)]);
}

/** The records of a dry run are printed job by job. */
const ONE_AT_A_TIME = { maxConcurrentRuns: 1, maxConnections: new Map() };

function collect(
  jobs: readonly Job[],
  spans: ReadonlyMap<string, RequestedSpan | undefined>,
  flags: RunFlags,
  setting: Setting,
): Promise<FinishedRuns> {
  const showing = showingOfRun(flags, setting);
  const optionsOf = (job: Job, usual: RunOptions) => ({
    ...usual,
    span: spans.get(job.name),
    accept: flags.accept === true,
    allRecords: flags.allRecords === true,
  });
  if (flags.dryRun === true) {
    return runJobs(jobs, setting, {
      showing,
      limits: ONE_AT_A_TIME,
      runJob: (job, usual, signal) => dryRun(job, optionsOf(job, usual), setting, signal),
    });
  }
  const runJob = (job: Job, usual: RunOptions, signal: AbortSignal) =>
    collectJob(job, optionsOf(job, usual), signal);
  return runJobs(jobs, setting, { showing, runJob });
}

/** A dry run has its records to show, and keeps nothing that could be looked up later. */
function showingOfRun(flags: RunFlags, { terminal }: Setting): Showing {
  const showing = showingOf(flags, terminal);
  return flags.dryRun === true ? { lines: false, log: flags.quiet !== true } : showing;
}

async function tell(
  { results, remarks }: FinishedRuns,
  flags: RunFlags,
  { config, terminal }: Setting,
): Promise<void> {
  if (flags.dryRun === true) return tellFailures(results, config, terminal);
  if (flags.json === true) await printJson(results, terminal);
  else if (flags.quiet !== true) await printTable(results, config, terminal);
  if (flags.quiet !== true) for (const remark of remarks) terminal.tell(remark);
  const isLogSeen = showingOf(flags, terminal).log;
  // What a program reads as JSON is not told to it twice.
  if (flags.json !== true || !isLogSeen) tellFailures(results, config, terminal);
  if (!isLogSeen) tellDeadLetters(results, terminal);
  tellHowToGoOn(results, flags, terminal);
}

/** Nothing to do is no success where nobody has said what to do; mistakes in job files have been told. */
function tellNoJobs({ config, wrongJobs, terminal }: Setting): ExitCode {
  if (wrongJobs.length === 0) terminal.tell(noJobs(config));
  return EXIT.configuration;
}

function refuseNothingHeld(jobs: readonly Job[]): void {
  const other = jobs.find(({ expect }) => expect.on_violation !== 'hold');
  if (other === undefined) return;
  throw new UsageError(
    `--accept is for jobs that hold back what differs from before; ${other.name} holds nothing back by expect.change`,
    'Leave it out, or set expect.on_violation of the job to hold.',
  );
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
