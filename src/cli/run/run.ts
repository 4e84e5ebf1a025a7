import { collectJob, type RunOptions } from '../../collect/collect-job.ts';
import type { RequestedSpan } from '../../collect/collect-windows.ts';
import type { Route } from '../../collect/run-context.ts';
import type { Config, Job } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import type { Target } from '../../model/target.ts';
import { bytesText } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { EXIT, type ExitCode, exitCodeOfRun, UsageError, worst } from '../shell/exit-codes.ts';
import { jsonText, runJson } from '../shell/json.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { spanOf } from '../shell/span.ts';
import { table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { outcomeText, progressText, remedyText, windowText } from '../shell/text.ts';
import { withState } from '../wiring.ts';
import { runJobs } from './run-jobs.ts';

/** The same run with nothing sent and nothing remembered: records go to standard output, one JSON document a line. */
function dryRun(job: Job, options: RunOptions, terminal: Terminal, signal: AbortSignal): Promise<RunResult> {
  return withState({ state: { memory: true } }, async (state) => {
    await state.setProgress(job.name, await options.state.progressOf(job.name));
    const route = () => printing(job, options.route(), terminal);
    const result = await collectJob(job, { ...options, state, route }, signal);
    const progress = progressText(await state.progressOf(job.name), job.timezone);
    if (result.failure === undefined)
      terminal.tell(`${job.name}: progress that would be stored: ${progress}\n`);
    return result;
  });
}

function printing(job: Job, route: Route, terminal: Terminal): Route {
  const target: Target = {
    async post(batch) {
      const lines = batch.texts().map((json) => `${json}\n`);
      await terminal.print(lines.join(''));
      return { requests: 0, bytesSent: 0, refused: [] };
    },
    async empty() {
      terminal.tell(`${job.name}: the data set would be emptied here\n`);
      return { requests: 0, bytesSent: 0 };
    },
  };
  return { ...route, target, limits: { ...route.limits, requests_in_flight: 1 } };
}

interface RunFlags {
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
    const remedy =
      `Put a job file, e.g. visits.yaml, into ${config.collectors}, or name the right folder under collectors of ` +
      `${config.file}.`;
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

async function tellResults(
  results: readonly RunResult[],
  flags: RunFlags,
  config: Config,
  terminal: Terminal,
): Promise<void> {
  if (flags.json === true) {
    await terminal.print(jsonText(results.map(runJson)));
    return;
  }
  const zoneOf = (name: string) => config.jobs.find((job) => job.name === name)?.timezone ?? 'UTC';
  const rows = results.map((result) => [
    result.job,
    outcomeText(result, terminal),
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
