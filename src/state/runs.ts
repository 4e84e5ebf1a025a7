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
import { change, rowOf, rowsOf, type Work } from './work.ts';

const KEEP = 90 * DAY;
const KEEP_FAILED = 365 * DAY;
const MOST_STARTS = 10_000;

export interface RunRow {
  readonly job: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly outcome: RunOutcome;
  readonly window_from: number | null;
  readonly window_to: number | null;
  readonly rows: number;
  readonly records: number;
  readonly unchanged: number;
  readonly vanished: number;
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

/** What a run has counted, by the names of the columns. */
const COLUMNS = {
  rows: 'rows',
  records: 'records',
  unchanged: 'unchanged',
  vanished: 'vanished',
  deadLetters: 'dead_letters',
  requests: 'requests',
  bytesSent: 'bytes_sent',
} as const satisfies Readonly<Record<keyof RunCounts, keyof RunRow>>;

const COUNTS = Object.keys(COLUMNS) as readonly (keyof RunCounts)[];

const NO_WORK = { unit: null, done: null, owed: null, since: null };

/** Gives its number, which tells what was read later. @param number what SQL writes for it */
export function* beginRun(job: string, startedAt: number, number: string): Work<number> {
  yield* forgetOld(startedAt);
  const row = yield* rowOf<{ readonly id: number }>(
    `INSERT INTO runs (id, job, started_at) VALUES (${number}, @job, @startedAt) RETURNING id`,
    { job, startedAt },
  );
  return row?.id ?? 0;
}

export const noteRun = (run: number, counts: RunCounts, work: WorkDone | undefined): Work<number> =>
  change(
    `UPDATE runs SET ${COUNTS.map((name) => `${COLUMNS[name]} = @${name}`).join(', ')},
       work_unit = @unit, work_done = @done, work_owed = @owed, work_since = @since WHERE id = @run`,
    { ...countsOf(counts), ...(work ?? NO_WORK), run },
  );

export function* endRun(run: number, result: RunResult): Work<void> {
  yield* noteRun(run, result, undefined);
  yield* change(
    `UPDATE runs SET ended_at = @endedAt, outcome = @outcome, window_from = @from, window_to = @to,
       failed_side = @side, message = @message, remedy = @remedy, unanswered_since = @unansweredSince
     WHERE id = @run`,
    {
      run,
      endedAt: result.endedAt,
      outcome: result.outcome,
      from: result.window?.from ?? null,
      to: result.window?.to ?? null,
      side: result.failure?.side ?? null,
      message: result.failure?.message ?? null,
      remedy: result.failure?.remedy ?? null,
      unansweredSince: result.failure?.unansweredSince ?? null,
    },
  );
}

/** Ends runs that were cut off. @param lastSeen when whoever began them was last there, epoch milliseconds */
export const endUnfinished = (job: string, lastSeen: number): Work<number> =>
  change(
    `UPDATE runs SET ended_at = CASE WHEN started_at > @lastSeen THEN started_at ELSE @lastSeen END,
       outcome = 'interrupted', failed_side = 'internal',
       message = 'the process ended in the middle of the run, or could not write the state',
       remedy = 'Nothing is lost: the next run goes on where the last acknowledgement ended.'
     WHERE job = @job AND ended_at IS NULL`,
    { job, lastSeen },
  );

/** In the order in which they began, newest first, whatever the clock said then. */
export function* findRuns({ job, failedOnly = false, limit }: RunFilter): Work<readonly RunResult[]> {
  const rows = yield* rowsOf<RunRow>(
    `SELECT * FROM runs WHERE ended_at IS NOT NULL AND (job = @job OR @job IS NULL)
       AND (@failedOnly = 0 OR outcome = 'failed') ORDER BY id DESC LIMIT @limit`,
    { job: job ?? null, failedOnly: failedOnly ? 1 : 0, limit },
  );
  return rows.map(resultOf);
}

/** The newest run of each job that has no end, whether or not it goes on. In the order of their index. */
export function* unfinishedRuns(): Work<ReadonlyMap<string, RunningRun>> {
  const rows = yield* rowsOf<UnfinishedRow>('SELECT * FROM runs WHERE ended_at IS NULL ORDER BY job, id');
  return new Map(rows.map((row) => [row.job, runningOf(row)]));
}

/** When the runs of all jobs began that began later than a time, in order. */
export function* startsAfter(time: number): Work<ReadonlyMap<string, readonly number[]>> {
  const rows = yield* rowsOf<{ readonly job: string; readonly started_at: number }>(
    'SELECT job, started_at FROM runs WHERE started_at > @time ORDER BY started_at LIMIT @most',
    { time, most: MOST_STARTS },
  );
  const starts = new Map<string, number[]>();
  for (const { job, started_at } of rows) starts.set(job, [...(starts.get(job) ?? []), started_at]);
  return starts;
}

/** Failures are kept longer than successes: they are what is looked for months later. */
const forgetOld = (now: number): Work<number> =>
  change(
    `DELETE FROM runs WHERE started_at < @success AND (outcome IS DISTINCT FROM 'failed' OR started_at < @failure)`,
    { success: now - KEEP, failure: now - KEEP_FAILED },
  );

const countsOf = (counts: RunCounts): RunCounts => countsBy((name) => counts[name]);

function runningOf(row: UnfinishedRow): RunningRun {
  const { work_unit: unit, work_done: done, work_owed: owed, work_since: since } = row;
  const work = unit === null ? undefined : { unit, done, owed, since };
  return { since: row.started_at, work, ...countsOfRow(row) };
}

const countsOfRow = (row: RunRow): RunCounts => countsBy((name) => row[COLUMNS[name]]);

/** A count for each name. */
const countsBy = (countOf: (name: keyof RunCounts) => number): RunCounts =>
  Object.fromEntries(COUNTS.map((name) => [name, countOf(name)])) as unknown as RunCounts;

export function resultOf(row: RunRow): RunResult {
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
