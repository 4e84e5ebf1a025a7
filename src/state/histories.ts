import type { JobHistory } from '../model/run-memory.ts';
import { type RunRow, resultOf } from './runs.ts';
import { rowsOf, type Work } from './work.ts';

interface HistoryRow extends RunRow {
  /** The job that was asked for; all of its newest run is null where none has ended. */
  readonly asked: string;
  readonly last_run: number | null;
  readonly last_success: number | null;
  readonly unfinished_since: number | null;
  readonly silent_since: number | null;
}

/**
 * What came of some jobs' runs, in one statement.
 *
 * @param now epoch milliseconds: successes that began later, by a clock that was wrong, are passed over
 * @param elementsOf a query for the elements of a list, as `PendingSql` has it
 */
export function* historiesOf(
  jobs: readonly string[],
  now: number,
  elementsOf: (parameter: string) => string,
): Work<ReadonlyMap<string, JobHistory>> {
  const rows = yield* rowsOf<HistoryRow>(
    `WITH asked (job) AS (${elementsOf('@jobs')}),
       known AS (SELECT job AS asked,
         (SELECT id FROM runs WHERE runs.job = asked.job AND ended_at IS NOT NULL
          ORDER BY id DESC LIMIT 1) AS last_run,
         (SELECT ended_at FROM runs WHERE runs.job = asked.job AND outcome IN ('succeeded', 'empty', 'partial')
            AND started_at <= @now ORDER BY started_at DESC LIMIT 1) AS last_success,
         (SELECT started_at FROM runs WHERE runs.job = asked.job AND ended_at IS NULL
          ORDER BY id DESC LIMIT 1) AS unfinished_since
         FROM asked)
     SELECT known.*, runs.*, CASE WHEN runs.unanswered_since IS NOT NULL THEN (
         SELECT min(silent.unanswered_since) FROM runs AS silent
         WHERE silent.job = known.asked AND silent.failed_side = runs.failed_side
           AND silent.started_at > coalesce(known.last_success, 0)) END AS silent_since
     FROM known LEFT JOIN runs ON runs.id = known.last_run`,
    { jobs, now },
  );
  return new Map(rows.map((row) => [row.asked, historyIn(row)]));
}

const historyIn = (row: HistoryRow): JobHistory => ({
  lastRun: row.last_run === null ? undefined : resultOf(row),
  lastSuccessAt: row.last_success ?? undefined,
  unfinishedSince: row.unfinished_since ?? undefined,
  unansweredSince: row.silent_since ?? undefined,
});
