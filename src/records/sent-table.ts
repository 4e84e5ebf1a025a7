import {
  type ComparedPeriod,
  ENTRY_WORDS,
  ID_WORDS,
  type RememberedPeriod,
  type SentDoubt,
  type SentPeriod,
} from '../model/sent-records.ts';
import { SentEntries } from './sent-entries.ts';

/** What is known of a record beside its entry. */
const MARK = {
  /** It was remembered when its period was collected last. */
  known: 1,
  /** A run of before may have sent it, and that may still arrive. */
  underway: 2,
  /** It is stored that it is doubtful. */
  doubted: 4,
  /** The source has it. */
  met: 8,
  /** The source has it twice: what is sent last counts, and the next time nobody knows what that was. */
  repeated: 16,
  /** It was known with another content. */
  changed: 32,
  refused: 64,
  /** Some version of it was sent in this run, and may be there. */
  sent: 128,
} as const;

/** Stands for the digest of a record that the data set has, and the source no more. */
const GONE = [0, 1] as const;
/** The same, of which the data set may have no more either. */
const GONE_OR_LOST = [0, 2] as const;
const UNKNOWN = [0, 0] as const;

/** The place of a record of a period that is not remembered. */
export const NOWHERE = -1;

/**
 * What becomes of the entries of records that the source has no more: they may be removed later, and it may only be that
 * it was not seen.
 */
export type VanishedFate = 'kept' | 'removed' | 'not-removed' | 'unseen';

/**
 * What is remembered of the records of some periods while these are collected anew. A record is found by its id alone, so
 * it must not change its period without changing its id. Places are numbers that stay.
 */
export class SentTable {
  readonly #periods: readonly number[];
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #entries: SentEntries;
  /** By period: whether it had been collected to its end before. */
  readonly #wasKnown: readonly boolean[];
  /** By period: whether any record of it may have been sent by a run of before. */
  readonly #mayArrive: readonly boolean[];
  /** By period: whether it is certain that the data set has all that is remembered. */
  readonly #isTrusted: boolean[];
  /** By period: whether the data set lacks some of what is remembered. */
  readonly #isLost: boolean[];
  /** By period: whether its entries are others now than those that are stored. */
  readonly #hasChanged: boolean[];
  /** By period: whether any record of it is doubtful, and that is stored. */
  readonly #isDoubtedWhole: boolean[];
  /** Whether doubts are stored about any of the periods. */
  #isDoubted: boolean;

  /** @param periods all that are remembered from now on, in order @param known what is remembered of some of them */
  constructor(periods: readonly number[], known: readonly RememberedPeriod[]) {
    const byPeriod = new Map(known.map((each) => [each.period, each]));
    const all = periods.map((period) => byPeriod.get(period) ?? { period, entries: undefined, doubts: [] });
    this.#periods = periods;
    this.#indexOf = new Map(periods.map((period, index) => [period, index]));
    this.#wasKnown = all.map(({ entries }) => entries !== undefined);
    this.#hasChanged = this.#wasKnown.map((wasKnown) => !wasKnown);
    this.#mayArrive = all.map(({ doubts }) => doubts.includes('all'));
    this.#isDoubtedWhole = [...this.#mayArrive];
    this.#isDoubted = all.some(({ doubts }) => doubts.length > 0);
    this.#isTrusted = all.map(({ entries, doubts }) => entries !== undefined && doubts.length === 0);
    this.#isLost = all.map(() => false);
    const words = all.reduce((sum, { entries }) => sum + (entries?.length ?? 0), 0);
    this.#entries = new SentEntries(words / ENTRY_WORDS);
    for (const [index, each] of all.entries()) this.#load(each, index);
  }

