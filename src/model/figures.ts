import type { Period } from '../calendar/period.ts';
import { DecimalSum } from './decimal-sum.ts';

/** What has arrived of one period. */
export interface PeriodFigures {
  /** Its start, as `calendar/period.ts` counts it. */
  readonly period: number;
  readonly records: number;
  /** Of each measure, a field that holds numbers: their exact sum, as decimal text. */
  readonly sums: Readonly<Record<string, string>>;
}

/** What has arrived of a job, period by period. */
export interface JobFigures {
  /** Of all its periods. */
  readonly length: Period;
  /** Oldest first. */
  readonly periods: readonly PeriodFigures[];
}

/** How many records have arrived of a job: its figures without their sums. */
export interface JobRecords {
  readonly length: Period;
  /** Oldest first. */
  readonly periods: readonly Pick<PeriodFigures, 'period' | 'records'>[];
}

/** Of a job that many are kept, and shown: the newest. */
export const MOST_PERIODS = 400;
/** Of a period that many are kept: the first fields of the record. */
export const MOST_MEASURES = 20;

/** The measures of some periods, in the order in which they first have them. */
export const measuresIn = (periods: readonly PeriodFigures[]): readonly string[] => [
  ...new Set(periods.flatMap(({ sums }) => Object.keys(sums))),
];

interface Tallied {
  records: number;
  readonly sums: Map<string, DecimalSum>;
}

/** Figures that are still added up. */
export class Figures {
  readonly #periods = new Map<number, Tallied>();

  /** @param sign -1: takes them away */
  add(periods: Iterable<PeriodFigures>, sign: 1 | -1 = 1): this {
    for (const { period, records, sums } of periods) {
      const tallied = this.#of(period);
      tallied.records += sign * records;
      for (const [measure, text] of Object.entries(sums)) sumIn(tallied, measure).addText(text, sign);
    }
    return this;
  }

  /** Adds one record. @param numbers by measure, as JSON writes them */
  addRecord(period: number, numbers: Iterable<readonly [measure: string, text: string]>): void {
    const tallied = this.#of(period);
    tallied.records += 1;
    for (const [measure, text] of numbers) sumIn(tallied, measure).addText(text);
  }

  /** Oldest first. */
  periods(): PeriodFigures[] {
    return [...this.#periods]
      .sort(([one], [other]) => one - other)
      .map(([period, { records, sums }]) => ({
        period,
        records,
        sums: Object.fromEntries([...sums].map(([measure, { text }]) => [measure, text])),
      }));
  }

  #of(period: number): Tallied {
    const known = this.#periods.get(period) ?? { records: 0, sums: new Map() };
    this.#periods.set(period, known);
    return known;
  }
}

function sumIn({ sums }: Tallied, measure: string): DecimalSum {
  const sum = sums.get(measure) ?? new DecimalSum();
  sums.set(measure, sum);
  return sum;
}
