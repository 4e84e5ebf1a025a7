import type { JobHistory } from '../model/run-memory.ts';
import { verifiedJob } from '../model/scheduled-name.ts';
import type { State } from '../model/state.ts';
import { differencesOf } from '../model/verification.ts';

/** By how much two readings of the database's clock may differ, milliseconds. */
const TOLERANCE = 100;

type Past = Pick<State, 'histories' | 'newestVerifications' | 'verificationsOf'>;

/** Whether a run that began at some time, if at all, began at another one or later. Epoch milliseconds. */
export const beganSince = (startedAt: number | undefined, since: number): boolean =>
  startedAt !== undefined && startedAt >= since - TOLERANCE;

/**
 * Whether the newest run of what has a name in the schedule, since a time, brought what it could. @param since epoch
 * milliseconds
 */
export async function hasSucceededSince(state: Past, name: string, since: number): Promise<boolean> {
  const job = verifiedJob(name);
  if (job === undefined) return isGoodSince((await state.histories([name])).get(name), since);
  const [newest] = await state.verificationsOf(job);
  if (newest === undefined || !beganSince(newest.startedAt, since)) return false;
  return differencesOf(newest.outcome) !== undefined;
}

function isGoodSince({ lastRun }: Partial<JobHistory> = {}, since: number): boolean {
  if (lastRun === undefined || !beganSince(lastRun.startedAt, since)) return false;
  return lastRun.outcome !== 'failed' && lastRun.outcome !== 'interrupted' && lastRun.outcome !== 'skipped';
}

/**
 * When the newest runs began that have ended, of what has some names in the schedule, epoch milliseconds; what never ran
 * is left out.
 */
export async function lastStarts(
  state: Past,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const histories = await state.histories(names);
  const verified = names.filter((name) => verifiedJob(name) !== undefined);
  const verifications = verified.length === 0 ? undefined : await state.newestVerifications();
  const startOf = (name: string) => {
    const job = verifiedJob(name);
    return job === undefined ? histories.get(name)?.lastRun?.startedAt : verifications?.get(job)?.startedAt;
  };
  return new Map(
    names.flatMap((name) => {
      const start = startOf(name);
      return start === undefined ? [] : [[name, start]];
    }),
  );
}
