import { setTimeout as delay } from 'node:timers/promises';
import { DAY } from '../../calendar/durations.ts';
import type { GroupsPlan } from '../read/read-plan.ts';
import type { Store } from '../store/store.ts';

export interface PreparationOptions {
  readonly store: Pick<Store, 'sums' | 'keepWanted'>;
  /** Those that dashboards show. */
  readonly dataSets: readonly string[];
  /** What dashboards ask of a data set now. */
  readonly plansOf: (dataSet: string) => Promise<readonly GroupsPlan[]>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted when the server is asked to close. */
  readonly stopping: AbortSignal;
  readonly onFailure: (error: unknown, dataSet: string) => void;
  /** Milliseconds to wait after a write, for others that follow, and at the start; left out: 2,000. */
  readonly pause?: number;
  /** Milliseconds after which the store is told again what is wanted; left out: a day. */
  readonly day?: number;
}

const A_PAUSE = 2_000;

/**
 * Has the store add up what dashboards need before readers ask for it: when the server starts, and after writes. One
 * data set at a time, and resting as long as it worked, so that half of the time is left for everything else.
 */
export class Preparation {
  readonly #options: PreparationOptions;
  readonly #written = new Set<string>();
  #isRunning = false;

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /**
   * All data sets, once who asks for a page at once has got it: it is no sooner there while its sums are read twice. From
   * then on the store is told what is wanted, and removes what is not.
   */
  start(): void {
    void this.#run(async () => {
      await this.#rest(this.#options.pause ?? A_PAUSE);
      void this.#tellWhatIsWanted();
      for (const dataSet of this.#options.dataSets) await this.#prepare(dataSet);
    });
  }

  /** Something has changed in a data set. */
  written(dataSet: string): void {
    if (!this.#options.dataSets.includes(dataSet)) return;
    this.#written.add(dataSet);
    if (!this.#isRunning) void this.#run(async () => undefined);
  }

  async #run(first: () => Promise<void>): Promise<void> {
    this.#isRunning = true;
    await this.#attempt('', first);
    for (let [next] = this.#written; next !== undefined; [next] = this.#written) {
      await this.#rest(this.#options.pause ?? A_PAUSE);
      this.#written.delete(next);
      await this.#prepare(next);
    }
    this.#isRunning = false;
  }

  async #tellWhatIsWanted(): Promise<void> {
    const { dataSets, plansOf, store, now, stopping, day = DAY } = this.#options;
    while (!stopping.aborted) {
      await this.#attempt('', async () => {
        const plans = await Promise.all(dataSets.map(async (each) => [each, await plansOf(each)] as const));
        await store.keepWanted(new Map(plans), now());
      });
      await this.#rest(day);
    }
  }

  async #prepare(dataSet: string): Promise<void> {
    const { store, plansOf, stopping } = this.#options;
    const start = performance.now();
    await this.#attempt(dataSet, async () => {
      await store.sums(dataSet, await plansOf(dataSet), stopping);
    });
    await this.#rest(performance.now() - start);
  }

  async #attempt(dataSet: string, work: () => Promise<void>): Promise<void> {
    const { stopping, onFailure } = this.#options;
    try {
      stopping.throwIfAborted();
      await work();
    } catch (error) {
      if (!stopping.aborted) onFailure(error, dataSet);
    }
  }

  async #rest(time: number): Promise<void> {
    const { stopping } = this.#options;
    await delay(time, undefined, { signal: stopping, ref: false }).catch(() => undefined);
  }
}
