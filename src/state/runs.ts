import { DAY } from '../calendar/durations.ts';
import type {
  FailedSide,
  RunCounts,
  RunFailure,
  RunningRun,
  RunOutcome,
  RunResult,
  WorkDone,
} from '../model/run.ts';
import type { RunFilter } from '../model/run-memory.ts';
import type { Statements } from './sqlite/statements.ts';

const KEEP = 90 * DAY;
const KEEP_FAILED = 365 * DAY;
const MOST_STARTS = 10_000;

interface RunRow {
  readonly job: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly outcome: RunOutcome;
  readonly window_from: number | null;
  readonly window_to: number | null;
  readonly rows: number;
  readonly records: number;
  readonly dead_letters: number;
  readonly requests: number;
  readonly bytes_sent: number;
  readonly failed_side: FailedSide | null;
  readonly message: string | null;
  readonly remedy: string | null;
  readonly unanswered_since: number | null;
}

interface UnfinishedRow extends RunRow {
  readonly work_unit: WorkDone['unit'] | null;
  readonly work_done: number;
  readonly work_owed: number;
  readonly work_since: number;
}

const NO_WORK = { unit: null, done: null, owed: null, since: null };

/** The statements about runs; whoever calls them begins and ends the transaction. */
export class SqliteRuns {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Numbers tell what was read later: they go on from what is remembered of runs that are forgotten themselves. */
  begin(job: string, startedAt: number): number {
    this.#forgetOld(startedAt);
    const { lastInsertRowid } = this.#statements
      .prepare(
        `INSERT INTO runs (id, job, started_at) SELECT 1 + coalesce(max(known), 0), ?, ? FROM (
           SELECT max(id) AS known FROM runs UNION ALL SELECT max(read_run) FROM dead_letters
           UNION ALL SELECT max(run) FROM pending_snapshots)`,
      )
      .run(job, startedAt);
    return Number(lastInsertRowid);
  }

  noteSoFar(run: number, counts: RunCounts, work: WorkDone | undefined): void {
    this.#statements
      .prepare(
        `UPDATE runs SET rows = @rows, records = @records, dead_letters = @deadLetters,
           requests = @requests, bytes_sent = @bytesSent, work_unit = @unit, work_done = @done,
           work_owed = @owed, work_since = @since WHERE id = @run`,
      )
      .run({ ...countsOf(counts), ...(work ?? NO_WORK), run });
  }

