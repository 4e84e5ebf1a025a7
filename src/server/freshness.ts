import type { ServedDataSet, ServedDataSets } from './data-sets.ts';
import type { Store } from './store/store.ts';

/** How old the newest records of a data set are. */
export interface Age {
  readonly dataSet: string;
  /** Milliseconds since 1970; undefined when the data set is empty. */
  readonly updatedAt: number | undefined;
  /** Whether nothing was stored for longer than `max_age_expected`. */
  readonly isStale: boolean;
}

/** When each data set was last written to, by whichever process: the store knows. */
export class Freshness {
  readonly #dataSets: ServedDataSets;
  readonly #store: Pick<Store, 'lastUpdate'>;

  constructor(dataSets: ServedDataSets, store: Pick<Store, 'lastUpdate'>) {
    this.#dataSets = dataSets;
    this.#store = store;
  }

  /** Of all data sets. Throws what the store throws. @param now milliseconds since 1970 */
  async ages(now: number): Promise<readonly Age[]> {
    return await Promise.all(
      Array.from(this.#dataSets.values(), async (dataSet) =>
        ageOf(dataSet, await this.#store.lastUpdate(dataSet.name), now),
      ),
    );
  }
}

/** @param lastUpdate what the store says. @param now milliseconds since 1970 */
export function ageOf({ name, maxAgeExpected }: ServedDataSet, lastUpdate: string | null, now: number): Age {
  const updatedAt = lastUpdate === null ? undefined : Date.parse(lastUpdate);
  const oldest = maxAgeExpected === null ? -Infinity : now - maxAgeExpected * 1_000;
  return { dataSet: name, updatedAt, isStale: (updatedAt ?? -Infinity) < oldest };
}
