import { type GroupsPlan, ReadTooSlow } from '../read/read-plan.ts';
import { ReadsBusy } from '../store/read-turns.ts';
import type { Answer, Store } from '../store/store.ts';

interface Waiting extends PromiseWithResolvers<Answer> {
  readonly plan: GroupsPlan;
}

/**
 * Asks for the sums of a data set together: what is asked at the same time, or while others are answered, is one read.
 * If that fails, each is asked alone, so that one that cannot be read fails nobody else.
 */
export class GatheredSums {
  readonly #store: Pick<Store, 'sums'>;
  readonly #stopping: AbortSignal;
  readonly #waiting = new Map<string, Waiting[]>();

  /** @param stopping aborted when the server is asked to close */
  constructor(store: Pick<Store, 'sums'>, stopping: AbortSignal) {
    this.#store = store;
    this.#stopping = stopping;
  }

  /** The answer of `Store.sums` to one plan. */
  ask(dataSet: string, plan: GroupsPlan): Promise<Answer> {
    const waiting = { ...Promise.withResolvers<Answer>(), plan };
    const others = this.#waiting.get(dataSet);
    if (others !== undefined) others.push(waiting);
    else {
      this.#waiting.set(dataSet, [waiting]);
      void this.#answerAll(dataSet);
    }
    return waiting.promise;
  }

  async #answerAll(dataSet: string): Promise<void> {
    // All that one page asks for comes in the same turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    for (let asked = this.#waiting.get(dataSet); asked?.length; asked = this.#waiting.get(dataSet)) {
      this.#waiting.set(dataSet, []);
      await this.#answer(dataSet, asked);
    }
    this.#waiting.delete(dataSet);
  }

  async #answer(dataSet: string, asked: readonly Waiting[]): Promise<void> {
    try {
      const plans = asked.map(({ plan }) => plan);
      const answers = await this.#store.sums(dataSet, plans, this.#stopping);
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index]);
    } catch (error) {
      if (asked.length > 1 && !this.#concernsAll(error))
        for (const alone of asked) await this.#answer(dataSet, [alone]);
      else for (const { reject } of asked) reject(error);
    }
  }

  /** A store that is slow already would only become slower, being asked as many times. */
  #concernsAll(error: unknown): boolean {
    return this.#stopping.aborted || error instanceof ReadTooSlow || error instanceof ReadsBusy;
  }
}