  end(run: number, result: RunResult): void {
    this.noteSoFar(run, result, undefined);
    this.#statements
      .prepare(
        `UPDATE runs SET ended_at = @endedAt, outcome = @outcome, window_from = @from, window_to = @to,
           failed_side = @side, message = @message, remedy = @remedy, unanswered_since = @unansweredSince
         WHERE id = @run`,
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
        unansweredSince: result.failure?.unansweredSince ?? null,
      });
  }

  /** Ends runs that were cut off. @param lastSeen when whoever began them was last there, epoch milliseconds */
  endUnfinished(job: string, lastSeen: number): void {
    this.#statements
      .prepare(
        `UPDATE runs SET ended_at = max(started_at, @lastSeen), outcome = 'interrupted', failed_side = 'internal',
           message = 'the process ended in the middle of the run, or could not write the state',
           remedy = 'Nothing is lost: the next run goes on where the last acknowledgement ended.'
         WHERE job = @job AND ended_at IS NULL`,
      )
      .run({ job, lastSeen });
  }

  /** In the order in which they began, newest first, whatever the clock said then. */
  find({ job, failedOnly = false, limit }: RunFilter): readonly RunResult[] {
    const rows = this.#statements
      .prepare(
        `SELECT * FROM runs WHERE ended_at IS NOT NULL AND (@job IS NULL OR job = @job)
           AND (@failedOnly = 0 OR outcome = 'failed') ORDER BY id DESC LIMIT @limit`,
      )
      .all({ job: job ?? null, failedOnly: failedOnly ? 1 : 0, limit });
    return (rows as RunRow[]).map(resultOf);
  }

  /** The newest run of each job that has no end, whether or not it goes on. In the order of their index. */
  unfinished(): ReadonlyMap<string, RunningRun> {
    const rows = this.#statements.prepare('SELECT * FROM runs WHERE ended_at IS NULL ORDER BY job, id').all();
    return new Map((rows as UnfinishedRow[]).map((row) => [row.job, runningOf(row)]));
  }

  /** When the newest run began that has no end. */
  unfinishedOf(job: string): number | undefined {
    const startedAt = this.#statements
      .prepare('SELECT started_at FROM runs WHERE job = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1')
      .pluck()
      .get(job);
    return startedAt as number | undefined;
  }

  /** When the runs of all jobs began that began later than a time, in order. */
  startsAfter(time: number): ReadonlyMap<string, readonly number[]> {
    const rows = this.#statements
      .prepare('SELECT job, started_at FROM runs WHERE started_at > ? ORDER BY started_at LIMIT ?')
      .raw()
      .all(time, MOST_STARTS) as [string, number][];
    const starts = new Map<string, number[]>();
    for (const [job, start] of rows) starts.set(job, [...(starts.get(job) ?? []), start]);
    return starts;
  }

  /** @param upTo epoch milliseconds: runs that began later, by a clock that was wrong, are passed over */
  lastSuccessOf(job: string, upTo: number): number | undefined {
    const endedAt = this.#statements
      .prepare(
        `SELECT ended_at FROM runs WHERE job = ? AND outcome IN ('succeeded', 'empty', 'partial')
           AND started_at <= ? ORDER BY started_at DESC LIMIT 1`,
      )
      .pluck()
      .get(job, upTo);
    return endedAt as number | undefined;
  }

  /** Since when a side has not answered the runs of a job, of those after a time. @param after epoch milliseconds */
  unansweredSinceOf(job: string, side: FailedSide, after: number): number | undefined {
    const since = this.#statements
      .prepare('SELECT min(unanswered_since) FROM runs WHERE job = ? AND failed_side = ? AND started_at > ?')
      .pluck()
      .get(job, side, after);
    return (since ?? undefined) as number | undefined;
  }

  /** Failures are kept longer than successes: they are what is looked for months later. */
  #forgetOld(now: number): void {
    this.#statements
      .prepare(`DELETE FROM runs WHERE started_at < ? AND (outcome IS NOT 'failed' OR started_at < ?)`)
      .run(now - KEEP, now - KEEP_FAILED);
  }
}

const countsOf = ({ rows, records, deadLetters, requests, bytesSent }: RunCounts): RunCounts => ({
  rows,
  records,
  deadLetters,
  requests,
  bytesSent,
});

function runningOf(row: UnfinishedRow): RunningRun {
  const { work_unit: unit, work_done: done, work_owed: owed, work_since: since } = row;
  const work = unit === null ? undefined : { unit, done, owed, since };
  return { since: row.started_at, work, ...countsOfRow(row) };
}

const countsOfRow = (row: RunRow): RunCounts => ({
  rows: row.rows,
  records: row.records,
  deadLetters: row.dead_letters,
  requests: row.requests,
  bytesSent: row.bytes_sent,
});

function resultOf(row: RunRow): RunResult {
  const { window_from: from, window_to: to, failed_side: side } = row;
  return {
    job: row.job,
    outcome: row.outcome,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    window: from === null || to === null ? undefined : { from, to },
    ...countsOfRow(row),
    failure: side === null ? undefined : failureOf(row, side),
  };
}

function failureOf({ message, remedy, unanswered_since: since }: RunRow, side: FailedSide): RunFailure {
  const failure = { side, message: message ?? '', remedy: remedy ?? undefined };
  return since === null ? failure : { ...failure, unansweredSince: since };
}
