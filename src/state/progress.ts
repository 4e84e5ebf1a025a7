import type { Progress, Span } from '../model/progress.ts';
import type { CursorValue } from '../model/query.ts';
import { change, rowOf, rowsOf, type Work } from './work.ts';

interface ProgressRow {
  readonly collected_to: number | null;
  readonly cursor: string | null;
  readonly fingerprint: string | null;
}

export function* progressOf(job: string): Work<Progress | undefined> {
  const row = yield* rowOf<ProgressRow>(
    'SELECT collected_to, cursor, fingerprint FROM progress WHERE job = @job',
    { job },
  );
  return row && progressIn(row);
}

export function* allProgress(): Work<ReadonlyMap<string, Progress>> {
  const rows = yield* rowsOf<ProgressRow & { readonly job: string }>(
    'SELECT job, collected_to, cursor, fingerprint FROM progress',
  );
  return new Map(rows.map((row) => [row.job, progressIn(row)]));
}

/** Also those of which nothing but dead letters or pending records is left. */
export function* rememberedJobs(): Work<readonly string[]> {
  const rows = yield* rowsOf<{ readonly job: string }>(
    `SELECT job FROM progress UNION SELECT job FROM dead_letters UNION SELECT job FROM pending_snapshots
     ORDER BY job`,
  );
  return rows.map(({ job }) => job);
}

export function* setProgress(job: string, progress: Progress | undefined): Work<void> {
  yield* change('DELETE FROM progress WHERE job = @job', { job });
  if (progress === undefined) yield* change('DELETE FROM backfills WHERE job = @job', { job });
  else yield* moveProgress(job, progress);
}

/** What is not given stays; `collected_to` never moves backwards. */
export const moveProgress = (job: string, progress: Progress): Work<number> =>
  change(
    `INSERT INTO progress (job, collected_to, cursor, fingerprint)
     VALUES (@job, @collectedTo, @cursor, @fingerprint)
     ON CONFLICT (job) DO UPDATE SET
       collected_to = CASE
         WHEN excluded.collected_to IS NULL OR progress.collected_to > excluded.collected_to
         THEN progress.collected_to ELSE excluded.collected_to END,
       cursor = coalesce(excluded.cursor, progress.cursor),
       fingerprint = coalesce(excluded.fingerprint, progress.fingerprint)`,
    {
      job,
      collectedTo: progress.collectedTo ?? null,
      cursor: progress.cursor === undefined ? null : JSON.stringify(progress.cursor),
      fingerprint: progress.fingerprint ?? null,
    },
  );

export function* backfillOf(job: string, { from, to }: Span): Work<number | undefined> {
  const row = yield* rowOf<{ readonly acknowledged_to: number }>(
    'SELECT acknowledged_to FROM backfills WHERE job = @job AND span_from = @from AND span_to = @to',
    { job, from, to },
  );
  return row?.acknowledged_to;
}

/** As given, also backwards: whoever asks for a span again without resuming begins it anew. */
export const moveBackfill = (job: string, { from, to }: Span, acknowledgedTo: number): Work<number> =>
  change(
    `INSERT INTO backfills (job, span_from, span_to, acknowledged_to) VALUES (@job, @from, @to, @acknowledgedTo)
     ON CONFLICT (job, span_from, span_to) DO UPDATE SET acknowledged_to = excluded.acknowledged_to`,
    { job, from, to, acknowledgedTo },
  );

function progressIn(row: ProgressRow): Progress {
  return {
    ...(row.collected_to === null ? {} : { collectedTo: row.collected_to }),
    ...(row.cursor === null ? {} : { cursor: JSON.parse(row.cursor) as readonly CursorValue[] }),
    ...(row.fingerprint === null ? {} : { fingerprint: row.fingerprint }),
  };
}
