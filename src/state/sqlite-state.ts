import type Database from 'better-sqlite3';
import type { FailedSide, Outcome, RunCounts, RunFilter, RunResult, State } from '../collect/interfaces.ts';
import { openDatabase } from './open-database.ts';

const DAY = 86_400_000;
const KEEP = 90 * DAY;
const KEEP_FAILED = 365 * DAY;

interface RunRow {
  readonly job: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly outcome: Outcome;
  readonly window_from: number | null;
  readonly window_to: number | null;
  readonly rows: number;
  readonly records: number;
  readonly requests: number;
  readonly bytes_sent: number;
  readonly failed_side: FailedSide | null;
  readonly message: string | null;
  readonly remedy: string | null;
}

/** The state in one SQLite file, or in memory with `:memory:`. Throws StateError. */
export function openSqliteState(file: string): State {
  return new SqliteState(openDatabase(file));
}

class SqliteState implements State {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  progressOf(job: string): number | undefined {
    const row = this.#database.prepare('SELECT collected_to FROM progress WHERE job = ?').get(job);
    return (row as { collected_to: number } | undefined)?.collected_to;
  }

  beginRun(job: string, startedAt: number): number {
    this.#forgetOldRuns(startedAt);
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO runs (job, started_at) VALUES (?, ?)')
      .run(job, startedAt);
    return Number(lastInsertRowid);
  }

  windowAcknowledged(run: number, job: string, progress: number | undefined, counts: RunCounts): void {
    const remember = this.#database.transaction(() => {
      if (progress !== undefined) this.#moveProgress(job, progress);
      this.#noteCounts(run, counts);
    });
    remember.immediate();
  }

  endRun(run: number, result: RunResult): void {
    const remember = this.#database.transaction(() => {
      this.#noteCounts(run, result);
      this.#database
        .prepare(
          `UPDATE runs SET ended_at = @endedAt, outcome = @outcome, window_from = @from, window_to = @to,
             failed_side = @side, message = @message, remedy = @remedy WHERE id = @run`,
        )
        .run({
          run,
          endedAt: result.endedAt,
          outcome: result.outcome,
          from: result.window?.from ?? null,
          to: result.window?.to ?? null,
          side: result.failure?.side ?? null,
          message: result.failure?.message ?? null,
          remedy: result.failure?.remedy ?? null,
        });
    });
    remember.immediate();
  }

  runs({ job, failedOnly = false, limit }: RunFilter): readonly RunResult[] {
    const rows = this.#database
      .prepare(
        `SELECT * FROM runs WHERE ended_at IS NOT NULL AND (@job IS NULL OR job = @job)
           AND (@failedOnly = 0 OR outcome = 'failed') ORDER BY started_at DESC, id DESC LIMIT @limit`,
      )
      .all({ job: job ?? null, failedOnly: failedOnly ? 1 : 0, limit });
    return (rows as RunRow[]).map(resultOf);
  }

  close(): void {
    this.#database.close();
  }

  #moveProgress(job: string, progress: number): void {
    this.#database
      .prepare(
        `INSERT INTO progress (job, collected_to) VALUES (?, ?)
         ON CONFLICT (job) DO UPDATE SET collected_to = max(collected_to, excluded.collected_to)`,
      )
      .run(job, progress);
  }

  #noteCounts(run: number, counts: RunCounts): void {
    this.#database
      .prepare('UPDATE runs SET rows = ?, records = ?, requests = ?, bytes_sent = ? WHERE id = ?')
      .run(counts.rows, counts.records, counts.requests, counts.bytesSent, run);
  }

  /** Failures are kept longer than successes: they are what is looked for months later. */
  #forgetOldRuns(now: number): void {
    this.#database
      .prepare(`DELETE FROM runs WHERE started_at < ? AND (outcome IS NOT 'failed' OR started_at < ?)`)
      .run(now - KEEP, now - KEEP_FAILED);
  }
}

function resultOf(row: RunRow): RunResult {
  const { window_from: from, window_to: to, failed_side: side } = row;
  return {
    job: row.job,
    outcome: row.outcome,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    window: from === null || to === null ? undefined : { from, to },
    rows: row.rows,
    records: row.records,
    requests: row.requests,
    bytesSent: row.bytes_sent,
    failure:
      side === null ? undefined : { side, message: row.message ?? '', remedy: row.remedy ?? undefined },
  };
}
