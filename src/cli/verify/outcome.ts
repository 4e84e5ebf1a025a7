import type { Job } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import type { State } from '../../model/state.ts';
import { agrees, type RememberedVerification } from '../../model/verification.ts';
import { logRuns } from '../../observe/log-events.ts';
import { jobsBeside } from '../../verify/own-records.ts';
import { remembered } from '../../verify/remembered.ts';
import { type Repair, repairJob } from '../../verify/repair.ts';
import { repairSums } from '../../verify/repair-sums.ts';
import type { Verified } from '../../verify/verify-records.ts';
import type { VerifiedSums } from '../../verify/verify-sums.ts';
import { confirmed } from '../shell/confirm.ts';
import { EXIT, type ExitCode, exitCodeOfRun, worst } from '../shell/exit-codes.ts';
import { screenLog } from '../shell/screen-log.ts';
import type { Setting } from '../shell/setting.ts';
import type { SpanFlags } from '../shell/span.ts';
import { remedyText } from '../shell/text.ts';
import type { ConfiguredStations } from '../wiring.ts';
import {
  besideText,
  remedyOf,
  removalText,
  repairText,
  verificationJson,
  verificationText,
} from './report.ts';
import { remedyOfSums, sumsJson, sumsRepairText, sumsText } from './sums-report.ts';

export interface VerifyFlags extends SpanFlags {
  readonly periods?: number;
  readonly scheduled?: boolean;
  readonly all?: boolean;
  readonly repair?: boolean;
  readonly deleteExtra?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What the verification of a job works with. */
export interface Verifying {
  readonly flags: VerifyFlags;
  readonly setting: Setting;
  readonly state: State;
  readonly stations: ConfiguredStations;
  readonly signal: AbortSignal;
}

/** What came of one job. */
export interface Outcome {
  readonly code: ExitCode;
  /** For `--json`. */
  readonly document: Record<string, unknown>;
  /** What the last look found. */
  readonly verification: RememberedVerification;
}

/** Milliseconds that requests on their way may take after a signal to stop. */
const GRACE = 5_000;

/** Tells people what came of a verification, and mends it where that is asked for. Throws a Failure. */
export const outcomeOf = (
  job: Job,
  verified: Verified | VerifiedSums,
  verifying: Verifying,
): Promise<Outcome> =>
  'known' in verified ? recordsOutcome(job, verified, verifying) : sumsOutcome(job, verified, verifying);

async function recordsOutcome(job: Job, verified: Verified, verifying: Verifying): Promise<Outcome> {
  const { flags, setting } = verifying;
  const { terminal } = setting;
  const { verification } = verified;
  const others = jobsBeside(job, setting.config.jobs);
  const isRight = agrees(verification);
  await tell(verificationText(verification, job, setting), remedyOf(job), isRight, verifying);
  if (others.length > 0 && flags.quiet !== true) terminal.tell(besideText(job, others));
  if (isRight)
    return {
      code: EXIT.success,
      document: verificationJson(verification),
      verification: remembered(verified),
    };
  const repair = flags.repair === true ? await mend(job, verified, verifying) : undefined;
  if (repair !== undefined) terminal.tell(repairText(job, repair));
  return {
    code: repair === undefined ? EXIT.partial : codeOf(repair.result, agrees({ counts: repair.left })),
    document: verificationJson(verification, repair),
    verification: remembered(verified, repair),
  };
}

async function sumsOutcome(job: Job, verified: VerifiedSums, verifying: Verifying): Promise<Outcome> {
  const { flags, setting, signal } = verifying;
  const { terminal } = setting;
  const { verification } = verified;
  const isRight = verification.differences.length === 0;
  await tell(sumsText(verification, job, setting), remedyOfSums(job), isRight, verifying);
  const found = { document: sumsJson(verification), verification: remembered(verified) };
  if (isRight) return { code: EXIT.success, ...found };
  if (flags.repair !== true) return { code: EXIT.partial, ...found };
  const repair = await repairSums(verified, await runningWith(job, verifying), signal);
  terminal.tell(sumsRepairText(job.name, repair));
  return {
    code: codeOf(repair.result, repair.left.length === 0),
    document: sumsJson(verification, repair),
    verification: remembered(verified, repair),
  };
}

/** Tells what was found, and what to do about it, unless just that is done next. */
async function tell(text: string, remedy: string, isRight: boolean, { flags, setting }: Verifying) {
  if (flags.json === true || (flags.quiet === true && isRight)) return;
  await setting.terminal.page(isRight || flags.repair === true ? text : text + remedyText(remedy));
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
