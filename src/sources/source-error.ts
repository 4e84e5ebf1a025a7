/**
 * A failure of a source database, told so that an operator can act on it. Never holds a password, a URL or a parameter.
 */
export class SourceError extends Error {
  readonly side = 'source';
  /** What to do, as a sentence. */
  readonly remedy: string | undefined;
  /** The database's or the operating system's code, e.g. `42P01` or `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(
    message: string,
    details: {
      readonly remedy?: string | undefined;
      readonly code?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SourceError';
    this.remedy = details.remedy;
    this.code = details.code;
  }
}

/** What a read fails with when its signal is aborted. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new SourceError('the query was interrupted', { cause: reason });
}
