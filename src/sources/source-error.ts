import type { UnknownName } from './known-names.ts';
import type { BoundParameter } from './parameters.ts';

/**
 * A failure of a source database, told so that an operator can act on it. Never holds a password, a URL or a parameter.
 */
export class SourceError extends Error {
  readonly side = 'source';
  /** What to do, as a sentence. */
  readonly remedy: string | undefined;
  /** The database's or the operating system's code, e.g. `42P01` or `ECONNREFUSED`. */
  readonly code: string | undefined;
  readonly unansweredFor: number | undefined;
  /** The line of the query's file that it is about, with carets below. */
  readonly excerpt: readonly string[] | undefined;
  /** What the database does not know, where it gives no advice of its own. */
  readonly unknown: UnknownName | undefined;

  constructor(
    message: string,
    details: {
      readonly remedy?: string | undefined;
      readonly code?: string | undefined;
      readonly unansweredFor?: number | undefined;
      readonly excerpt?: readonly string[] | undefined;
      readonly unknown?: UnknownName | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SourceError';
    this.remedy = details.remedy;
    this.code = details.code;
    this.unansweredFor = details.unansweredFor;
    this.excerpt = details.excerpt;
    this.unknown = details.unknown;
  }

  /** The same with another remedy. */
  withRemedy(remedy: string): SourceError {
    return new SourceError(this.message, { ...this, remedy });
  }
}

/** What a read fails with when its signal is aborted. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new SourceError('the query was interrupted', { cause: reason });
}

/** What an error of a driver means. */
export interface Explanation {
  /** Half a sentence, to stand after the database's name. */
  readonly what: string;
  readonly remedy?: string | undefined;
  /** UTF-16 offset into the statement's text. */
  readonly offset?: number | undefined;
  /** Milliseconds for which nobody answered; left out where somebody did. */
  readonly unansweredFor?: number | undefined;
  /** A name or word of the query that it is about, where no offset tells it; empty: which one is not known. */
  readonly name?: string | undefined;
  readonly unknown?: UnknownName | undefined;
}

/** What is known when a driver fails. */
export interface Circumstances {
  /** The database's name in the configuration. */
  readonly name: string;
  /** Where it is: `host:port`, or the path of a file. */
  readonly location: string;
  /** Whom the server knows, in which database, by what; empty for files. */
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** Milliseconds. */
  readonly queryTimeout: number;
  readonly timezone: string;
  /** The statement's text as the server has it; empty before there is one. */
  readonly sql: string;
  /** Those of the statement, in the order of their placeholders. */
  readonly parameters: readonly BoundParameter[];
}

/** A driver's error, read without trusting its shape. */
export interface DriverError {
  readonly message: string;
  readonly code: string;
  readonly errno: number | undefined;
  /** The error's place, where the server tells it: characters from the start of the statement, counted from 1. */
  readonly position: number | undefined;
  readonly routine: string | undefined;
  /** What else the server says: advice, and what more there is to know. */
  readonly hint: string | undefined;
  readonly detail: string | undefined;
}

export function readDriverError(error: unknown): DriverError {
  const { message, code, errno, position, routine, hint, detail } = Object(error) as Record<string, unknown>;
  return {
    message: typeof message === 'string' ? message : String(error),
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : undefined,
    position: typeof position === 'string' ? Number(position) : undefined,
    routine: typeof routine === 'string' ? routine : undefined,
    hint: typeof hint === 'string' ? hint : undefined,
    detail: typeof detail === 'string' ? detail : undefined,
  };
}
