import { DecimalSum, SAFE_DIGITS } from '../model/decimal-sum.ts';
import type { PeriodFigures } from '../model/figures.ts';
import type { GrowingBytes } from '../model/growing-bytes.ts';
import { measuresOf, periodOf, type TallyRules } from './measures.ts';

const [MINUS, POINT, ZERO, NINE] = [0x2d, 0x2e, 0x30, 0x39];
/** What a staged value is instead of a number with so many digits behind its point. */
const [NO_NUMBER, AS_TEXT] = [-1, -2];
/** `YYYY-MM-DDTHH:MM`, behind a quotation mark. */
const TO_MINUTE = 16;
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
  readonly #buckets = new Map<number, Bucket>();
  /** Those with records whose group goes on. */
  readonly #open: Bucket[] = [];
  readonly #quarters = new Map<number, number>();
  /** The beginning of the `_timestamp` that was noted last, of which the period is known. */
  readonly #last = new Uint8Array(TO_MINUTE);

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
    this.#noted = this.#bucketOf(bytes, (spans[0] as number) + 1);
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
    const bucket = this.#noted;
    if (bucket === undefined) return;
    const { open } = bucket;
    if (open.records === 0) this.#open.push(bucket);
    open.records += 1;
    for (let index = 0; index < this.#scales.length; index++) {
      const scale = this.#scales[index] as number;
      if (scale === NO_NUMBER) continue;
      const sum = open.sums[index] ?? new DecimalSum();
      open.sums[index] = sum;
      if (scale === AS_TEXT) sum.addText(this.#texts[index] ?? '');
      else sum.add(this.#unscaled[index] as number, scale);
    }
  }

  /** Behind what was committed another group of rows begins, or none. */
  close(): void {
    for (const bucket of this.#open) {
      const { open, sums } = bucket;
      bucket.records += open.records;
      open.records = 0;
      for (let index = 0; index < sums.length; index++) {
        const added = open.sums[index];
        if (added === undefined) continue;
        const sum = sums[index] ?? new DecimalSum();
        sums[index] = sum;
        sum.move(added);
      }
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

  #named(sums: Bucket['sums']): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#measures.flatMap(({ name }, index) => {
        const sum = sums[index];
        return sum === undefined ? [] : [[name, sum.text]];
      }),
    );
  }

  /** The bucket of a `_timestamp`. Records of one time mostly follow each other. @param start behind its mark */
  #bucketOf(bytes: Buffer, start: number): Bucket {
    if (this.#noted !== undefined && this.#isLast(bytes, start)) return this.#noted;
    this.#last.set(bytes.subarray(start, start + TO_MINUTE));
    const period = this.#periodAt(bytes, start);
    const bucket = this.#buckets.get(period) ?? { period, ...this.#nothing(), open: this.#nothing() };
    this.#buckets.set(period, bucket);
    return bucket;
  }

  #nothing(): Sums {
    return { records: 0, sums: this.#measures.map(() => undefined) };
  }

  #isLast(bytes: Buffer, start: number): boolean {
    for (let index = TO_MINUTE - 1; index >= 0; index--)
      if (bytes[start + index] !== this.#last[index]) return false;
    return true;
  }

  /** All periods begin at a quarter of an hour of UTC, in whatever zone. */
  #periodAt(bytes: Buffer, start: number): number {
    const two = (at: number) =>
      ((bytes[start + at] as number) - ZERO) * 10 + (bytes[start + at + 1] as number) - ZERO;
    const date = ((two(0) * 100 + two(2)) * 13 + two(5)) * 32 + two(8);
    const quarter = (date * 24 + two(11)) * 4 + Math.floor(two(14) / 15);
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
