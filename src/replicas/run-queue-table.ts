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

/** What the queue holds that matters for who may run. */
export interface QueueContent {
  /** In the order in which they came. */
  readonly due: readonly QueuedRun[];
  /** The jobs that some replica runs. */
  readonly active: readonly string[];
}

/**
 * What pg-boss has no question for is read from its table; all changes are made through it.
 */
const TABLE = `${SCHEMA}.job`;
const WAITS = `name = '${QUEUE}' AND state < 'active' AND NOT blocked`;

/** The time by the database's clock, epoch milliseconds, and whether a run is due. */
export async function askWhetherDue(ask: Ask): Promise<{ readonly now: number; readonly isDue: boolean }> {
  const { rows } = await ask(
    `SELECT ${milliseconds('clock_timestamp()')} AS now,
       EXISTS (SELECT FROM ${TABLE} WHERE ${WAITS} AND start_after <= now()) AS is_due`,
  );
  const [row] = rows as readonly { now: number; is_due: boolean }[];
  if (row === undefined) throw new Error('the database gave no time');
  return { now: row.now, isDue: row.is_due };
}

export async function contentOfQueue(ask: Ask): Promise<QueueContent> {
  const { rows } = await ask(
    `SELECT id, group_id AS job, data, ${milliseconds('start_after')} AS due_at,
       ${milliseconds('started_on')} AS begun_at, state = 'active' AS is_active
     FROM ${TABLE}
     WHERE name = '${QUEUE}' AND (state = 'active' OR (state < 'active' AND NOT blocked AND start_after <= now()))
     ORDER BY priority DESC, created_on`,
  );
  const all = rows as readonly QueueRow[];
  return {
    due: all.filter(({ is_active }) => !is_active).map(queuedRun),
    active: all.filter(({ is_active }) => is_active).map(({ job }) => job),
  };
}

/** Runs that wait, due or not. */
export async function waitingRuns(ask: Ask): Promise<readonly QueuedRun[]> {
  const { rows } = await ask(
    `SELECT id, group_id AS job, data, ${milliseconds('start_after')} AS due_at,
       ${milliseconds('started_on')} AS begun_at
     FROM ${TABLE} WHERE ${WAITS}`,
  );
  return (rows as readonly QueueRow[]).map(queuedRun);
}

interface QueueRow {
  readonly id: string;
  readonly job: string;
  readonly data: RunData;
  readonly due_at: number;
  readonly begun_at: number | null;
  readonly is_active?: boolean;
}

const queuedRun = ({ id, job, data, due_at, begun_at }: QueueRow): QueuedRun => ({
  ...data,
  id,
  job,
  dueAt: due_at,
  begunAt: begun_at ?? undefined,
});
