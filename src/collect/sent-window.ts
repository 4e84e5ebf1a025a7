import type { GrowingBytes } from '../model/growing-bytes.ts';
import type { SentDoubt } from '../model/sent-records.ts';
import type { RefusedRecord } from '../model/target.ts';
import type { RecordEncoder } from '../records/compile-records.ts';
import type { ContentDigest } from '../records/content-digest.ts';
import { NOWHERE, type SentTable } from '../records/sent-table.ts';
import type { MarkedBatch, SentPlaces } from './marked-batch.ts';

/** Doubts that are stored batch by batch; with more of them the whole window is doubtful at once. */
const MOST_DOUBTS = 8;

/** So many numbers a record has in `SentPlaces`. */
const PLACE_NUMBERS = 3;

type Encoded = Pick<RecordEncoder, 'idWords' | 'spans'>;

/** The records of a window, compared with what is remembered of them while they are read and sent. */
export class SentWindow {
  /** Whether records that are not met have vanished: not where rows could not be told from each other. */
  seesAll = true;
  readonly table: SentTable;
  readonly #digest: ContentDigest;
  readonly #leavesOut: boolean;
  readonly #store: (doubts: readonly SentDoubt[]) => Promise<void>;
  /** Starts of periods by the `_timestamp`s of records. */
  readonly #periods = new Map<string, number>();
  #met = NOWHERE;
  #places: number[] = [];
  #doubts = 0;

  /**
   * @param leavesOut whether what the data set has is not sent again
   * @param store stores what is doubtful, before it leaves
   */
  constructor(
    table: SentTable,
    settings: {
      readonly digest: ContentDigest;
      readonly leavesOut: boolean;
      readonly store: (doubts: readonly SentDoubt[]) => Promise<void>;
    },
  ) {
    this.table = table;
    this.#digest = settings.digest;
    this.#leavesOut = settings.leavesOut;
    this.#store = settings.store;
  }

  /** Meets the record that was written last; gives whether the data set has it already. @param start of its JSON */
  meet({ idWords, spans }: Encoded, json: GrowingBytes, start: number): boolean {
    this.#digest.hash(json.bytes.subarray(start, json.length));
    const known = this.table.meet(idWords);
    this.#met = known ?? this.table.add(idWords, this.#periodOf(json, spans));
    return known !== undefined && this.#leavesOut && this.table.isSame(known, this.#digest.words);
  }

  /** The record that was met goes with the next batch. */
  send(): void {
    const { words } = this.#digest;
    this.#places.push(this.#met, words[0] as number, words[1] as number);
  }

  /** What there is to know of the records that go with a batch, in its order. */
  takePlaces(): SentPlaces {
    const places = this.#places;
    this.#places = [];
    return places;
  }

  /** The source has a row that is no record. @param id words of its hash; undefined: it has none */
  keep(id: Int32Array | undefined): void {
    if (id === undefined) this.seesAll = false;
    else this.table.meet(id);
  }

  /** To be called before a batch leaves: from here on its records are doubtful, whatever becomes of this process. */
  leaving({ places = [] }: Pick<MarkedBatch, 'places'>): Promise<void> {
    return this.doubt(places.filter((at, index) => index % PLACE_NUMBERS === 0 && at !== NOWHERE));
  }

  /** @param records by their places */
  async doubt(records: readonly number[]): Promise<void> {
    const doubts = this.table.doubtsOf(records);
    if (doubts.length === 0) return;
    if (this.#doubts++ < MOST_DOUBTS) {
      await this.#store(doubts);
      this.table.doubted(records);
    } else {
      await this.#store(this.table.wholeDoubts());
      this.table.doubtedWhole();
    }
  }

  acknowledged({ batch, places = [] }: MarkedBatch, refused: readonly RefusedRecord[]): void {
    const causes = new Map(refused.map(({ id, cause }) => [id, cause]));
    const causeOf = causes.size === 0 ? [] : batch.records().map(({ id }) => causes.get(id));
    for (let index = 0; index < places.length; index += PLACE_NUMBERS) {
      const at = places[index] as number;
      if (at === NOWHERE) continue;
      const cause = causeOf[index / PLACE_NUMBERS];
      if (cause !== undefined) this.table.refused(at, cause === 'server-error');
      else this.table.acknowledged(at, places[index + 1] as number, places[index + 2] as number);
    }
  }

  #periodOf({ bytes }: GrowingBytes, spans: Int32Array): number {
    const timestamp = bytes.toString('latin1', (spans[0] as number) + 1, (spans[1] as number) - 1);
    const known = this.#periods.get(timestamp);
    if (known !== undefined) return known;
    const period = Date.parse(timestamp);
    this.#periods.set(timestamp, period);
    return period;
  }
}
