import { hasWindows } from '../model/mode.ts';
import type { SumsVerification } from '../model/verification.ts';
import { wholeDays } from './data-set-sums.ts';
import { NotReadableError } from './failures.ts';
import type { Prepared } from './prepare.ts';
import { alsoIn, aroundDays, lookAtSums } from './sums-look.ts';

/** What came of it, for people and for whoever mends it. */
export interface VerifiedSums {
  readonly verification: SumsVerification;
  readonly prepared: Prepared;
}

/**
 * Compares the number of records, and the sums of the fields that hold nothing but numbers, for each day of UTC. A day
 * that differs is looked at a second time, while no run of the job goes on. Throws a Failure: NotReadableError where
 * sums would say nothing of the job.
 *
 * @param reason why single records cannot be read, as a clause
 */
export async function verifySums(prepared: Prepared, reason: string): Promise<VerifiedSums> {
  const { scope, about, alone, now } = prepared;
  const { signal } = prepared.settings;
  const problem = whyNotComparable(prepared);
  if (problem !== undefined)
    throw new NotReadableError(`${reason}; and its sums cannot be compared, because ${problem}`);
  const first = await lookAtSums(prepared, scope, signal);
  const differences =
    first.differences.length === 0
      ? []
      : await alone(async () => {
          const around = aroundDays(scope, first.differences);
          const second = await lookAtSums(prepared, around, signal, first.fields);
          return alsoIn(second.differences, first.differences);
        });
  return { verification: { ...about, endedAt: now(), reason, ...first, differences }, prepared };
}

function whyNotComparable({ scope, settings: { job }, inSums, isPart }: Prepared): string | undefined {
  if (inSums.length > 0)
    return `the records of ${inSums.map(({ name }) => name).join(', ')} are in the same data set`;
  if (wholeDays(scope.own).length === 0) return 'the time to compare holds no whole day of UTC';
  if (hasWindows(job) && job.window.allow_outside && isPart)
    return 'records may lie outside of their windows (window.allow_outside), so that only all of them can be compared';
  return undefined;
}
