import type { JobHistory } from '../model/run-memory.ts';

/** By how much two readings of the database's clock may differ, milliseconds. */
const TOLERANCE = 100;

/** Whether a run that began at some time, if at all, began at another one or later. Epoch milliseconds. */
export const beganSince = (startedAt: number | undefined, since: number): boolean =>
  startedAt !== undefined && startedAt >= since - TOLERANCE;

/** Whether the newest run of a job, since a time, brought what it could. @param since epoch milliseconds */
export function hasSucceededSince(history: JobHistory | undefined, since: number): boolean {
  const { lastRun } = history ?? {};
  if (lastRun === undefined || !beganSince(lastRun.startedAt, since)) return false;
  return lastRun.outcome !== 'failed' && lastRun.outcome !== 'interrupted' && lastRun.outcome !== 'skipped';
}
