import type { Job } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { SumsVerification } from '../model/verification.ts';
import { wholeDays } from './data-set-sums.ts';
import { NotReadableError } from './failures.ts';
import { type Prepared, prepare, type VerifyOptions } from './prepare.ts';
import { alsoIn, aroundDays, lookAtSums } from './sums-look.ts';
import { whileNobodyRuns } from './verify-job.ts';

/** What came of it, for people and for whoever mends it. */
export interface VerifiedSums {
  readonly verification: SumsVerification;
  readonly prepared: Prepared;
}

/**
 * Compares what a job has delivered with its source where single records cannot be read: the number of records, and the
 * sums of the fields that hold nothing but numbers, for each day of UTC. A day that differs is looked at a second time,
 * while no run of the job goes on. Throws a Failure: NotReadableError also where sums would say nothing of the job.
 *
 * @param reason why single records cannot be read, as a clause
 * @param options of them, `others` are the jobs whose records are in the same sums
 */
export async function verifySums(
  written: Job,
  reason: string,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<VerifiedSums> {
  const startedAt = options.now();
  const prepared = await prepare(written, options, signal);
  const { scope, span } = prepared;
  const problem = whyNotComparable(prepared, options);
  if (problem !== undefined)
    throw new NotReadableError(`${reason}; and its sums cannot be compared, because ${problem}`);
  const first = await lookAtSums(prepared, scope, signal);
  const differences =
    first.differences.length === 0
      ? []
      : await whileNobodyRuns(written.name, options.state, async () => {
          const second = await lookAtSums(prepared, aroundDays(scope, first.differences), signal);
          return alsoIn(second.differences, first.differences);
        });
  const about = { job: written.name, startedAt, endedAt: options.now(), span, reason };
  return { verification: { ...about, ...first, differences }, prepared };
}

function whyNotComparable(
  { scope, settings: { job } }: Prepared,
  { others = [], span }: VerifyOptions,
): string | undefined {
  if (others.length > 0)
    return `the records of ${others.map(({ name }) => name).join(', ')} are in the same data set`;
  if (wholeDays(scope.own).length === 0) return 'the time to compare holds no whole day of UTC';
  if (hasWindows(job) && job.window.allow_outside && span !== undefined)
    return 'records may lie outside of their windows (window.allow_outside): leave --from and --to out';
  return undefined;
}
