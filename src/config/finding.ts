import { SourceFile } from './yaml/source-file.ts';

/** A span of a file: offsets into its text, `end` excluded. */
export interface Place {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** The way to a value from the top of its file: keys and indexes. */
export type KeyPath = readonly (string | number)[];

/** The kinds of mistakes, stable for programs that read them. */
export type ProblemCode =
  | 'unreadable-file'
  | 'yaml-syntax'
  | 'duplicate-key'
  | 'unset-variable'
  | 'bad-expansion'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-value'
  | 'contradiction'
  | 'unknown-database'
  | 'unknown-data-set'
  | 'unknown-field'
  | 'unknown-parameter'
  | 'unused-parameters'
  | 'unordered-query'
  | 'job-name'
  | 'dashboard-name'
  | 'no-jobs'
  | 'no-dashboards'
  | 'stray-file'
  | 'stray-line'
  | 'exposed-secret'
  | 'placeholder';

/** What a check says about a value; `findingAt` adds where. */
export interface Complaint {
  readonly code: ProblemCode;
  /** "expected X, got Y". */
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly severity?: 'error' | 'warning';
}

/**
 * A mistake as it is found. It becomes a `Problem` when all files are read and it is known which of their texts are
 * secret.
 */
export interface Finding {
  readonly place: Place;
  readonly path: KeyPath;
  readonly complaint: Complaint;
}

export const findingAt = (place: Place, path: KeyPath, complaint: Complaint): Finding => ({
  place,
  path,
  complaint,
});

/** A mistake of a file as a whole. */
export function findingOfFile(path: string, complaint: Complaint): Finding {
  return { place: { file: new SourceFile(path, path, '', false), start: 0, end: 0 }, path: [], complaint };
}

export function unreadable(file: string, reason: string): Finding {
  return findingOfFile(file, { code: 'unreadable-file', message: `expected a readable file, got ${reason}` });
}
