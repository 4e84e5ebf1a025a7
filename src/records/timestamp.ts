import { isoSeconds, parseDate } from '../calendar/date-time.ts';
import { type Period, startOfPeriod } from '../calendar/period.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { RawValue } from '../model/row.ts';
import { instantTexts, type LocalTime, memo, perHour, withinYears } from './date-times.ts';
import { shown, UnfitValue } from './not-a-record.ts';
import { isoReader, type TextFormat } from './text-format.ts';

/** What decides the `_timestamp` of a row. */
export interface TimestampRules {
  /** The period of the job; undefined: `_timestamp` is the value itself. */
  readonly period: Period | undefined;
  /** Zone of the job, in which its periods begin. */
  readonly timezone: string;
  readonly localTime: LocalTime;
  /** How a text column writes the date; undefined: ISO. */
  readonly format: TextFormat | undefined;
}

const REMEDY = 'Leave such rows out in the query, or name the form of the text with record.timestamp.format.';

/**
 * The `_timestamp` of a raw value. For periods of a day and longer it is midnight UTC of the local date on which the
 * period began, because dashboards group by the dates of UTC; for hours the start of the hour in UTC.
 */
export function timestampEncoder(rules: TimestampRules): (value: RawValue) => string {
  const { period, format } = rules;
  const ofDate = memo((text) => fromDate(text, period));
  const ofDateTime = period === undefined ? wholeSeconds(rules.localTime) : periodStarts(rules, period);
  const read = format === undefined ? (text: string) => text : isoReader(format);
  return (value) => {
    if (value === null) {
      throw new UnfitValue('is null', 'Leave such rows out in the query: every record needs a _timestamp.');
    }
    const text = read(String(value));
    if (text === undefined) throw new UnfitValue(`${shown(value)} is not of the form ${format}`, REMEDY);
    return text.length === 10 ? ofDate(text) : ofDateTime(text);
  };
}

/**
 * The `_timestamp` of all records of a snapshot: where its period begins, as `timestampEncoder` writes it.
 *
 * @param takenAt epoch milliseconds
 */
export const snapshotTimestamp = (takenAt: number, period: Period, timezone: string): string =>
  isoSeconds(startOfPeriod(period, period === 'hour' ? takenAt : wallClockAt(takenAt, timezone)));

function wholeSeconds(localTime: LocalTime): (text: string) => string {
  const instantOf = instantTexts(localTime);
  return (text) => `${instantOf(text).slice(0, 19)}Z`;
}

function periodStarts({ localTime, timezone }: TimestampRules, period: Period): (text: string) => string {
  return perHour(localTime, (instant) => snapshotTimestamp(instant, period, timezone));
}

function fromDate(text: string, period: Period | undefined): string {
  const date = parseDate(text);
  if (date === undefined) throw new UnfitValue(`${shown(text)} is not a date`, REMEDY);
  if (period === 'hour') {
    throw new UnfitValue(
      `${shown(text)} has no hour`,
      'Select a timestamp: the period of the job is an hour.',
    );
  }
  return withinYears(isoSeconds(period === undefined ? date : startOfPeriod(period, date)), text);
}
