import type { RunningRun } from '../model/run.ts';
import type { JobStanding } from '../model/run-memory.ts';
import { countDeadLetters } from './dead-letters.ts';
import type { Leases } from './leases.ts';
import type { Pending } from './pending.ts';
import { allProgress } from './progress.ts';
import { unfinishedRuns } from './runs.ts';
import type { Work } from './work.ts';

/** What has no end goes on where somebody holds the lease of the job; else it was cut off. */
export function* runningRuns(leases: Leases): Work<ReadonlyMap<string, RunningRun>> {
  const running = new Map<string, RunningRun>();
  for (const [job, run] of yield* unfinishedRuns()) {
    if ((yield* leases.holderOf(job)) !== undefined) running.set(job, run);
  }
  return running;
}

/** How all jobs stand of which anything is remembered. */
export function* standings(waiting: Pending, leases: Leases): Work<ReadonlyMap<string, JobStanding>> {
  const [progress, deadLetters] = [yield* allProgress(), yield* countDeadLetters()];
  const [pending, running] = [yield* waiting.count(), yield* runningRuns(leases)];
  const known = [progress, deadLetters, pending, running];
  const jobs = new Set(known.flatMap((each) => [...each.keys()]));
  const standingOf = (job: string): JobStanding => ({
    progress: progress.get(job),
    deadLetters: deadLetters.get(job) ?? 0,
    pendingRecords: pending.get(job) ?? 0,
    running: running.get(job),
  });
  return new Map([...jobs].map((job) => [job, standingOf(job)]));
}
