import type { CursorJob, Job, SnapshotJob, WindowJob } from '../config/config.ts';
import type { CursorSettings } from '../config/schema/job-schema.ts';
import type { CursorValue, Parameter, Query } from '../model/query.ts';
import type { RecordRules } from '../records/compile-records.ts';
import { startOf } from '../records/cursor.ts';
import type { LocalTime } from '../records/date-times.ts';
import { snapshotTimestamp } from '../records/timestamp.ts';
import { type Window, windowsBetween } from '../schedule/window.ts';
import { explainOutside, type OutsideFacts } from './outside-window.ts';

/** A query of a job and what its rows are taken for. */
export interface JobQuery {
  readonly query: Query;
  readonly rules: RecordRules;
  /** What the rows are in the order of; left out: they come in any order. */
  readonly cursor?: CursorSettings;
}

/** The query of a job with the parameters of a window. */
export function windowQuery(job: WindowJob, window: Window): Query {
  return queryWith(job, {
    from: { kind: 'instant', epochMilliseconds: window.from },
    to: { kind: 'instant', epochMilliseconds: window.to },
    from_date: { kind: 'date', date: window.fromDate },
    to_date: { kind: 'date', date: window.toDate },
  });
}

/**
 * How the rows of a window become records.
 *
 * @param facts what explains rows outside of it, where somebody is to read that
 */
export function windowRules(
  job: WindowJob,
  window: Window,
  localTime: LocalTime,
  facts?: Omit<OutsideFacts, 'zone'>,
): RecordRules {
  const timestamps = job.window.allow_outside ? undefined : window.timestamps;
  const explain = facts && explainOutside(job, window, { ...facts, zone: localTime.zone });
  return rules(job, localTime, { period: job.window.period, timestamps, explainOutside: explain });
}

/**
 * The query of a job with the parameters of a position.
 *
 * @param after undefined: the job's `start` @param until epoch milliseconds; only jobs with a lag use it
 */
export function cursorQuery(job: CursorJob, after: readonly CursorValue[] | undefined, until: number): Query {
  const { columns, start, lag } = job.cursor;
  const values: readonly Parameter[] = after ?? startOf(start);
  const position = columns.flatMap((name, index) => {
    const value = values[index];
    return value === undefined ? [] : [[name, value] as const];
  });
  const bound: Parameter = { kind: 'instant', epochMilliseconds: until };
  return queryWith(job, { ...Object.fromEntries(position), ...(lag > 0 ? { until: bound } : {}) });
}

export const cursorRules = (job: CursorJob, localTime: LocalTime): RecordRules => rules(job, localTime, {});

export const snapshotQuery = (job: SnapshotJob): Query => queryWith(job, {});

/** @param takenAt epoch milliseconds */
export function snapshotRules(job: SnapshotJob, takenAt: number, localTime: LocalTime): RecordRules {
  const { period } = job.snapshot;
  return rules(job, localTime, {
    period,
    snapshotTimestamp: snapshotTimestamp(takenAt, period, job.timezone),
  });
}

/** The query that a job's next run might begin with: for those who only look. */
export function exampleQuery(job: Job, now: number, localTime: LocalTime): JobQuery {
  switch (job.mode) {
    case 'window': {
      const window = windowAt(job, now);
      return { query: windowQuery(job, window), rules: windowRules(job, window, localTime) };
    }
    case 'cursor': {
      const { cursor } = job;
      return {
        query: cursorQuery(job, undefined, now - cursor.lag),
        rules: cursorRules(job, localTime),
        cursor,
      };
    }
    case 'snapshot':
      return { query: snapshotQuery(job), rules: snapshotRules(job, now, localTime) };
  }
}

/** The period that holds an instant, over or not. */
function windowAt({ window, timezone }: WindowJob, now: number): Window {
  const settings = { ...window, include_current: true, delay: 0 };
  const [first] = windowsBetween(settings, timezone, now, { from: now, to: now + 1 });
  if (first === undefined) throw new Error('the period that holds an instant is a window');
  return first;
}

/** The same query over all times that a service has records of, for those who look at what it would never find. */
export function overAllTimes(query: Query): Query {
  const [from, to] = ['1980-01-01', '2100-01-01'];
  const widest: Query['parameters'] = {
    from: { kind: 'instant', epochMilliseconds: Date.parse(from) },
    to: { kind: 'instant', epochMilliseconds: Date.parse(to) },
    from_date: { kind: 'date', date: from },
    to_date: { kind: 'date', date: to },
  };
  const parameters = Object.entries(query.parameters).map(([name, value]) => [name, widest[name] ?? value]);
  return { ...query, parameters: Object.fromEntries(parameters) };
}

const queryWith = (job: Job, parameters: Query['parameters']): Query => ({
  sql: job.query,
  written: job.places?.query,
  applicationName: `pp-db-collector/${job.name}`,
  parameters: { timezone: { kind: 'zone', zone: job.timezone }, ...parameters },
});

function rules(
  { timezone }: Job,
  localTime: LocalTime,
  own: Partial<Omit<RecordRules, 'clock' | 'timezone'>>,
): RecordRules {
  return {
    period: undefined,
    timestamps: undefined,
    snapshotTimestamp: undefined,
    timezone,
    localTime,
    ...own,
  };
}
