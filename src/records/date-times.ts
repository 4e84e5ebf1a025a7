import { hasYearOfFourDigits, isoSeconds, parseDate, parseDateTime } from '../calendar/date-time.ts';
import { readingsOf } from '../calendar/zone.ts';
import type { RawValue } from '../model/row.ts';
import { shown, UnfitValue } from './not-a-record.ts';

const LIMIT = 10_000;

/** `compute`, remembering its results: rows repeat the same few texts. Bounded: a full memory is emptied. */
export function memo<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text);
    if (result !== undefined || known.has(text)) return result as Result;
    if (known.size >= LIMIT) known.clear();
    const computed = compute(text);
    known.set(text, computed);
    return computed;
  };
}

/** How the texts of one database mean instants. */
export interface LocalTime {
  /** Zone of the texts that carry none. */
  readonly zone: string;
  /** Which reading of a local time to take when two are possible; undefined: neither. */
  readonly ambiguous?: 'earlier' | 'later' | undefined;
}

const NO_DATE = 'Leave such rows out, or turn the value into a date that exists, in the query.';
/** The most frequent form, tested without taking the text apart. */
const WHOLE_SECONDS = /^.{13}:[0-5]\d:[0-5]\d$/;
const MINUTES = /^:[0-5]\d:[0-5]\d(?:\.\d{1,9})?(Z|[+-][\d:]{2,8})?$/;

/** A date as it stands, when it exists. */
export function dateText(value: RawValue): string {
  const text = String(value);
  if (parseDate(text) === undefined) throw new UnfitValue(`${shown(text)} is not a date`, NO_DATE);
  return text;
}

/** `YYYY-MM-DDTHH:MM:SS[.f]Z`: the instant that a datetime means, with the fraction that it has. */
export function instantTexts(localTime: LocalTime): (value: RawValue) => string {
  const resolve = (text: string) => resolveInstant(text, localTime, isoSeconds);
  const prefixOf = hourMemo(resolve, wholeHour);
  return (value) => {
    const text = String(value);
    const prefix = prefixOf(text);
    const seconds = prefix === undefined ? resolve(text).slice(0, 19) : prefix + text.slice(13, 19);
    return `${seconds}${fractionOf(text)}Z`;
  };
}

/** What `meaning` makes of the instants that datetimes mean. */
export function perHour(
  localTime: LocalTime,
  meaning: (epochMilliseconds: number) => string,
): (text: string) => string {
  const resolve = (text: string) => resolveInstant(text, localTime, meaning);
  const resultOf = hourMemo(resolve, (first, last) => (first === last ? first : undefined));
  return (text) => resultOf(text) ?? resolve(text);
}

/**
 * What holds for all datetimes of an hour, as far as `common` finds it from the results at the hour's two ends. Zone
 * arithmetic costs microseconds, and a result holds far fewer hours than rows.
 */
function hourMemo(
  resolve: (text: string) => string,
  common: (first: string, last: string) => string | undefined,
): (text: string) => string | undefined {
  const resultOf = memo((key) => resultOverHour(key.slice(0, 13), key.slice(13), resolve, common));
  return (text) => {
    if (WHOLE_SECONDS.test(text)) return resultOf(text.slice(0, 13));
    const minutes = MINUTES.exec(text.slice(13));
    return minutes === null ? undefined : resultOf(text.slice(0, 13) + (minutes[1] ?? ''));
  };
}

function resultOverHour(
  hour: string,
  offset: string,
  resolve: (text: string) => string,
  common: (first: string, last: string) => string | undefined,
): string | undefined {
  try {
    return common(resolve(`${hour}:00:00${offset}`), resolve(`${hour}:59:59${offset}`));
  } catch (error) {
    if (error instanceof UnfitValue) return undefined;
    throw error;
  }
}

/** The hour in UTC that a local hour is as a whole: neither shifted by part of an hour nor cut by a clock change. */
function wholeHour(first: string, last: string): string | undefined {
  const prefix = first.slice(0, 13);
  return first === `${prefix}:00:00Z` && last === `${prefix}:59:59Z` ? prefix : undefined;
}

function resolveInstant(
  text: string,
  localTime: LocalTime,
  meaning: (epochMilliseconds: number) => string,
): string {
  const parsed = parseDateTime(text);
  if (parsed === undefined) throw new UnfitValue(`${shown(text)} is not a date and time`, NO_DATE);
  const within = (instant: number) => withinYears(meaning(instant), text);
  if (parsed.offset !== undefined) return within(parsed.wallClock - parsed.offset);
  const { earlier, later } = readingsOf(parsed.wallClock, localTime.zone);
  const [first, second] = [within(earlier), within(later)];
  if (first === second || localTime.ambiguous === 'earlier') return first;
  if (localTime.ambiguous === 'later') return second;
  throw new UnfitValue(
    `${shown(text)} exists twice or not at all in ${localTime.zone}, where the clocks were changed`,
    'Select a timestamp with time zone, or set ambiguous: earlier or ambiguous: later on the database.',
  );
}

/** A year of other than four digits would be written in a form that nobody reads. */
export function withinYears(result: string, text: string): string {
  if (hasYearOfFourDigits(result)) return result;
  throw new UnfitValue(`${shown(text)} lies outside of the years 1 to 9999 in UTC`, NO_DATE);
}

function fractionOf(text: string): string {
  if (text.length === 19) return '';
  const digits = text.charAt(19) === '.' ? (/^\d+/.exec(text.slice(20))?.[0] ?? '') : '';
  const fraction = digits.replace(/0+$/, '');
  return fraction === '' ? '' : `.${fraction}`;
}
