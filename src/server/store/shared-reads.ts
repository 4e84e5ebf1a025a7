import type { ReadPlan } from '../read/read-plan.ts';
import type { ReadTurns } from './read-turns.ts';

interface Shared<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  readers: number;
}

/**
 * Runs reads in their turns; those that ask for the same are run once. Only a read that has not begun is shared: one
 * that runs already may miss what has been stored since.
 */
export class SharedReads<Result> {
  readonly #turns: ReadTurns;
  readonly #waiting = new Map<string, Shared<Result>>();

  constructor(turns: ReadTurns) {
    this.#turns = turns;
  }

  /**
   * Resolves to what `work` gives. Rejects with the signal's reason as soon as it is aborted; the signal of `work` is
   * aborted when nobody waits for it any more. Throws ReadsBusy.
   */
  async read(
    dataSet: string,
    plan: ReadPlan,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    const key = JSON.stringify([dataSet, plan]);
    const shared = this.#waiting.get(key) ?? this.#start(dataSet, key, work);
    shared.readers += 1;
    const { promise: left, reject: leave } = Promise.withResolvers<never>();
    const onAbort = () => {
      leave(signal.reason);
      shared.readers -= 1;
      if (shared.readers > 0) return;
      // Whoever asks for the same from now on does not get what is being given up.
      this.#forget(key, shared);
      shared.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([shared.result, left]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #start(dataSet: string, key: string, work: (signal: AbortSignal) => Promise<Result>): Shared<Result> {
    const controller = new AbortController();
    const { signal } = controller;
    const run = async (): Promise<Result> => {
      try {
        const end = await this.#turns.take(dataSet, signal);
        this.#forget(key, shared);
        try {
          signal.throwIfAborted();
          return await work(signal);
        } finally {
          end();
        }
      } finally {
        this.#forget(key, shared);
      }
    };
    const { promise: result, resolve } = Promise.withResolvers<Result>();
    const shared: Shared<Result> = { result, controller, readers: 0 };
    this.#waiting.set(key, shared);
    resolve(run());
    return shared;
  }

  #forget(key: string, shared: Shared<Result>): void {
    if (this.#waiting.get(key) === shared) this.#waiting.delete(key);
  }
}
