import type { ScheduledJob } from '../schedule/scheduler-interface.ts';
import { TickCalendar } from '../schedule/tick-calendar.ts';
import type { QueuedRun } from './run-queue-table.ts';
import { scheduleOf } from './tick-feed.ts';

/**
 * Those of the runs that wait which nothing asks for any more: of jobs that are gone or have no schedule now, and ticks
 * to come that the schedule now does not have. A tick that has passed keeps its run, as in a single process.
 *
 * @param now epoch milliseconds by the database's clock
 */
export function oldRuns(
  runs: readonly QueuedRun[],
  jobs: readonly ScheduledJob[],
  now: number,
): readonly QueuedRun[] {
  const calendar = new TickCalendar();
  const known = new Map(jobs.map((job) => [job.name, job]));
  return runs.filter(({ job: name, tick, schedule }) => {
    const job = known.get(name);
    if (job === undefined) return true;
    if (tick === undefined || schedule === scheduleOf(job)) return false;
    return job.schedule === undefined || (tick > now && !isTickOf(job.schedule, job, tick, calendar));
  });
}

/** One that both schedules have is known to the queue by its name, so that it does not come anew. */
function isTickOf(
  schedule: string,
  { timezone }: ScheduledJob,
  tick: number,
  calendar: TickCalendar,
): boolean {
  try {
    return calendar.next(schedule, timezone, tick - 1) === tick;
  } catch {
    // Whoever plans the job tells why its ticks cannot be worked out.
    return false;
  }
}
