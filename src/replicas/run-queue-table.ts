import type { RunCause } from '../schedule/scheduler-interface.ts';
import type { DueRun } from './choose-runs.ts';
import { type Ask, milliseconds } from './database.ts';

/** The schema of pg-boss's tables. */
export const SCHEMA = 'pp_db_collector_queue';
/** The one queue in it. */
export const QUEUE = 'runs';

/** What pg-boss keeps of a run for us. */
export interface RunData {
  readonly cause: RunCause;
  /** Epoch milliseconds; undefined for a run that was asked for. */
  readonly tick?: number;
  /** What made it a tick of the job, so that those of another schedule are known. */
  readonly schedule?: string;
}

export interface QueuedRun extends DueRun, RunData {
  /** When it is to start, epoch milliseconds. */
  readonly dueAt: number;
  /** When it was last begun, by a replica that is no more; undefined: never. */
  readonly begunAt: number | undefined;
}

/** What pg-boss has no question for is read from its table; all changes are made through it. */
export const TABLE = `${SCHEMA}.job`;
export const IN_QUEUE = `name = '${QUEUE}'`;
const WAITS = `${IN_QUEUE} AND state < 'active' AND NOT blocked`;
const IS_DUE = `${WAITS} AND start_after <= now()`;
/** First come, first, as pg-boss gives them. */
const IN_ORDER = 'ORDER BY priority DESC, created_on';
const COLUMNS = `id, group_id AS job, data, ${milliseconds('start_after')} AS due_at, ${milliseconds('started_on')} AS begun_at`;

/** What is looked at all the time. */
export interface Look {
  /** By the database's clock, epoch milliseconds. */
  readonly now: number;
  /** Whether a run is due. */
  readonly isDue: boolean;
  /** How many runs go on, on whichever replica. */
  readonly running: number;
}

export async function lookAtQueue(ask: Ask): Promise<Look> {
  const { rows } = await ask(
    `SELECT ${milliseconds('clock_timestamp()')} AS now, EXISTS (SELECT FROM ${TABLE} WHERE ${IS_DUE}) AS "isDue",
       (SELECT count(*)::int FROM ${TABLE} WHERE ${IN_QUEUE} AND state = 'active' AND group_id IS NOT NULL) AS running`,
  );
  const [row] = rows as readonly Look[];
  if (row === undefined) throw new Error('the database gave no time');
  return row;
}

/** The first of those that are due. */
export interface DuePage {
  /** In the order in which they came. */
  readonly first: readonly QueuedRun[];
  /** Later ones of the same jobs. */
  readonly later: readonly QueuedRun[];
  /** Whether there is nothing else that is due. */
  readonly isAll: boolean;
}

/**
 * What is due of the jobs that are not left out: as many as are asked for, or some more that came at the same moment, as
 * nobody knows which of those is first.
 */
export async function dueRuns(ask: Ask, count: number, leftOut: Iterable<string>): Promise<DuePage> {
  const { rows } = await ask(
    `WITH first AS MATERIALIZED (
       SELECT id, group_id FROM ${TABLE} WHERE ${IS_DUE} AND group_id <> ALL ($2::text[])
       ${IN_ORDER} FETCH FIRST ($1) ROWS WITH TIES)
     SELECT ${COLUMNS}, id IN (SELECT id FROM first) AS is_first
     FROM ${TABLE} WHERE ${IS_DUE} AND group_id IN (SELECT group_id FROM first) ${IN_ORDER}`,
    [count, [...leftOut]],
  );
  const all = rows as readonly (QueueRow & { readonly is_first: boolean })[];
  const first = all.filter(({ is_first }) => is_first).map(queuedRun);
  return {
    first,
    later: all.filter(({ is_first }) => !is_first).map(queuedRun),
    isAll: first.length < count,
  };
}

/** What is due of one job. */
export async function dueRunsOf(ask: Ask, job: string): Promise<readonly QueuedRun[]> {
  const { rows } = await ask(`SELECT ${COLUMNS} FROM ${TABLE} WHERE ${IS_DUE} AND group_id = $1`, [job]);
  return (rows as readonly QueueRow[]).map(queuedRun);
}

/** Since when jobs are due that no replica runs, epoch milliseconds. */
export async function dueSince(ask: Ask): Promise<ReadonlyMap<string, number>> {
  const { rows } = await ask(
    `SELECT group_id AS job, ${milliseconds('min(start_after)')} AS since FROM ${TABLE} AS waiting
     WHERE ${IS_DUE} AND NOT EXISTS (
       SELECT FROM ${TABLE} AS running
       WHERE running.name = '${QUEUE}' AND running.state = 'active' AND running.group_id = waiting.group_id)
     GROUP BY group_id`,
  );
  return new Map((rows as readonly { job: string; since: number }[]).map(({ job, since }) => [job, since]));
}

/** Runs that wait, due or not. */
export async function waitingRuns(ask: Ask): Promise<readonly QueuedRun[]> {
  const { rows } = await ask(`SELECT ${COLUMNS} FROM ${TABLE} WHERE ${WAITS}`);
  return (rows as readonly QueueRow[]).map(queuedRun);
}

interface QueueRow {
  readonly id: string;
  readonly job: string;
  readonly data: RunData;
  readonly due_at: number;
  readonly begun_at: number | null;
}

const queuedRun = ({ id, job, data, due_at, begun_at }: QueueRow): QueuedRun => ({
  ...data,
  id,
  job,
  dueAt: due_at,
  begunAt: begun_at ?? undefined,
});
