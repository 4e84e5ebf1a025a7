import { setTimeout as delay } from 'node:timers/promises';
import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { Failures } from './failures.ts';
import type { Session } from './session.ts';
import { abortReason } from './source-error.ts';

const LONGEST_FAREWELL = 2_000;

/**
 * Milliseconds that the server, or whoever reads for us, may be silent: it is the server that enforces `query_timeout`,
 * and it needs a moment to say so.
 */
export const patience = (queryTimeout: number) =>
  Math.min(queryTimeout + Math.max(1_000, queryTimeout / 10), LONGEST_TIMER);

/**
 * A session in use for one query. Whatever is asked of it ends with an answer or with an error that explains itself: at
 * once when the connection is lost, when the signal is aborted and when the server has been silent for too long. Then
 * the query is cancelled on the server and the connection closed. However it ends, the connection goes back to its pool
 * exactly once.
 */
export class OpenSession {
  readonly #session: Session;
  readonly #release: (usable: boolean) => void;
  readonly #unwatch: () => void;
  readonly #waiting = new Set<(reason: unknown) => void>();
  #failures: Failures;
  #interruption: { readonly reason: unknown } | undefined;
  #end: Promise<void> | undefined;

  /** @param release gives the connection back; `usable` false: it is closed, and must not be used again */
  constructor(session: Session, failures: Failures, signal: AbortSignal, release: (usable: boolean) => void) {
    this.#session = session;
    this.#failures = failures;
    this.#release = release;
    const unwatch = session.watch((error) => void this.#interrupt(this.#failures.lost(error)));
    const abort = () => void this.#interrupt(abortReason(signal));
    signal.addEventListener('abort', abort, { once: true });
    this.#unwatch = () => {
      unwatch();
      signal.removeEventListener('abort', abort);
    };
    if (signal.aborted) abort();
  }

  /** From now on what is asked is about a statement, which its errors tell of. */
  explainBy(failures: Failures): void {
    this.#failures = failures;
  }

  /** Has the session do something, and waits for it. */
  ask<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const askedAt = performance.now();
    const explained = work(this.#session).catch((error: unknown) => {
      throw this.#failures.running(error, performance.now() - askedAt);
    });
    const { queryTimeout } = this.#failures.circumstances;
    if (!this.#session.keepsTime) {
      return this.#guard(explained, queryTimeout, () => this.#failures.timedOut());
    }
    const limit = patience(queryTimeout);
    return this.#guard(explained, limit, () => this.#failures.silent(limit));
  }

  /** Closes the connection when the work fails: the server has said so, and nothing runs there. */
  async orClose<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#end ??= this.#leave(Promise.resolve(false));
      throw error;
    }
  }

  /** Gives the connection back for others to use, after the session has left it as new; closes it when that fails. */
  giveBack(): Promise<void> {
    this.#end ??= this.#leave(this.#session.finish().then(() => true));
    return this.#end;
  }

  /** For a session that was not begun. */
  giveBackAsNew(): Promise<void> {
    this.#end ??= this.#leave(Promise.resolve(true));
    return this.#end;
  }

  /** Cancels the query on the server and closes the connection; whoever waits for it is told. */
  abandon(): Promise<void> {
    return this.#interrupt(this.#failures.closed());
  }

  /** Waits for work on the connection, `limit` milliseconds at most; `silent` makes the error for a longer silence. */
  #guard<T>(work: Promise<T>, limit: number, silent: () => Error): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => void this.#interrupt(silent()), limit);
    this.#waiting.add(reject);
    if (this.#interruption !== undefined) reject(this.#interruption.reason);
    const settled = () => {
      clearTimeout(timer);
      this.#waiting.delete(reject);
    };
    promise.then(settled, settled);
    work.then(resolve, reject);
    return promise;
  }

  #interrupt(reason: unknown): Promise<void> {
    if (this.#end !== undefined) return this.#end;
    this.#interruption = { reason };
    this.#end = this.#leave(this.#session.cancel().then(() => false));
    for (const reject of this.#waiting) reject(reason);
    return this.#end;
  }

  async #leave(farewell: Promise<boolean>): Promise<void> {
    const waiting = new AbortController();
    const impatient = delay(LONGEST_FAREWELL, false, { signal: waiting.signal });
    const usable = await Promise.race([farewell, impatient]).catch(() => false);
    waiting.abort();
    impatient.catch(() => undefined);
    farewell.catch(() => undefined);
    this.#unwatch();
    if (!usable) this.#session.close();
    this.#release(usable);
  }
}
