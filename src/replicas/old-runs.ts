import type { ScheduledJob } from '../schedule/scheduler-interface.ts';
import type { QueuedRun } from './run-queue-table.ts';
import { scheduleOf } from './tick-feed.ts';

/** Those of the runs that wait which are ticks of schedules that no job has any more. */
export function oldRuns(runs: readonly QueuedRun[], jobs: readonly ScheduledJob[]): readonly QueuedRun[] {
  const schedules = new Map(jobs.map((job) => [job.name, scheduleOf(job)]));
  return runs.filter(
    ({ job, schedule = schedules.get(job) }) => schedule === undefined || schedule !== schedules.get(job),
  );
}
