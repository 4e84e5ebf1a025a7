import { failureOf } from '../../collect/failures.ts';
import type { Job } from '../../config/config.ts';
import { hasWindows, TRAITS } from '../../model/mode.ts';
import { whileNobodyRuns } from '../../verify/alone.ts';
import { NotReadableError, NotRemovableError, RepairEndedError } from '../../verify/failures.ts';
import type { LookProgress } from '../../verify/look.ts';
import type { VerifyOptions } from '../../verify/prepare.ts';
import { verifyJob } from '../../verify/verify-job.ts';
import { canAsk } from '../shell/ask.ts';
import { type ExitCode, exitCodeOfError, UsageError, worst } from '../shell/exit-codes.ts';
import { failureJson, jsonText } from '../shell/json.ts';
import { collectGarbageAtOnce, holdLittleMemory } from '../shell/memory.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { spanOf } from '../shell/span.ts';
import { withStop } from '../shell/stop-signals.ts';
import { afterMessage } from '../shell/text.ts';
import { workingFolder } from '../shell/working-folder.ts';
import { withState, withStations } from '../wiring.ts';
import { type Outcome, outcomeOf, type VerifyFlags, type Verifying } from './outcome.ts';
import { openProgress } from './progress.ts';

/** That a job could not be verified. */
type Failed = Omit<Outcome, 'verification'>;

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
  collectGarbageAtOnce();
  const { outcomes, stopped } = await withStop(async ({ signal, exitCode }) => {
    const outcomes = await withState(setting.config, (state) =>
      withStations(setting, async (stations) => {
        const outcomes: (Outcome | Failed)[] = [];
        for (const job of jobs) {
          if (signal.aborted) break;
          outcomes.push(await verifyOne(job, { flags, setting, state, stations, signal }));
        }
        return outcomes;
      }),
    );
    return { outcomes, stopped: exitCode() };
  });
  if (flags.json === true) await setting.terminal.print(jsonText(outcomes.map(({ document }) => document)));
  return stopped ?? worst([...setting.codesOfProblems(names), ...outcomes.map(({ code }) => code)]);
}

/** A failure is told and leaves its exit code, so that the other jobs have their turn. */
async function verifyOne(job: Job, verifying: Verifying): Promise<Outcome | Failed> {
  const { flags, signal, setting, state } = verifying;
  const { terminal } = setting;
  const progress = await openProgress(job.name, terminal);
  const options = optionsOf(job, verifying, progress.tell);
  try {
    const verified = await verifyJob(job, options, signal)
      .catch(whyNotRemovable(flags))
      .finally(() => progress.close());
    const outcome = await outcomeOf(job, verified, verifying);
    // A part that somebody chose says nothing of the rest.
    if (flags.from === undefined) await state.rememberVerification(outcome.verification);
    return outcome;
  } catch (error) {
    const failure = failureOf(error);
    if (!signal.aborted) terminal.tell(`${job.name}: ${failure.message}\n${afterMessage(failure)}`);
    else if (error instanceof RepairEndedError) terminal.tell(`${job.name}: stopped; ${error.done}\n`);
    return {
      code: exitCodeOfError(error),
      document: { job: job.name, agrees: null, failure: signal.aborted ? null : failureJson(failure) },
    };
  }
}

const optionsOf = (
  job: Job,
  { flags, setting, state, stations }: Verifying,
  tell: (progress: LookProgress) => void,
): VerifyOptions => ({
  ...{
    state,
    tell,
    now: Date.now,
    folder: workingFolder(setting.config),
    part: flags.scheduled === true ? job.verify?.periods : (flags.periods ?? spanOf(flags, job)),
  },
  route: stations.routeOf(job),
  jobs: setting.config.jobs,
  alone: whileNobodyRuns(job.name, state),
  recordsOnly: flags.deleteExtra === true,
});

/** Nothing is compared in vain where single records are to be removed. */
const whyNotRemovable =
  ({ deleteExtra }: VerifyFlags) =>
  (error: unknown): never => {
    if (deleteExtra === true && error instanceof NotReadableError)
      throw new NotRemovableError(`they cannot be read, as ${error.reason}`);
    throw error;
  };

function refuseFlags(flags: VerifyFlags, job: Job): void {
  spanOf(flags, job);
  if (flags.periods !== undefined && !hasWindows(job))
    throw new UsageError(
      `--periods is for jobs with a window; ${job.name} collects ${TRAITS[job.mode].collects}`,
      'Leave it out.',
    );
  if (flags.repair === true && TRAITS[job.mode].hasAllRecords)
    throw new UsageError(
      `--repair is not for ${job.name}, which collects how things stand now`,
      `Take a new snapshot: pp-db-collector run ${job.name}.`,
    );
}
