import type { Job } from '../config/config.ts';
import { Batches, type BatchLimits } from '../records/batches.ts';
import { compileRecords, type RecordRules } from '../records/compile-records.ts';
import type { Clock } from '../records/date-times.ts';
import type { Window } from '../schedule/window.ts';
import { Delivery } from './delivery.ts';
import type { Batch, Query, RunCounts, Source, Target } from './interfaces.ts';
import { recordBatches } from './record-batches.ts';

/** Where the rows of a window come from and where its records go. */
export interface Route {
  readonly source: Source;
  /** Zone of the database's timestamps. */
  readonly clock: Clock;
  readonly target: Target;
  readonly limits: BatchLimits & { readonly requests_in_flight: number };
}

export interface CollectedWindow extends RunCounts {
  /** False when there were fewer rows than `expect.min_rows`. */
  readonly isReady: boolean;
}

/**
 * Collects one window: its rows are read, encoded and sent at the same time, in bounded memory. When this resolves with
 * `isReady` every record is acknowledged.
 *
 * @param onIdLimit called once when there are more ids than can be compared
 */
export async function collectWindow(
  job: Job,
  window: Window,
  route: Route,
  signal: AbortSignal,
  onIdLimit: () => void,
): Promise<CollectedWindow> {
  const result = await route.source.open(queryOf(job, window), signal);
  const batches = new Batches(route.limits);
  const recycle = (batch: Batch) => batches.recycle(batch);
  const delivery = new Delivery(route.target, route.limits.requests_in_flight, recycle, signal);
  const read = { rows: 0 };
  try {
    const encoder = compileRecords(job.record, result.columns, rulesOf(job, window, route.clock));
    const held: Batch[] = [];
    for await (const batch of recordBatches(result, encoder, job.record, batches, read, onIdLimit)) {
      held.push(batch);
      // Until there are enough rows none of them leaves: half a period on a dashboard is worse than none.
      if (read.rows < job.expect.min_rows) continue;
      for (const each of held.splice(0)) await delivery.send(each);
    }
    await delivery.finish();
    return { ...delivery.counts, ...read, isReady: read.rows >= job.expect.min_rows };
  } finally {
    await delivery.abandon();
    await result.close();
  }
}

/** The query of a job with the parameters of a window. */
export function queryOf(job: Job, window: Window): Query {
  return {
    sql: job.query,
    applicationName: `pp-db-collector/${job.name}`,
    parameters: {
      from: { kind: 'instant', epochMilliseconds: window.from },
      to: { kind: 'instant', epochMilliseconds: window.to },
      from_date: { kind: 'date', date: window.fromDate },
      to_date: { kind: 'date', date: window.toDate },
    },
  };
}

/** How the rows of a job's window become records. */
export function rulesOf(job: Job, window: Window, clock: Clock): RecordRules {
  return {
    period: job.window.period,
    timezone: job.timezone,
    clock,
    timestamps: job.window.allow_outside ? undefined : window.timestamps,
  };
}
