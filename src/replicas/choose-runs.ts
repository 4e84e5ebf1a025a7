import { type ConcurrencyLimits, RunQueue } from '../schedule/run-queue.ts';

/** A run that waits in the queue and is due. */
export interface DueRun {
  readonly id: string;
  readonly job: string;
}

/** What decides who may run. */
export interface Standing<Run extends DueRun> {
  /** First come, first. */
  readonly due: readonly Run[];
  /** Of the runs that go on, anywhere: the databases that they read. */
  readonly busyDatabases: readonly string[];
  readonly limits: ConcurrencyLimits;
  /** The database of a job; undefined: it is not to be run here, or not now. */
  readonly databaseOf: (job: string) => string | undefined;
  /** How many may be chosen at most. */
  readonly most: number;
}

/**
 * Who runs next: first come, first served, but nobody waits for somebody whose database is busy. All that is due of a
 * job becomes one run.
 *
 * @returns the runs of each job that is chosen
 */
export function chooseRuns<Run extends DueRun>(standing: Standing<Run>): ReadonlyMap<string, readonly Run[]> {
  const { due, busyDatabases, limits, databaseOf, most } = standing;
  const queue = new RunQueue<string>();
  queue.limit(limits);
  for (const database of busyDatabases) queue.occupy(database);
  const byJob = Map.groupBy(due, ({ job }) => job);
  for (const job of byJob.keys()) {
    const database = databaseOf(job);
    if (database !== undefined) queue.queueUp(database, job);
  }
  const chosen = new Map<string, readonly Run[]>();
  while (chosen.size < most) {
    const job = queue.next();
    if (job === undefined) break;
    chosen.set(job, byJob.get(job) ?? []);
  }
  return chosen;
}
