import { isoSeconds } from '../calendar/date-time.ts';
import type { DeadLetter } from '../model/dead-letter.ts';
import type { PendingSnapshot } from '../model/pending.ts';
import type { CursorValue } from '../model/query.ts';
import type { FailedSide, Failure, RunCounts, RunFailure } from '../model/run.ts';
import type { LeaseHolder } from '../model/state.ts';
import type { RefusedRecord } from '../model/target.ts';

const SIDES: readonly string[] = [
  'source',
  'data',
  'target',
  'refused',
  'config',
  'internal',
] satisfies FailedSide[];

/** A run took longer than the job's `timeout`. */
export class RunTimeoutError extends Error {
  readonly side = 'source';
  readonly remedy =
    'What was acknowledged is kept and the next run goes on there; raise the timeout of the job, or lower ' +
    'window.max_periods.';

  constructor(milliseconds: number) {
    super(`the run took longer than its timeout of ${milliseconds / 1_000} s`);
    this.name = 'RunTimeoutError';
  }
}

/** What the write API does not take; all else is wrong before anything is sent. */
const REFUSALS: readonly DeadLetter['cause'][] = ['refused', 'too-large', 'server-error'];

/**
 * So much of a run became dead letters that the job must be wrong, or what the write API expects of it, and
 * not the rows.
 */
export class TooManyDeadLettersError extends Error {
  readonly side: FailedSide;
  readonly remedy: string;

  /** @param first the first few of them @param limit the job's `max_dead_letters` */
  constructor({ rows, deadLetters }: RunCounts, first: readonly DeadLetter[], limit: number) {
    const many = deadLetters > limit;
    const reasons = first.map(({ reason }) => reason);
    const causes = [...new Set(reasons)].join('; ');
    super(
      many
        ? `more than ${limit} rows of the run cannot be delivered, the first because ${causes}`
        : `none of the ${rows} rows of the run can be delivered: ${causes}`,
    );
    this.name = 'TooManyDeadLettersError';
    this.side = first.every(({ cause }) => REFUSALS.includes(cause)) ? 'refused' : 'config';
    const given = first[0]?.remedy?.replace(/\.$/, '');
    const kept = 'progress stays until then, so nothing is lost';
    const more = many ? '; if so many rows may be left out, raise max_dead_letters' : '';
    this.remedy = `${given ?? 'Correct the job'}; ${kept}${more}.`;
  }
}

/** The rows of a cursor job do not come in the order of its cursor columns. */
export class RowsOutOfOrderError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  /** @param isFirst whether the row is the first one of the query: then `last` is the job's position */
  constructor(
    columns: readonly string[],
    last: readonly CursorValue[],
    next: readonly CursorValue[],
    isFirst: boolean,
  ) {
    const [before, after] = [last, next].map((values) => values.map(({ text }) => text).join(', '));
    super(
      isFirst
        ? `the query returns rows that are collected already: (${after}) comes before the position (${before})`
        : `the rows are not in the order of the cursor: (${after}) follows (${before})`,
    );
    this.name = 'RowsOutOfOrderError';
    const parameters = columns.map((name) => `:${name}`).join(', ');
    this.remedy = isFirst
      ? `Compare the cursor columns with ${parameters} in the query, e.g. WHERE (${columns.join(', ')}) > ` +
        `(${parameters}).`
      : `End the query with ORDER BY ${columns.join(', ')}; progress stays, so no row is skipped.`;
  }
}

/** What determines the ids of a job's records has changed since its last run. */
export class FingerprintError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(job: string, changes: readonly string[]) {
    super(
      'what determines the ids of the records has changed, so that those in the data set would stay beside the new ' +
        `ones: ${changes.join('; ')}`,
    );
    this.name = 'FingerprintError';
    this.remedy = `Change it back, or, if that is meant, run pp-db-collector state accept ${job} (and empty the data set first where old records must not stay).`;
  }
}

/** Something stored must not be sent, at least not now: it stays as it is. */
export class WithheldError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'WithheldError';
    this.remedy = remedy;
  }
}

/** Records of a stored snapshot are refused, and keep nothing else from being delivered. */
export class StuckSnapshotError extends Error {
  readonly side: FailedSide;
  readonly remedy: string;

  constructor(job: string, { id, takenAt }: PendingSnapshot, why: unknown) {
    const { side, message, remedy = 'Correct what is refused' } = failureOf(why);
    super(`the snapshot of ${isoSeconds(takenAt)} waits, because ${clause(message)}`);
    this.name = 'StuckSnapshotError';
    this.side = side;
    const forget = `pp-db-collector state discard ${job} ${id}`;
    this.remedy = `${remedy.replace(/\.$/, '')}; other snapshots are delivered meanwhile, and each run tries this one again; to give it up: ${forget}.`;
  }
}

/** The records that are known to be refused, of an error that blames records; undefined for all other errors. */
export function refusedIn(error: unknown): readonly RefusedRecord[] | undefined {
  if (error instanceof TooManyDeadLettersError) return [];
  if (!(error instanceof Error && 'refused' in error && Array.isArray(error.refused))) return undefined;
  return error.refused as readonly RefusedRecord[];
}

/** A message within a sentence. */
const clause = (message: string): string =>
  message.startsWith('The ') ? `the ${message.slice(4).replace(/\.$/, '')}` : message;

/** Another run of the job goes on. */
export class JobBusyError extends Error {
  readonly side = 'config';
  readonly isBusy = true;
  readonly remedy = 'Wait for that run to end, or stop it; two runs of one job never go on at once.';

  /** @param job named where nothing else tells which one it is */
  constructor({ holder, since }: LeaseHolder, job?: string) {
    super(
      `${holder} has been running the job ${job === undefined ? '' : `${job} `}since ${isoSeconds(since)}`,
    );
    this.name = 'JobBusyError';
  }
}

/** What is remembered and shown of an error; one that no station explains is a bug. @param at epoch milliseconds */
export function failureOf(error: unknown, at: number = Date.now()): RunFailure {
  if (isFailure(error)) {
    const { side, message, remedy, excerpt, unansweredFor } = error;
    return {
      ...{ side, message, remedy },
      ...(excerpt && { excerpt }),
      ...(unansweredFor === undefined ? {} : { unansweredSince: Math.round(at - unansweredFor) }),
    };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    side: 'internal',
    message: `unexpected: ${message}`,
    remedy: 'This is a defect of pp-db-collector: please report it with the log at level debug.',
  };
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'side' in error && SIDES.includes(String(error.side));
}
