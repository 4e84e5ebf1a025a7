import { failureOf } from '../collect/failures.ts';
import type { FailedSide } from '../model/run.ts';

/** The job has delivered nothing that could be compared. */
export class NothingToVerifyError extends Error {
  readonly side = 'data';
  readonly remedy: string;

  constructor(job: string) {
    super('the job has delivered nothing yet of what is to be compared');
    this.name = 'NothingToVerifyError';
    this.remedy = `Run it first: pp-db-collector run ${job}; what is not collected yet is never taken for missing.`;
  }
}

/** The data set shows no records that could be compared. */
export class NotReadableError extends Error {
  readonly side = 'target';
  readonly remedy =
    'Set write_api.read_url to the address at which the data set is read, and have reading allowed there ' +
    '(queryable; for single records raw_queries_allowed, too).';

  /** What was answered, as a clause. */
  readonly reason: string;

  constructor(reason: string) {
    super(`the data set cannot be read: ${reason}`);
    this.name = 'NotReadableError';
    this.reason = reason;
  }
}

/** Single records cannot be removed from the data set. */
export class NotRemovableError extends Error {
  readonly side = 'refused';
  readonly remedy =
    'Leave --delete-extra out; what the data set has too much can be removed by emptying it and collecting all again.';

  /** @param reason why, as a clause */
  constructor(reason: string) {
    super(`no single records can be removed: ${reason}`);
    this.name = 'NotRemovableError';
  }
}

/** A verification by schedule that did not come to its end in time. */
export class VerificationTimeoutError extends Error {
  readonly side = 'source';
  readonly remedy =
    'Raise verify.timeout of the job, or compare less: lower verify.periods. What takes so long, `pp-db-collector verify` shows.';

  constructor(milliseconds: number) {
    super(`comparing took longer than its timeout of ${milliseconds / 1_000} s`);
    this.name = 'VerificationTimeoutError';
  }
}

/** A repair that ended before its time; what was done by then stays done. */
export class RepairEndedError extends Error {
  readonly side: FailedSide;
  readonly remedy: string | undefined;
  readonly excerpt: readonly string[] | undefined;
  /** What was done, as a clause. */
  readonly done: string;

  /** @param removed undefined: nothing was to be */
  constructor(cause: unknown, { delivered, removed }: { delivered: number; removed?: number | undefined }) {
    const { message, side, remedy, excerpt } = failureOf(cause);
    const done = `delivered by then: ${delivered}${removed === undefined ? '' : `, removed: ${removed}`}`;
    super(`${message}; ${done}`, { cause });
    this.name = 'RepairEndedError';
    this.side = side;
    this.remedy = remedy;
    this.excerpt = excerpt;
    this.done = done;
  }
}
