import { setTimeout as wait } from 'node:timers/promises';
import { SECOND } from '../calendar/durations.ts';
import { JobBusyError } from '../collect/failures.ts';
import type { JobLease, State } from '../model/state.ts';

/** Milliseconds between two attempts. */
const PAUSE = 2 * SECOND;

/** For how long a run that goes on is waited for. */
export interface Patience {
  /** Milliseconds. */
  readonly for: number;
  readonly signal: AbortSignal;
}

/** Carries out work while no run of a job goes on. Throws JobBusyError when one does, and does not end in time. */
export const whileNobodyRuns =
  (job: string, state: Pick<State, 'takeLease'>, patience?: Patience) =>
  async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const lease = await leaseOf(job, state, patience);
    try {
      return await work();
    } finally {
      await lease.release();
    }
  };

async function leaseOf(
  job: string,
  state: Pick<State, 'takeLease'>,
  patience: Patience | undefined,
): Promise<JobLease> {
  const end = performance.now() + (patience?.for ?? 0);
  for (;;) {
    const lease = await state.takeLease(job);
    if (lease.kind !== 'busy') return lease;
    if (patience === undefined || performance.now() >= end) throw new JobBusyError(lease);
    await wait(PAUSE, undefined, { signal: patience.signal });
  }
}
