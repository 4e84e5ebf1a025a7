import { parseDate, parseDateTime } from '../calendar/date-time.ts';
import { compareDigits } from './compare-decimals.ts';
import { memo } from './date-times.ts';

/** Dates and times as a database prints them, compared by time with all digits of their fractions. */

const FORM =
  /^\d{4}-\d\d-\d\d(?:[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?)?$/;
const TAIL = /^(?:\.(\d+))?(.*)$/;
const [DATE_LENGTH, SECONDS_LENGTH] = [10, 19];

const dateExists = memo((date) => parseDate(date) !== undefined);

/** Whether a text is a date, or a date and time, that exists. */
export const isDateTime = (text: string): boolean =>
  FORM.test(text) && dateExists(text.slice(0, DATE_LENGTH));

/**
 * Below, at or above zero as `a` is before, the same as or after `b`; both are dates. Undefined for texts of two forms:
 * only SQLite has them in one column, and orders them as texts.
 */
export function compareDateTimes(a: string, b: string): number | undefined {
  return haveOneForm(a, b) ? compareDigits(a, b) : compareForms(a, b);
}

/** Nearly all rows: fractions of one length and the same offset, so that the texts are in the order of time. */
function haveOneForm(a: string, b: string): boolean {
  if (a.length !== b.length || a.charCodeAt(DATE_LENGTH) !== b.charCodeAt(DATE_LENGTH)) return false;
  const end = endOfFraction(a);
  return end >= SECONDS_LENGTH && end === endOfFraction(b) && (end === a.length || a.endsWith(b.slice(end)));
}

function endOfFraction(text: string): number {
  let end = SECONDS_LENGTH;
  if (text.charAt(end) !== '.') return Math.min(end, text.length);
  do end++;
  while (text.charAt(end) >= '0' && text.charAt(end) <= '9');
  return end;
}

function compareForms(a: string, b: string): number | undefined {
  if (!isDateTime(a) || !isDateTime(b)) return undefined;
  if (a.length === DATE_LENGTH && b.length === DATE_LENGTH) return compareDigits(a, b);
  if (a.charAt(DATE_LENGTH) !== b.charAt(DATE_LENGTH)) return undefined;
  const [, fractionOfA = '', offsetOfA = ''] = TAIL.exec(a.slice(SECONDS_LENGTH)) ?? [];
  const [, fractionOfB = '', offsetOfB = ''] = TAIL.exec(b.slice(SECONDS_LENGTH)) ?? [];
  const bySeconds =
    offsetOfA === offsetOfB
      ? compareDigits(a.slice(0, SECONDS_LENGTH), b.slice(0, SECONDS_LENGTH))
      : compareInstants(a, offsetOfA, b, offsetOfB);
  if (bySeconds !== 0) return bySeconds;
  // As texts, `.5Z` comes before `Z`.
  if (offsetOfA === 'Z' && fractionOfA.length !== fractionOfB.length) return undefined;
  const digits = Math.max(fractionOfA.length, fractionOfB.length);
  return compareDigits(fractionOfA.padEnd(digits, '0'), fractionOfB.padEnd(digits, '0'));
}

function compareInstants(a: string, offsetOfA: string, b: string, offsetOfB: string): number | undefined {
  const one = parseDateTime(a.slice(0, SECONDS_LENGTH) + offsetOfA);
  const other = parseDateTime(b.slice(0, SECONDS_LENGTH) + offsetOfB);
  if (one?.offset === undefined || other?.offset === undefined) return undefined;
  return one.wallClock - one.offset - (other.wallClock - other.offset);
}
