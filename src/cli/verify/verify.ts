import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { failureOf } from '../../collect/failures.ts';
import type { Job } from '../../config/config.ts';
import { TRAITS } from '../../model/mode.ts';
import type { RunResult } from '../../model/run.ts';
import type { State } from '../../model/state.ts';
import { agrees } from '../../model/verification.ts';
import { logRuns } from '../../observe/log-events.ts';
import { NotReadableError, NotRemovableError } from '../../verify/failures.ts';
import type { LookProgress } from '../../verify/look.ts';
import { jobsBeside, jobsInSums } from '../../verify/own-records.ts';
import type { VerifyOptions } from '../../verify/prepare.ts';
import { type Repair, repairJob } from '../../verify/repair.ts';
import { repairSums } from '../../verify/repair-sums.ts';
import { type Verified, verifyJob } from '../../verify/verify-job.ts';
import { type VerifiedSums, verifySums } from '../../verify/verify-sums.ts';
import { canAsk } from '../shell/ask.ts';
import { confirmed } from '../shell/confirm.ts';
import {
  EXIT,
  type ExitCode,
  exitCodeOfError,
  exitCodeOfRun,
  UsageError,
  worst,
} from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import { holdLittleMemory } from '../shell/memory.ts';
import { screenLog } from '../shell/screen-log.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type SpanFlags, spanOf } from '../shell/span.ts';
import { withStop } from '../shell/stop-signals.ts';
import { afterMessage } from '../shell/text.ts';
import { type ConfiguredStations, withState, withStations } from '../wiring.ts';
import { openProgress } from './progress.ts';
import { besideText, removalText, repairText, verificationJson, verificationText } from './report.ts';
import { sumsJson, sumsRepairText, sumsText } from './sums-report.ts';