  /** How many records the data set must have of each period of which nothing is doubtful, by its start. */
  trusted(): ReadonlyMap<number, number> {
    const counts = this.#periods.map(() => 0);
    for (let at = 0; at < this.#entries.count; at++)
      if (!this.#entries.isDigest(at, ...GONE_OR_LOST)) (counts[this.#entries.periodOf(at)] as number) += 1;
    return new Map(
      this.#periods.flatMap((period, index) =>
        this.#isTrusted[index] === true ? [[period, counts[index] as number]] : [],
      ),
    );
  }

  /** The data set lacks some of what is remembered of a period. */
  lost(period: number): void {
    const index = this.#indexOf.get(period);
    if (index === undefined) return;
    this.#isTrusted[index] = false;
    this.#isLost[index] = true;
  }

  /** The place of a record that the source has; undefined: it is new. @param id words of its hash */
  meet(id: Int32Array): number | undefined {
    const at = this.#entries.find(id);
    if (at === undefined) return undefined;
    if (this.#entries.has(at, MARK.met)) this.#entries.mark(at, MARK.repeated);
    this.#entries.mark(at, MARK.met);
    return at;
  }

  /** The place of a record that the source has and that is new. @param period its start */
  add(id: Int32Array, period: number): number {
    const index = this.#indexOf.get(period);
    if (index === undefined) return NOWHERE;
    const at = this.#entries.add(id, index);
    this.#entries.mark(at, this.#mayArrive[index] === true ? MARK.met | MARK.underway : MARK.met);
    return at;
  }

  /** Whether the data set certainly has the record with this content. */
  isSame(at: number, digest: Int32Array): boolean {
    return (
      this.#isTrusted[this.#entries.periodOf(at)] === true &&
      !this.#entries.has(at, MARK.repeated) &&
      this.#entries.isDigest(at, digest[0] as number, digest[1] as number)
    );
  }

  /** The data set has the record with this content, until another version arrives that was sent before. */
  acknowledged(at: number, first: number, second: number): void {
    const isSame = this.#entries.isDigest(at, first, second);
    if (!isSame && this.#isThere(at)) this.#entries.mark(at, MARK.changed);
    this.#entries.mark(at, MARK.sent);
    if (this.#entries.has(at, MARK.underway)) this.#setDigest(at, ...UNKNOWN);
    else this.#setDigest(at, first, second);
  }

  /** What the data set has of the record it has still. @param mayBeThere whether it may have taken this version */
  refused(at: number, mayBeThere: boolean): void {
    this.#entries.mark(at, MARK.refused);
    if (!mayBeThere) return;
    this.#entries.mark(at, MARK.sent);
    this.#setDigest(at, ...UNKNOWN);
  }

  /** What must be stored before records leave: those of which it is not stored that they are doubtful. */
  doubtsOf(places: readonly number[]): readonly SentDoubt[] {
    const ids = new Map<number, number[]>();
    for (const at of places) {
      if (this.#entries.has(at, MARK.doubted) || this.#isDoubtedWhole[this.#entries.periodOf(at)] === true)
        continue;
      const period = this.#startOf(at);
      const words = ids.get(period) ?? [];
      words.push(...this.#entries.idOf(at));
      ids.set(period, words);
    }
    return [...ids].map(([period, words]) => ({ period, ids: Int32Array.from(words) }));
  }

  /** That is stored now. */
  doubted(places: readonly number[]): void {
    this.#isDoubted = true;
    for (const at of places) this.#entries.mark(at, MARK.doubted);
  }

  /** What says that any record may be doubtful. */
  wholeDoubts(): readonly SentDoubt[] {
    return this.#periods.map((period) => ({ period, ids: 'all' }));
  }

  /** That is stored now. */
  doubtedWhole(): void {
    this.#isDoubted = true;
    this.#isDoubtedWhole.fill(true);
  }

  /** The places of records that may be there and that the source has no more, by the starts of their periods. */
  vanished(): ReadonlyMap<number, readonly number[]> {
    const places = new Map<number, number[]>();
    for (let at = 0; at < this.#entries.count; at++) {
      if (this.#entries.has(at, MARK.met)) continue;
      const period = this.#startOf(at);
      const found = places.get(period) ?? [];
      found.push(at);
      places.set(period, found);
    }
    return places;
  }

  /** The place of a record, whether or not the source has it. */
  find(id: Int32Array): number | undefined {
    return this.#entries.find(id);
  }

  /**
   * How what was met differs from what was known, by period, once all is acknowledged.
   *
   * @param seesAll whether what was not met has vanished
   */
  compared(seesAll: boolean): ComparedPeriod[] {
    const found = this.#periods.map((period, index) => ({
      period,
      wasKnown: this.#wasKnown[index] === true,
      ...{ records: 0, appeared: 0, changed: 0, vanished: 0 },
    }));
    for (let at = 0; at < this.#entries.count; at++) {
      const period = found[this.#entries.periodOf(at)] as (typeof found)[0];
      if (!this.#entries.has(at, MARK.met)) period.vanished += seesAll && this.#isThere(at) ? 1 : 0;
      else if (!this.#entries.has(at, MARK.refused)) {
        period.records += 1;
        if (!this.#entries.has(at, MARK.known)) period.appeared += 1;
        if (this.#entries.has(at, MARK.changed)) period.changed += 1;
      }
    }
    return found;
  }

  /** What is to be remembered of the periods that have changed; undefined: nothing has, and nothing is doubtful. */
  newly(fate: VanishedFate): readonly SentPeriod[] | undefined {
    const kept: number[][] = this.#periods.map(() => []);
    for (let at = 0; at < this.#entries.count; at++) {
      const index = this.#entries.periodOf(at);
      const isKept = this.#isKept(at, fate);
      if (isKept) (kept[index] as number[]).push(at);
      if (isKept !== this.#entries.has(at, MARK.known)) this.#hasChanged[index] = true;
    }
    const changed = this.#periods.flatMap((period, index) =>
      this.#hasChanged[index] === true
        ? [{ period, entries: this.#entries.wordsOf(kept[index] as number[]) }]
        : [],
    );
    return changed.length === 0 && !this.#isDoubted ? undefined : changed;
  }

  /** Whether an entry is remembered, after it has become what it is to be. */
  #isKept(at: number, fate: VanishedFate): boolean {
    if (this.#entries.has(at, MARK.repeated)) this.#setDigest(at, ...UNKNOWN);
    // What is new and was never sent is not there.
    if (this.#entries.has(at, MARK.met)) return this.#entries.has(at, MARK.known | MARK.underway | MARK.sent);
    const isKnown = this.#entries.hasDigest(at);
    if (isKnown && (fate === 'kept' || fate === 'not-removed')) this.#setGone(at);
    // What may still arrive is looked for once more, and is not what it was.
    if (this.#entries.has(at, MARK.underway)) {
      if (fate === 'removed') this.#setDigest(at, ...UNKNOWN);
      return true;
    }
    // Nobody would ever know more of what may be there or not, and its period would be sent again for as long.
    return fate === 'kept' ? isKnown : fate !== 'removed';
  }

  #load({ entries = new Int32Array(), doubts }: RememberedPeriod, index: number): void {
    for (let word = 0; word < entries.length; word += ENTRY_WORDS) {
      const at = this.#entries.add(entries, index, word);
      this.#entries.setDigest(at, entries[word + 2] as number, entries[word + 3] as number);
      this.#entries.mark(at, MARK.known);
      if (this.#mayArrive[index] === true) this.#entries.mark(at, MARK.underway);
      if (!this.#entries.hasDigest(at)) this.#isTrusted[index] = false;
    }
    for (const ids of doubts) {
      for (let word = 0; ids !== 'all' && word < ids.length; word += ID_WORDS) {
        const at = this.#entries.find(ids, word) ?? this.#entries.add(ids, index, word);
        this.#entries.mark(at, MARK.doubted | MARK.underway);
      }
    }
  }

  /** Whether it was known to be there, and in the source as well. */
  #isThere(at: number): boolean {
    const isGone = this.#entries.isDigest(at, ...GONE) || this.#entries.isDigest(at, ...GONE_OR_LOST);
    return this.#entries.has(at, MARK.known) && this.#entries.hasDigest(at) && !isGone;
  }

  /** Nobody sends it anew, so if it is what the data set lacks, it would be missed in each run. */
  #setGone(at: number): void {
    if (this.#isLost[this.#entries.periodOf(at)] === true) this.#setDigest(at, ...GONE_OR_LOST);
    else if (this.#isThere(at)) this.#setDigest(at, ...GONE);
  }

  #setDigest(at: number, first: number, second: number): void {
    if (this.#entries.isDigest(at, first, second)) return;
    this.#entries.setDigest(at, first, second);
    this.#hasChanged[this.#entries.periodOf(at)] = true;
  }

  #startOf(at: number): number {
    return this.#periods[this.#entries.periodOf(at)] as number;
  }
}
