import type { ReadRecord } from '../model/data-set-reader.ts';
import type { RecordValues } from '../model/record-values.ts';
import type { RecordDifference } from '../model/verification.ts';
import { spelling } from './content.ts';
import type { Watching } from './look.ts';
import type { RecordKey } from './partitions.ts';

/** More of them nobody reads. */
const MOST_LISTED = 1_000;

/** Keeps what both sides have of some records, for a list of what differs. */
export class DifferenceList implements Required<Watching> {
  readonly #watched: ReadonlySet<RecordKey>;
  readonly #source = new Map<RecordKey, RecordValues>();
  readonly #dataSet = new Map<RecordKey, ReadRecord>();

  /** @param suspected by their keys */
  constructor(suspected: ReadonlyMap<RecordKey, unknown>) {
    this.#watched = new Set([...suspected.keys()].slice(0, MOST_LISTED));
  }

  readonly source = (key: RecordKey, values: RecordValues): void => {
    if (this.#watched.has(key)) this.#source.set(key, values);
  };

  readonly dataSet = (key: RecordKey, record: ReadRecord): void => {
    if (this.#watched.has(key)) this.#dataSet.set(key, record);
  };

  /** Those that were confirmed, in the order of their time. */
  of(confirmed: ReadonlyMap<RecordKey, RecordDifference['standing']>): RecordDifference[] {
    return [...this.#watched]
      .flatMap((key) => {
        const standing = confirmed.get(key);
        return standing === undefined ? [] : [this.#difference(key, standing)];
      })
      .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
  }

  #difference(key: RecordKey, standing: RecordDifference['standing']): RecordDifference {
    const [source, stored] = [this.#source.get(key), this.#dataSet.get(key)];
    const { values: dataSet, updatedAt } = stored ?? { values: undefined, updatedAt: undefined };
    const text = (name: string) => String(JSON.parse(spelling(name, (source ?? dataSet)?.get(name) ?? '""')));
    return { standing, id: text('_id'), timestamp: text('_timestamp'), source, dataSet, updatedAt };
  }
}
