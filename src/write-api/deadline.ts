import { LONGEST_TIMER } from '../calendar/durations.ts';

/** What ends a piece of work early. */
export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  /** What is thrown when they are over. */
  readonly overdue: () => Error;
  readonly signals: readonly AbortSignal[];
}

/**
 * Runs `work` until it ends, the time is over or a signal is aborted, whichever comes first, and does
 * not wait for work that is slow to notice. Work learns of the end by the signal that it is given.
 */
export async function within<Result>(
  limits: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  for (const signal of limits.signals) signal.throwIfAborted();
  const aborter = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    reject(reason);
    aborter.abort(reason);
  };
  const abort = ({ target }: Event) => end((target as AbortSignal).reason);
  const timer = setTimeout(() => end(limits.overdue()), Math.min(limits.timeout, LONGEST_TIMER));
  for (const signal of limits.signals) signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(aborter.signal), ended]);
  } finally {
    clearTimeout(timer);
    for (const signal of limits.signals) signal.removeEventListener('abort', abort);
  }
}