interface VerifyFlags extends SpanFlags {
  readonly all?: boolean;
  readonly repair?: boolean;
  readonly deleteExtra?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What the verification of a job works with. */
interface Verifying {
  readonly flags: VerifyFlags;
  readonly setting: Setting;
  readonly state: State;
  readonly stations: ConfiguredStations;
  readonly signal: AbortSignal;
}

/** What came of one job. */
interface Outcome {
  readonly code: ExitCode;
  /** For `--json`. */
  readonly document?: Record<string, unknown>;
}

/** Milliseconds that requests on their way may take after a signal to stop. */
const GRACE = 5_000;

/** `verify`: compares what jobs have delivered with their sources, record by record, and mends it where asked to. */
export async function verify(
  names: readonly string[],
  flags: VerifyFlags,
  setting: Setting,
): Promise<ExitCode> {
  if (flags.deleteExtra === true && flags.repair !== true)
    throw new UsageError('--delete-extra goes with --repair', 'Give both, or neither to change nothing.');
  if (flags.deleteExtra === true && flags.yes !== true && !canAsk(setting.terminal))
    throw new UsageError(
      '--delete-extra asks before it removes, and nobody can be asked here',
      'Look at the list without it first; then give --yes.',
    );
  const jobs = selectJobs(names, flags.all === true, setting);
  for (const job of jobs) refuseFlags(flags, job);
  holdLittleMemory();
  const { outcomes, stopped } = await withStop(async ({ signal, exitCode }) => {
    const outcomes = await withState(setting.config, (state) =>
      withStations(setting, async (stations) => {
        const outcomes: Outcome[] = [];
        for (const job of jobs) {
          if (signal.aborted) break;
          outcomes.push(await verifyOne(job, { flags, setting, state, stations, signal }));
        }
        return outcomes;
      }),
    );
    return { outcomes, stopped: exitCode() };
  });
  if (flags.json === true)
    await setting.terminal.print(jsonText(outcomes.flatMap(({ document }) => document ?? [])));
  return stopped ?? worst([...setting.codesOfProblems(names), ...outcomes.map(({ code }) => code)]);
}

/** A failure is told and leaves its exit code, so that the other jobs have their turn. */
async function verifyOne(job: Job, verifying: Verifying): Promise<Outcome> {
  const { signal, setting } = verifying;
  const { terminal } = setting;
  const progress = await openProgress(job.name, terminal);
  const options = optionsOf(job, verifying, progress.tell);
  try {
    const verified = await verifyJob(job, options, signal)
      .catch((error: unknown) => sumsInstead(error, job, options, verifying))
      .finally(() => progress.close());
    return 'known' in verified
      ? await recordsOutcome(job, verified, verifying)
      : await sumsOutcome(job, verified, verifying);
  } catch (error) {
    const failure = failureOf(error);
    if (!signal.aborted) terminal.tell(`${job.name}: ${failure.message}\n${afterMessage(failure)}`);
    return { code: exitCodeOfError(error) };
  }
}

const optionsOf = (
  job: Job,
  { flags, setting, state, stations }: Verifying,
  tell: (progress: LookProgress) => void,
): VerifyOptions => ({
  ...{ state, tell, now: Date.now, folder: folderFor(setting), span: spanOf(flags, job) },
  route: stations.routeOf(job),
  others: jobsBeside(job, setting.config.jobs),
});

/** Where single records cannot be read. */
async function sumsInstead(
  error: unknown,
  job: Job,
  options: VerifyOptions,
  { flags, setting, signal }: Verifying,
): Promise<VerifiedSums> {
  if (!(error instanceof NotReadableError)) throw error;
  if (flags.deleteExtra === true) throw new NotRemovableError(`they cannot be read, as ${error.reason}`);
  const others = jobsInSums(job, setting.config.jobs);
  return await verifySums(job, error.reason, { ...options, others }, signal);
}

async function recordsOutcome(job: Job, verified: Verified, verifying: Verifying): Promise<Outcome> {
  const { flags, setting } = verifying;
  const { terminal } = setting;
  const { verification } = verified;
  const others = jobsBeside(job, setting.config.jobs);
  if (flags.json !== true) await terminal.page(verificationText(verification, job, setting));
  if (others.length > 0) terminal.tell(besideText(job, others));
  if (agrees(verification)) return { code: EXIT.success, document: verificationJson(verification) };
  const repair = flags.repair === true ? await mend(job, verified, verifying) : undefined;
  if (repair !== undefined) terminal.tell(repairText(job.name, repair));
  return {
    code: repair === undefined ? EXIT.partial : codeOf(repair.result, agrees({ counts: repair.left })),
    document: verificationJson(verification, repair),
  };
}

async function sumsOutcome(job: Job, verified: VerifiedSums, verifying: Verifying): Promise<Outcome> {
  const { flags, setting, signal } = verifying;
  const { terminal } = setting;
  const { verification } = verified;
  if (flags.json !== true) await terminal.page(sumsText(verification, job, setting));
  if (verification.differences.length === 0) return { code: EXIT.success, document: sumsJson(verification) };
  if (flags.repair !== true) return { code: EXIT.partial, document: sumsJson(verification) };
  const repair = await repairSums(verified, await runningWith(job, verifying), signal);
  terminal.tell(sumsRepairText(job.name, repair));
  return {
    code: codeOf(repair.result, repair.left.length === 0),
    document: sumsJson(verification, repair),
  };
}

const codeOf = (result: RunResult, agrees: boolean): ExitCode =>
  worst([exitCodeOfRun(result), agrees ? EXIT.success : EXIT.partial]);

/** Undefined: a person did not want what would have been removed to be so. */
async function mend(job: Job, verified: Verified, verifying: Verifying): Promise<Repair | undefined> {
  const { flags, setting, signal } = verifying;
  const { extra } = verified.verification.counts;
  const deleteExtra = flags.deleteExtra === true && extra > 0;
  if (deleteExtra) {
    const effect = removalText(job, verified.verification);
    if (!(await confirmed(effect, flags.yes === true, setting.terminal))) return undefined;
  }
  return repairJob(verified, { ...(await runningWith(job, verifying)), deleteExtra }, signal);
}

/** What a repair runs with. */
async function runningWith(job: Job, { state, stations, setting: { terminal } }: Verifying) {
  const observer = logRuns((await screenLog(terminal)).logger);
  return { state, observer, now: Date.now, route: stations.routeOf(job), grace: GRACE };
}

/** Beside the state, where there is a file: temporary folders are in memory on some machines. */
const folderFor = ({ config: { state } }: Setting): string =>
  'file' in state ? dirname(state.file) : tmpdir();

function refuseFlags(flags: VerifyFlags, job: Job): void {
  spanOf(flags, job);
  if (flags.repair === true && TRAITS[job.mode].hasAllRecords)
    throw new UsageError(
      `--repair is not for ${job.name}, which collects how things stand now`,
      `Take a new snapshot: pp-db-collector run ${job.name}.`,
    );
}
