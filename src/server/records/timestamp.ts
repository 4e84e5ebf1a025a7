import { parseDate } from '../../calendar/date-time.ts';
import { MINUTE } from '../../calendar/durations.ts';

/** Dates and times as clients send them → UTC, in one form that sorts as text. */

const ISO_8601 =
  /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?\n?$/;

/** The form in which nearly all come: worth a way of its own. */
const IN_UTC = /^(?!00)\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const LAST_MILLISECOND = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * `YYYY-MM-DD`, optionally with `THH:MM[:SS[.f]]` (a blank for the `T`, too) and `Z` or an offset; without an offset
 * it is UTC. Gives `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`, fractions cut to microseconds; undefined when the text is
 * anything else, or no date of the calendar.
 */
export function utcTimestamp(text: string): string | undefined {
  if (IN_UTC.test(text))
    return parseDate(text.slice(0, 10)) === undefined ? undefined : `${text.slice(0, 19)}+00:00`;
  const match = ISO_8601.exec(text);
  const date = match?.[1] === undefined ? undefined : parseDate(yearOfFourDigits(match[1]));
  if (match === null || date === undefined) return undefined;
  const [, , hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = match;
  const local = date + (Number(hour) * 60 + Number(minute)) * MINUTE + Number(second) * 1_000;
  const instant = local - offsetOf(offset);
  return instant > LAST_MILLISECOND ? undefined : formatUtc(instant, fraction);
}

/**
 * What a schema's `date-time` asks of a text: a date and a time of the calendar, joined by a `T`. What follows them is
 * left to whoever reads the text.
 */
export function hasRealDate(text: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)(?::(\d\d)(?::(\d\d))?)?[^T]*$/.exec(text);
  if (match?.[1] === undefined || match[1].startsWith('0000')) return false;
  const [, date, hour = '0', minute = '0', second = '0'] = match;
  return parseDate(date) !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

/** Milliseconds since 1970 in the same form. */
export function formatTimestamp(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1_000) * 1_000;
  return formatUtc(whole, String(milliseconds - whole).padStart(3, '0'));
}

function formatUtc(wholeSeconds: number, fraction: string): string {
  const microseconds = fraction.slice(0, 6).padEnd(6, '0');
  const text = new Date(wholeSeconds).toISOString().slice(0, 19);
  return microseconds === '000000' ? `${text}+00:00` : `${text}.${microseconds}+00:00`;
}

/** Milliseconds east of UTC of `Z`, `+HH`, `+HHMM` or `+HH:MM`. */
function offsetOf(text: string): number {
  if (text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', ''));
  return (text.startsWith('-') ? -minutes : minutes) * MINUTE;
}

/**
 * The original write API never saw more than two digits in the years 0000 to 0099, and took the three numbers for
 * month-day-year, else day-month-year, else year-month-day: 0001-01-10 is the 1st of January 2010.
 */
function yearOfFourDigits(date: string): string {
  if (!date.startsWith('00')) return date;
  const [first = '', second = '', third = ''] = [date.slice(2, 4), date.slice(5, 7), date.slice(8, 10)];
  if (Number(first) <= 12) return `20${third}-${first}-${second}`;
  if (Number(first) <= 31) return `20${third}-${second}-${first}`;
  return `${Number(first) < 74 ? '20' : '19'}${first}-${second}-${third}`;
}
