import { LONGEST_TIMER } from './retry-policy.ts';

/** What ends a piece of work early. */
export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  /** What is thrown when they are over. */
  readonly overdue: () => Error;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` until it ends, the time is over or the signal is aborted, whichever comes first, and does
 * not wait for work that is slow to notice. Work learns of the end by the signal that it is given.
 */
export async function within<Result>(
  limits: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  limits.signal.throwIfAborted();
  const aborter = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    reject(reason);
    aborter.abort(reason);
  };
  const abort = () => end(limits.signal.reason);
  const timer = setTimeout(() => end(limits.overdue()), Math.min(limits.timeout, LONGEST_TIMER));
  limits.signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(aborter.signal), ended]);
  } finally {
    clearTimeout(timer);
    limits.signal.removeEventListener('abort', abort);
  }
}
