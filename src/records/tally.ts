import { DecimalSum, SAFE_DIGITS } from '../model/decimal-sum.ts';
import type { PeriodFigures } from '../model/figures.ts';
import type { GrowingBytes } from '../model/growing-bytes.ts';
import { isKept, measuresOf, periodOf, type TallyRules } from './measures.ts';

const [MINUS, POINT, ZERO, NINE] = [0x2d, 0x2e, 0x30, 0x39];
/** What a staged value is instead of a number with so many digits behind its point. */
const [NO_NUMBER, AS_TEXT] = [-1, -2];
/** `YYYY-MM-DDTHH` and `YYYY-MM-DDTHH:MM`, behind a quotation mark. */
const [TO_HOUR, TO_MINUTE] = [13, 16];
/** Quarters of an hour whose periods are remembered. */
const MOST_QUARTERS = 50_000;

/** Records, and sums by measure: undefined where no number was. */
interface Sums {
  records: number;
  readonly sums: (DecimalSum | undefined)[];
}

/** Of one period. */
interface Bucket extends Sums {
  readonly period: number;
  /** Of the records whose group goes on. */
  readonly open: Sums;
}

/**
 * Adds up records from the bytes that have just been written of them, without making a text or an object of any: it
 * stands in the way of each row. A record is noted first, is counted once it is committed, and is taken when the group of
 * rows that it belongs to is closed.
 */
