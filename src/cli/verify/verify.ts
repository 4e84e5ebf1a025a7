import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { failureOf } from '../../collect/failures.ts';
import type { Job } from '../../config/config.ts';
import { TRAITS } from '../../model/mode.ts';
import type { State } from '../../model/state.ts';
import { agrees } from '../../model/verification.ts';
import { logRuns } from '../../observe/log-events.ts';
import { jobsBeside } from '../../verify/own-records.ts';
import { type Repair, repairJob } from '../../verify/repair.ts';
import { type Verified, verifyJob } from '../../verify/verify-job.ts';
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
  const { flags, setting, state, stations, signal } = verifying;
  const { terminal } = setting;
  const progress = await openProgress(job.name, terminal);
  const route = stations.routeOf(job);
  const others = jobsBeside(job, setting.config.jobs);
  const options = {
    ...{ state, route, others, tell: progress.tell, now: Date.now, folder: folderFor(setting) },
    span: spanOf(flags, job),
  };
  try {
    const verified = await verifyJob(job, options, signal).finally(() => progress.close());
    const { verification } = verified;
    if (flags.json !== true) await terminal.page(verificationText(verification, job, setting));
    if (others.length > 0) terminal.tell(besideText(job, others));
    if (agrees(verification)) return { code: EXIT.success, document: verificationJson(verification) };
    const repair = flags.repair === true ? await mend(job, verified, verifying) : undefined;
    if (repair !== undefined) terminal.tell(repairText(job.name, repair));
    return {
      code: repair === undefined ? EXIT.partial : codeOf(repair),
      document: verificationJson(verification, repair),
    };
  } catch (error) {
    progress.close();
    const failure = failureOf(error);
    if (!signal.aborted) terminal.tell(`${job.name}: ${failure.message}\n${afterMessage(failure)}`);
    return { code: exitCodeOfError(error) };
  }
}

const codeOf = ({ result, left }: Repair): ExitCode =>
  worst([exitCodeOfRun(result), agrees({ counts: left }) ? EXIT.success : EXIT.partial]);

/** Undefined: a person did not want what would have been removed to be so. */
async function mend(job: Job, verified: Verified, { flags, setting, state, stations, signal }: Verifying) {
  const { terminal } = setting;
  const { extra } = verified.verification.counts;
  const deleteExtra = flags.deleteExtra === true && extra > 0;
  if (deleteExtra) {
    const effect = removalText(job, verified.verification);
    if (!(await confirmed(effect, flags.yes === true, terminal))) return undefined;
  }
  const observer = logRuns((await screenLog(terminal)).logger);
  const route = stations.routeOf(job);
  return repairJob(verified, { state, observer, now: Date.now, route, grace: GRACE, deleteExtra }, signal);
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
