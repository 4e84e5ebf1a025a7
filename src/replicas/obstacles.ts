import type { Ask } from './database.ts';
import { IN_QUEUE, TABLE } from './run-queue-table.ts';

/** That a job failed, whoever ran it. */
export interface FailuresOfJob {
  readonly inRow: number;
  /** Whether it is still too early to try again. */
  readonly isPaused: boolean;
}

/** What keeps jobs from being run, now. */
export interface Obstacles {
  /** The jobs that some replica runs. */
  readonly running: readonly string[];
  /** The jobs whose leases somebody holds. */
  readonly held: ReadonlySet<string>;
  /** The jobs whose last runs failed. */
  readonly failures: ReadonlyMap<string, FailuresOfJob>;
}

/**
 * In one statement, because others wait meanwhile. Leases are asked of the state's table, and not of the state: whoever
 * is to begin runs must not wait behind those that go on.
 */
export async function obstacles(ask: Ask): Promise<Obstacles> {
  const { rows } = await ask(
    `SELECT group_id AS job, 'running' AS is, NULL::int AS in_row, false AS is_paused
       FROM ${TABLE} WHERE ${IN_QUEUE} AND state = 'active'
     UNION ALL SELECT job, 'held', NULL, false FROM pp_db_collector.leases
       WHERE expires_at > extract(epoch FROM clock_timestamp()) * 1000
     UNION ALL SELECT job, 'failed', in_row, paused_until > clock_timestamp() FROM pp_db_collector.failures_in_row`,
  );
  const all = rows as readonly ObstacleRow[];
  const those = (kind: ObstacleRow['is']) => all.filter(({ is }) => is === kind);
  return {
    running: those('running').map(({ job }) => job),
    held: new Set(those('held').map(({ job }) => job)),
    failures: new Map(
      those('failed').map(({ job, in_row, is_paused }) => [job, { inRow: in_row, isPaused: is_paused }]),
    ),
  };
}

interface ObstacleRow {
  readonly job: string;
  readonly is: 'running' | 'held' | 'failed';
  readonly in_row: number;
  readonly is_paused: boolean;
}

/** The jobs that nobody may run now. */
export const hinderedJobs = ({ running, held, failures }: Obstacles): readonly string[] => [
  ...running,
  ...held,
  ...[...failures].filter(([, { isPaused }]) => isPaused).map(([job]) => job),
];
