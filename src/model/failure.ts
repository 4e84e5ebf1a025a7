/** The side that a failure came from; it decides the outcome shown and the exit code. */
export type FailedSide = 'source' | 'target' | 'refused' | 'config' | 'internal';

/** An error that a station explains: every station throws errors of this shape and no others. */
export interface Failure extends Error {
  readonly side: FailedSide;
  /** What the reader should do, as a sentence. */
  readonly remedy?: string | undefined;
}
