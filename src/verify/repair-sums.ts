import { asRun } from '../collect/as-run.ts';
import type { RunSignals } from '../collect/run-context.ts';
import type { RunSoFar } from '../collect/run-so-far.ts';
import { rulesOf } from '../collect/stored-rules.ts';
import type { RunResult } from '../model/run.ts';
import type { DayDifference } from '../model/verification.ts';
import { dayOf } from './day-sums.ts';
import { RepairEndedError } from './failures.ts';
import type { RepairOptions } from './repair.ts';
import { sendAgain } from './send-again.ts';
import { alsoIn, aroundDays, lookAtSums } from './sums-look.ts';
import type { VerifiedSums } from './verify-sums.ts';

/** What came of a repair. */
export interface SumsRepair {
  /** As history shows it. */
  readonly result: RunResult;
  /** Records that were delivered. */
  readonly delivered: number;
  /** The days that differ even now. */
  readonly left: readonly DayDifference[];
}

/**
 * Delivers all records of the days that differ, as a run of the job, after another look at them while no other run goes
 * on. Throws a Failure: RepairEndedError for what ended it before its time.
 */
export async function repairSums(
  { prepared, verification }: VerifiedSums,
  options: Omit<RepairOptions, 'deleteExtra'>,
  signal: AbortSignal,
): Promise<SumsRepair> {
  const { job } = prepared.settings;
  const { differences: known, fields } = verification;
  const scope = aroundDays(prepared.scope, known);
  let left = known;
  const differing = async (read: AbortSignal) =>
    alsoIn((await lookAtSums(prepared, scope, read, fields)).differences, known);
  const perform = async (run: RunSoFar, signals: RunSignals) => {
    run.tell({ kind: 'run-started', windows: undefined });
    run.rules = rulesOf(job, options.route.localTime.zone);
    const days = new Set((await differing(signals.read)).map(({ start }) => start));
    // Nobody may take the data set for what it was before: the next run sends what it would have left out.
    await options.state.forgetSent(run.job, 'content');
    const sending = { job, part: scope.part, run, signals };
    await sendAgain(sending, options, (_id, values) => days.has(dayOf(values)));
    left = await differing(signals.read);
  };
  const { result, error } = await asRun(job, options, { grace: options.grace, perform }, signal);
  const delivered = result.records;
  if (error !== undefined) throw new RepairEndedError(error, { delivered });
  return { result, delivered, left };
}
