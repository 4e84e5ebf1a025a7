import type { Complete } from '../../config/config.ts';
import { standsAtRow } from '../../model/mode.ts';
import type { LeftOut } from '../../records/left-out.ts';

/** Why a default of a job's records is what it is; empty for what the job's file says itself. */
export function leftOutText(job: Complete, key: LeftOut): string {
  if (job.leftOut?.includes(key) !== true) return '';
  if (key === 'timestamp') return ' (left out: the only date or time)';
  const cursor = standsAtRow(job) ? ', and the columns of the cursor' : '';
  return ` (left out: every field that is not a number${cursor})`;
}
