import type { Progress, Span } from '../model/progress.ts';
import type { CursorValue } from '../model/query.ts';
import type { Statements } from './sqlite/statements.ts';

interface ProgressRow {
  readonly collected_to: number | null;
  readonly cursor: string | null;
  readonly fingerprint: string | null;
}

/** The statements about progress and backfills; whoever calls them begins and ends the transaction. */
export class SqliteProgress {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  of(job: string): Progress | undefined {
    const row = this.#statements
      .prepare('SELECT collected_to, cursor, fingerprint FROM progress WHERE job = ?')
      .get(job) as ProgressRow | undefined;
    return row === undefined ? undefined : progressOf(row);
  }

  all(): ReadonlyMap<string, Progress> {
    const rows = this.#statements
      .prepare('SELECT job, collected_to, cursor, fingerprint FROM progress')
      .all();
    return new Map((rows as (ProgressRow & { job: string })[]).map((row) => [row.job, progressOf(row)]));
  }

  /** Also those of which nothing but dead letters or pending records is left. */
  jobs(): readonly string[] {
    const jobs = this.#statements
      .prepare(
        'SELECT job FROM progress UNION SELECT job FROM dead_letters UNION SELECT job FROM pending_snapshots ORDER ' +
          'BY job',
      )
      .pluck()
      .all();
    return jobs as string[];
  }

  set(job: string, progress: Progress | undefined): void {
    this.#statements.prepare('DELETE FROM progress WHERE job = ?').run(job);
    if (progress === undefined) this.#statements.prepare('DELETE FROM backfills WHERE job = ?').run(job);
    else this.move(job, progress);
  }

  /** What is not given stays; `collected_to` never moves backwards. */
  move(job: string, progress: Progress): void {
    this.#statements
      .prepare(
        `INSERT INTO progress (job, collected_to, cursor, fingerprint)
         VALUES (@job, @collectedTo, @cursor, @fingerprint)
         ON CONFLICT (job) DO UPDATE SET
           collected_to = CASE WHEN excluded.collected_to IS NULL OR collected_to > excluded.collected_to
             THEN collected_to ELSE excluded.collected_to END,
           cursor = coalesce(excluded.cursor, cursor),
           fingerprint = coalesce(excluded.fingerprint, fingerprint)`,
      )
      .run({
        job,
        collectedTo: progress.collectedTo ?? null,
        cursor: progress.cursor === undefined ? null : JSON.stringify(progress.cursor),
        fingerprint: progress.fingerprint ?? null,
      });
  }

  backfillOf(job: string, { from, to }: Span): number | undefined {
    const row = this.#statements
      .prepare('SELECT acknowledged_to FROM backfills WHERE job = ? AND span_from = ? AND span_to = ?')
      .get(job, from, to) as { acknowledged_to: number } | undefined;
    return row?.acknowledged_to;
  }

  /** As given, also backwards: whoever asks for a span again without resuming begins it anew. */
  moveBackfill(job: string, { from, to }: Span, acknowledgedTo: number): void {
    this.#statements
      .prepare(
        `INSERT INTO backfills (job, span_from, span_to, acknowledged_to) VALUES (?, ?, ?, ?)
         ON CONFLICT (job, span_from, span_to) DO UPDATE SET acknowledged_to = excluded.acknowledged_to`,
      )
      .run(job, from, to, acknowledgedTo);
  }
}

function progressOf(row: ProgressRow): Progress {
  return {
    ...(row.collected_to === null ? {} : { collectedTo: row.collected_to }),
    ...(row.cursor === null ? {} : { cursor: JSON.parse(row.cursor) as readonly CursorValue[] }),
    ...(row.fingerprint === null ? {} : { fingerprint: row.fingerprint }),
  };
}
