import type { RecordMapping } from '../config/job-schema.ts';
import type { DataRecord, FailedSide, Failure, RunFailure } from './interfaces.ts';

const SIDES: readonly string[] = ['source', 'target', 'refused', 'config', 'internal'] satisfies FailedSide[];

/** Two rows of one query have the same `_id`: the second would replace the first in the data set. */
export class DuplicateIdError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  /** @param record the record of the later row; @param rows their numbers, counted from 1 */
  constructor(record: DataRecord, mapping: RecordMapping, earlierRow: number, laterRow: number) {
    const fields: Record<string, unknown> = JSON.parse(record.json);
    const idFields = Array.isArray(mapping.id) ? mapping.id : mapping.id.fields;
    const told = idFields.map((name) => `${name}=${JSON.stringify(fields[name])}`).join(', ');
    const others = Object.keys(fields).filter((name) => name !== '_id' && !idFields.includes(name));
    super(`rows ${earlierRow} and ${laterRow} of the query would have the same _id: ${told}`);
    this.name = 'DuplicateIdError';
    this.remedy = `Add to record.id what tells such rows apart (${others.join(', ') || 'another column'}), or group the rows in the query.`;
  }
}

/** A run took longer than the job's `timeout`. */
export class RunTimeoutError extends Error {
  readonly side = 'source';
  readonly remedy =
    'What was acknowledged is kept and the next run goes on there; raise the timeout of the job, or lower window.max_periods.';

  constructor(milliseconds: number) {
    super(`the run took longer than its timeout of ${milliseconds / 1_000} s`);
    this.name = 'RunTimeoutError';
  }
}

/** What is remembered and shown of an error; one that no station explains is a bug. */
export function failureOf(error: unknown): RunFailure {
  if (isFailure(error)) return { side: error.side, message: error.message, remedy: error.remedy };
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
