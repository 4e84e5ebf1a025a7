import { setTimeout as delay } from 'node:timers/promises';
import { abortReason } from './source-error.ts';

/** What a lease needs to know about the connection that it holds. */
export interface Hold {
  /** Tells once or more often that the connection is gone. Returns what stops the telling. */
  watch(lost: (error: unknown) => void): () => void;
  /** Ends the running query on the server, by way of another connection. */
  cancel(): Promise<void>;
  /** Gives the connection back to its pool; `usable` false: closes its socket first and never uses it again. */
  release(usable: boolean): void;
}

const LONGEST_FAREWELL = 2_000;

/**
 * One connection in use for one query. Work on it goes through `guard`, which fails at once when the connection is lost,
 * when the signal is aborted and when the server has been silent for too long; then the query is cancelled on the server
 * and the connection closed. However it ends, the connection is given back exactly once.
 */
export class Lease {
  readonly #hold: Hold;
  readonly #unwatch: () => void;
  readonly #waiting = new Set<(reason: unknown) => void>();
  #interruption: { readonly reason: unknown } | undefined;
  #end: Promise<void> | undefined;

  /** @param lost makes the error for a connection that was lost; `undefined` when nothing says why. */
  constructor(hold: Hold, signal: AbortSignal, lost: (error: unknown) => Error) {
    this.#hold = hold;
    const unwatch = hold.watch((error) => void this.abandon(lost(error)));
    const abort = () => void this.abandon(abortReason(signal));
    signal.addEventListener('abort', abort, { once: true });
    this.#unwatch = () => {
      unwatch();
      signal.removeEventListener('abort', abort);
    };
    if (signal.aborted) abort();
  }

  /** Waits for work on the connection, `limit` milliseconds at most; `silent` makes the error for a longer silence. */
  guard<T>(work: Promise<T>, limit: number, silent: () => Error): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => void this.abandon(silent()), limit);
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

  /** Gives the connection back for others to use, after `finish` has put it in order; closes it when that fails. */
  giveBack(finish: () => Promise<void>): Promise<void> {
    this.#end ??= this.#leave(finish().then(() => true));
    return this.#end;
  }

  /** Closes the connection: the server has said that the query failed, so nothing runs there. */
  discard(): Promise<void> {
    this.#end ??= this.#leave(Promise.resolve(false));
    return this.#end;
  }

  /** Cancels the query on the server and closes the connection; whoever waits for it gets `reason`. */
  abandon(reason: unknown): Promise<void> {
    if (this.#end !== undefined) return this.#end;
    this.#interruption = { reason };
    this.#end = this.#leave(this.#hold.cancel().then(() => false));
    for (const reject of this.#waiting) reject(reason);
    return this.#end;
  }

  async #leave(farewell: Promise<boolean>): Promise<void> {
    const patience = new AbortController();
    const impatient = delay(LONGEST_FAREWELL, false, { signal: patience.signal });
    const usable = await Promise.race([farewell, impatient]).catch(() => false);
    patience.abort();
    impatient.catch(() => undefined);
    farewell.catch(() => undefined);
    this.#unwatch();
    this.#hold.release(usable);
  }
}