export class Tally {
  readonly #rules: TallyRules;
  readonly #measures: readonly {
    readonly name: string;
    /** Where among the spans of the record its value starts. */
    readonly at: number;
    readonly isHidden: ((json: string) => boolean) | undefined;
  }[];
  /** Of the record that was noted, by measure. */
  readonly #unscaled: Float64Array;
  readonly #scales: Int8Array;
  readonly #texts: string[];
  #noted: Bucket | undefined;
  #isCommitted = false;
  readonly #buckets = new Map<number, Bucket>();
  /** Those with records whose group goes on. */
  readonly #open: Bucket[] = [];
  readonly #quarters = new Map<number, number>();
  /** The hour and its quarter in the `_timestamp` that was noted last, of which the period is known. */
  readonly #lastHour = new Uint8Array(TO_HOUR);
  #lastQuarter = -1;

  /** @param fields of the record, in their order */
  constructor(fields: readonly { readonly name: string }[], rules: TallyRules) {
    const { isMeasure, hides } = measuresOf(rules.mapping);
    this.#rules = rules;
    this.#measures = fields.flatMap(({ name }, index) =>
      isMeasure(name) ? { name, at: 2 + 2 * index, isHidden: hides(name) } : [],
    );
    this.#unscaled = new Float64Array(this.#measures.length);
    this.#scales = new Int8Array(this.#measures.length);
    this.#texts = this.#measures.map(() => '');
  }

  /** @param spans where the JSON of `_timestamp` and of each field starts and ends */
  note({ bytes }: GrowingBytes, spans: Int32Array): void {
    this.#settle(false);
    this.#noted = this.#bucketOf(bytes, (spans[0] as number) + 1);
    if (this.#noted === undefined) return;
    const measures = this.#measures;
    for (let index = 0; index < measures.length; index++) {
      const { at, isHidden } = measures[index] as (typeof measures)[0];
      const start = spans[at] as number;
      const end = spans[at + 1] as number;
      const scale = this.#scaleOf(bytes, start, end, index);
      this.#scales[index] = scale;
      if (scale === NO_NUMBER || (scale !== AS_TEXT && isHidden === undefined)) continue;
      const text = bytes.toString('latin1', start, end);
      this.#texts[index] = text;
      if (isHidden?.(text) === true) this.#scales[index] = NO_NUMBER;
    }
  }

  /** Counts the record that was noted. */
  commit(): void {
    this.#isCommitted = true;
  }

  /** Behind what was committed another group of rows begins, or none. */
  close(): void {
    this.#settle(true);
    if (this.#open.length === 0) return;
    for (const bucket of this.#open) {
      const { open, sums } = bucket;
      bucket.records += open.records;
      open.records = 0;
      for (let index = 0; index < sums.length; index++) {
        const added = open.sums[index];
        const sum = sums[index];
        if (added === undefined) continue;
        if (sum === undefined) sums[index] = added;
        else sum.addSum(added);
      }
      open.sums.fill(undefined);
    }
    this.#open.length = 0;
  }

  /** What was closed since this was last asked. */
  take(): PeriodFigures[] {
    const figures: PeriodFigures[] = [];
    for (const bucket of this.#buckets.values()) {
      const { period, records, sums, open } = bucket;
      if (records > 0) figures.push({ period, records, sums: this.#named(sums) });
      bucket.records = 0;
      sums.fill(undefined);
      if (open.records === 0 && bucket !== this.#noted) this.#buckets.delete(period);
    }
    return figures;
  }

  /**
   * Adds the record that was committed last, now that it is known whether its group is closed: most groups are of one
   * row, which need not be added twice.
   */
  #settle(isClosed: boolean): void {
    const bucket = this.#noted;
    const isCommitted = this.#isCommitted;
    this.#isCommitted = false;
    if (bucket === undefined || !isCommitted) return;
    const sums = isClosed ? bucket : bucket.open;
    if (sums !== bucket && sums.records === 0) this.#open.push(bucket);
    sums.records += 1;
    for (let index = 0; index < this.#scales.length; index++) {
      const scale = this.#scales[index] as number;
      if (scale === NO_NUMBER) continue;
      const sum = sums.sums[index] ?? new DecimalSum();
      sums.sums[index] = sum;
      if (scale === AS_TEXT) sum.addText(this.#texts[index] ?? '');
      else sum.add(this.#unscaled[index] as number, scale);
    }
  }

  #named(sums: Bucket['sums']): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#measures.flatMap(({ name }, index) => {
        const sum = sums[index];
        return sum === undefined ? [] : [[name, sum.text]];
      }),
    );
  }

  /**
   * The bucket of a `_timestamp`; undefined in a period that is not kept. Records of one time mostly follow each
   * other.
   *
   * @param start behind its mark
   */
  #bucketOf(bytes: Buffer, start: number): Bucket | undefined {
    const quarter = quarterAt(bytes, start);
    if (quarter === this.#lastQuarter && this.#isLastHour(bytes, start)) return this.#noted;
    for (let index = 0; index < TO_HOUR; index++) this.#lastHour[index] = bytes[start + index] as number;
    this.#lastQuarter = quarter;
    const period = this.#periodAt(bytes, start, quarter);
    if (this.#noted?.period === period) return this.#noted;
    if (!isKept(period, this.#rules)) return undefined;
    const bucket = this.#buckets.get(period) ?? { period, ...this.#nothing(), open: this.#nothing() };
    this.#buckets.set(period, bucket);
    return bucket;
  }

  #nothing(): Sums {
    return { records: 0, sums: this.#measures.map(() => undefined) };
  }

  #isLastHour(bytes: Buffer, start: number): boolean {
    for (let index = TO_HOUR - 1; index >= 0; index--)
      if (bytes[start + index] !== this.#lastHour[index]) return false;
    return true;
  }

  /** All periods begin at a quarter of an hour of UTC, in whatever zone. */
  #periodAt(bytes: Buffer, start: number, quarterOfHour: number): number {
    const year = digitsAt(bytes, start) * 100 + digitsAt(bytes, start + 2);
    const date = (year * 13 + digitsAt(bytes, start + 5)) * 32 + digitsAt(bytes, start + 8);
    const quarter = (date * 24 + digitsAt(bytes, start + 11)) * 4 + quarterOfHour;
    const known = this.#quarters.get(quarter);
    if (known !== undefined) return known;
    const period = periodOf(
      Date.parse(`${bytes.toString('latin1', start, start + TO_MINUTE)}Z`),
      this.#rules,
    );
    if (this.#quarters.size >= MOST_QUARTERS) this.#quarters.clear();
    this.#quarters.set(quarter, period);
    return period;
  }

  /** Stages a number of few digits, and gives how many stand behind its point. */
  #scaleOf(bytes: Buffer, start: number, end: number, index: number): number {
    let at = start;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    else if ((bytes[at] as number) < ZERO || (bytes[at] as number) > NINE) return NO_NUMBER;
    if (end - at > SAFE_DIGITS) return AS_TEXT;
    let unscaled = 0;
    let scale = 0;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte >= ZERO && byte <= NINE) unscaled = unscaled * 10 + byte - ZERO;
      else if (byte === POINT) scale = end - at - 1;
      else return AS_TEXT;
    }
    this.#unscaled[index] = isNegative ? -unscaled : unscaled;
    return scale;
  }
}

/** The number of two digits. */
const digitsAt = (bytes: Buffer, at: number): number =>
  ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO;

/** In which quarter of its hour a `_timestamp` lies, from 0 to 3. */
const quarterAt = (bytes: Buffer, start: number): number =>
  Math.floor(digitsAt(bytes, start + TO_HOUR + 1) / 15);
