import { addPeriods, startOfPeriod } from '../calendar/period.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { WindowJob } from '../config/config.ts';
import type { QueryAdvice, QueryOutline } from '../model/query.ts';
import type { ExplainOutside } from '../records/compile-records.ts';
import type { Window } from '../schedule/window.ts';

/** What there is to know when a row lies outside the window. */
export interface OutsideFacts {
  readonly advice: QueryAdvice;
  /** Zone of the database. */
  readonly zone: string;
  /**
   * Epoch milliseconds up to which the job has collected: records of before may be complete. Undefined:
   * nothing yet.
   */
  readonly collectedTo: number | undefined;
}

/**
 * Says why a row has a `_timestamp` outside the window. A row of exactly the neighbouring period, in a time
 * when the zones differ, is a part of a count: the query groups by the periods of another zone than the
 * job's.
 */
export function explainOutside(job: WindowJob, window: Window, facts: OutsideFacts): ExplainOutside {
  return (timestamp) => {
    const outline = facts.advice.outline(job.query);
    const mayMeanOtherDays = outline.isAggregated || outline.datedTime !== undefined;
    const zone =
      mayMeanOtherDays && !outline.parameters.includes('timezone')
        ? zoneOfNeighbour(job, window, facts.zone, timestamp)
        : undefined;
    return zone === undefined
      ? { why: '', remedy: usualRemedy(job, outline, facts, timestamp) }
      : {
          why: `: the query groups by the ${job.window.period} of ${zone}, and the job by that of ${job.timezone}`,
          remedy: periodRemedy(job, outline, facts, zone),
        };
  };
}

/** The zone whose periods begin elsewhere than the job's at that edge of the window behind which the row lies. */
function zoneOfNeighbour(
  { window: { period } }: WindowJob,
  { from, to, timestamps: [first, end] }: Window,
  zone: string,
  timestamp: string,
): string | undefined {
  const at = Date.parse(timestamp);
  const isBefore = at === addPeriods(period, Date.parse(first), -1);
  if (!isBefore && timestamp !== end) return undefined;
  return [zone, 'UTC'].find((each) => {
    const wallClock = wallClockAt(isBefore ? from : to, each);
    return startOfPeriod(period, wallClock) !== wallClock;
  });
}

function periodRemedy(job: WindowJob, outline: QueryOutline, facts: OutsideFacts, zone: string): string {
  const { database, timezone, window } = job;
  const column = outline.datedTime ?? outline.boundedTime ?? 'the_time';
  const remedy = facts.advice.localPeriodRemedy(window.period, column);
  if (window.period === 'hour' || zone !== facts.zone) return remedy;
  return (
    `${remedy} If the column holds times of ${timezone}, set databases.${database}.timezone: ${timezone} instead; ` +
    'if the table keeps the date itself, compare that with :from_date and :to_date.'
  );
}

/** `allow_outside` would let a part of a count replace the whole: it is named only where a row stands for itself. */
function usualRemedy(job: WindowJob, outline: QueryOutline, facts: OutsideFacts, timestamp: string): string {
  const compare =
    'Compare with :from and :to in the query, by the column that gives the _timestamp, and check the timezone of ' +
    'the job and of the database';
  const mayReplace = outline.isAggregated || isCollected(job, facts.collectedTo, timestamp);
  return mayReplace ? `${compare}.` : `${compare}, or set window.allow_outside: true.`;
}

function isCollected(job: WindowJob, collectedTo: number | undefined, timestamp: string): boolean {
  if (collectedTo === undefined) return false;
  const position = job.window.period === 'hour' ? collectedTo : wallClockAt(collectedTo, job.timezone);
  return Date.parse(timestamp) < position;
}
