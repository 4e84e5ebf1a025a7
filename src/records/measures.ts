import { type Period, startOfPeriod } from '../calendar/period.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import { Figures, type PeriodFigures } from '../model/figures.ts';
import type { Span } from '../model/progress.ts';
import { idFieldNames } from './id-parts.ts';
import { eachPair } from './record-pairs.ts';
import { smallness } from './suppress.ts';

/** By what the records of a job are added up. */
export interface TallyRules {
  readonly mapping: RecordMapping;
  readonly period: Period;
  /** In which the periods begin of a `_timestamp` that is a time; undefined: it is the start of a period already. */
  readonly zone: string | undefined;
  /** The periods that are kept, by their starts; left out: all are. */
  readonly within?: Span;
}

/** Whether the number of a field, as JSON writes it, is not sent and must not be in a sum. */
type IsHidden = (json: string) => boolean;

/** Which fields are added up: those that the `_id` is not made of, for they say what a record is about. */
export function measuresOf(mapping: RecordMapping): {
  readonly isMeasure: (field: string) => boolean;
  /** Undefined of a field that is always sent. */
  readonly hides: (field: string) => IsHidden | undefined;
} {
  const about = new Set(['_id', '_timestamp', ...idFieldNames(mapping.id)]);
  const { suppress } = mapping;
  const isSmall = suppress && smallness(suppress);
  return {
    isMeasure: (field) => !about.has(field),
    hides: (field) => (suppress?.fields.includes(field) ? isSmall : undefined),
  };
}

/** What a field is made into where it can hold no number. */
const NO_NUMBERS = new Set(['text', 'padded-text', 'string', 'boolean', 'date', 'local-datetime', 'instant']);

/** The fields that may be added up. */
export function measureNames(
  fields: readonly { readonly name: string; readonly becomes: string }[],
  mapping: RecordMapping,
): readonly string[] {
  const { isMeasure } = measuresOf(mapping);
  return fields.flatMap(({ name, becomes }) => (isMeasure(name) && !NO_NUMBERS.has(becomes) ? [name] : []));
}

/** The start of the period of a `_timestamp`, in epoch milliseconds. */
export const periodOf = (timestamp: number, { period, zone }: TallyRules): number =>
  startOfPeriod(period, zone === undefined || period === 'hour' ? timestamp : wallClockAt(timestamp, zone));

export const isKept = (period: number, { within }: TallyRules): boolean =>
  within === undefined || (period >= within.from && period < within.to);

const NUMBER = /^[-\d]/;

/** Adds up records that are at hand as texts, slowly; with the small numbers that they are not sent with, or without. */
export function figuresOfTexts(texts: Iterable<string>, rules: TallyRules): PeriodFigures[] {
  const { isMeasure, hides } = measuresOf(rules.mapping);
  const figures = new Figures();
  // Records of one time mostly follow each other.
  let [last, period] = ['', Number.NaN];
  for (const json of texts) {
    let timestamp = '';
    const numbers: [string, string][] = [];
    eachPair(json, (name, value) => {
      if (name === '_timestamp') timestamp = value;
      else if (NUMBER.test(value) && isMeasure(name) && hides(name)?.(value) !== true)
        numbers.push([name, value]);
    });
    if (timestamp !== last) {
      const time = Date.parse(timestamp.slice(1, -1));
      period = Number.isNaN(time) ? time : periodOf(time, rules);
      last = timestamp;
    }
    if (isKept(period, rules)) figures.addRecord(period, numbers);
  }
  return figures.periods();
}
