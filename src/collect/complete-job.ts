import type { Complete, Job } from '../config/config.ts';
import { standsAtRow, TRAITS } from '../model/mode.ts';
import type { Column } from '../model/row.ts';
import { completeRecord, type LeftOutRules, leftOutOf } from '../records/left-out.ts';
import { exampleQuery } from './queries.ts';
import type { Route } from './run-context.ts';

/** What a job's mode means for what its `record` leaves out. */
export const leftOutRules = (job: Job): LeftOutRules => ({
  hasOwnTime: TRAITS[job.mode].hasOwnTime,
  telling: standsAtRow(job) ? job.cursor.columns : [],
});

const isComplete = (job: Job): job is Complete => leftOutOf(job.record, leftOutRules(job)).length === 0;

/** The job with what it leaves out told by the columns of its query. Throws MappingError. */
export function completeJob(job: Job, columns: readonly Column[]): Complete {
  if (isComplete(job)) return job;
  const rules = leftOutRules(job);
  return {
    ...job,
    record: completeRecord(job.record, columns, rules),
    leftOut: leftOutOf(job.record, rules),
  };
}

/** The same, asking the database for the columns where they are needed. Throws what the source throws, too. */
export async function completedBy(
  { source, localTime }: Pick<Route, 'source' | 'localTime'>,
  job: Job,
  now: number,
  signal: AbortSignal,
): Promise<Complete> {
  if (isComplete(job)) return job;
  return completeJob(job, await source.describe(exampleQuery(job, now, localTime).query, signal));
}

/**
 * The job with what it leaves out as it was when its ids were remembered, for what needs no database; undefined when
 * nobody knows.
 */
export function completedAsStored(job: Job, fingerprint: string | undefined): Complete | undefined {
  if (isComplete(job)) return job;
  const facts: Readonly<Record<string, unknown>> = JSON.parse(fingerprint ?? '{}') ?? {};
  const { timestamp = facts['record.timestamp'], id = facts['record.id'] } = job.record;
  const record = { ...job.record, timestamp, id } as Job['record'];
  const complete = { ...job, record, leftOut: leftOutOf(job.record, leftOutRules(job)) };
  return isComplete(complete) ? complete : undefined;
}
