import type { Job } from '../config/config.ts';
import { whyNotReadable } from './data-set-records.ts';
import { NotReadableError } from './failures.ts';
import { prepare, type VerifyOptions } from './prepare.ts';
import { type Verified, verifyRecords } from './verify-records.ts';
import { type VerifiedSums, verifySums } from './verify-sums.ts';

const NO_SPAN = ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'] as const;

/**
 * Compares what a job has delivered with its source: record by record, or by counts and sums where the data set does not
 * show single records. Throws a Failure: NotReadableError where sums would say nothing of the job either, and what
 * `alone` throws when a second look is needed and a run goes on.
 */
export async function verifyJob(
  written: Job,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<Verified | VerifiedSums> {
  const prepared = await prepare(written, options, signal);
  const [span = NO_SPAN] = prepared.scope.spans;
  const notReadable = await whyNotReadable(options.route.reader, span, signal);
  if (notReadable === undefined) return await verifyRecords(prepared);
  if (options.recordsOnly === true) throw new NotReadableError(notReadable.reason);
  return await verifySums(prepared, notReadable.reason);
}
