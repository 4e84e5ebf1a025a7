/** Reading and writing dates and times as ISO text, strictly: what does not exist on the calendar is not read. */

export interface DateTime {
  /** The wall clock, as the milliseconds that it would be in UTC; without the fraction of a second. */
  readonly wallClock: number;
  /** `.123` or empty; trailing zeros are not kept. */
  readonly fraction: string;
  /** Milliseconds east of UTC; undefined when the text carries no zone. */
  readonly offset: number | undefined;
}

/** The years from 1 to 9999: what a `_timestamp` and every database can write. */
const DATE = /^(?!0000)(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d(?::[0-5]\d)?)?)?$/;

/**
 * The date `YYYY-MM-DD` as the milliseconds of its midnight in UTC; undefined when there is no such date, as in a year
 * 0.
 */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/**
 * What people may ask for: not so long ago that nobody could count the hours since, and before years take five digits.
 */
export const FIRST_DATE = '1900-01-01';
export const LAST_DATE = '9998-12-31';

/** `YYYY-MM-DD HH:MM:SS[.f][offset]`, with a blank or a T; undefined when it is anything else. */
export function parseDateTime(text: string): DateTime | undefined {
  const match = DATE_TIME.exec(text);
  const date = match?.[1] === undefined ? undefined : parseDate(match[1]);
  if (match === null || date === undefined) return undefined;
  const [, , hour, minute, second, digits, offset] = match;
  const fraction = (digits ?? '').replace(/0+$/, '');
  return {
    wallClock: date + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000,
    fraction: fraction === '' ? '' : `.${fraction}`,
    offset: offset === undefined ? undefined : parseOffset(offset),
  };
}

function parseOffset(text: string): number {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).match(/\d\d/g) ?? []).map(Number);
  const milliseconds = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  return text.startsWith('-') ? -milliseconds : milliseconds;
}

/** `YYYY-MM-DD` in UTC. */
export const formatDate = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** `YYYY-MM-DDTHH:MM:SS.mmmZ` */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** `YYYY-MM-DDTHH:MM:SSZ`: whole seconds, the form of `_timestamp`. */
export const isoSeconds = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Whether an ISO text, as `formatDate` and `isoSeconds` write it, lies in the years 1 to 9999. */
export const hasYearOfFourDigits = (iso: string): boolean => /^(?!0000)\d{4}-/.test(iso);

const [FIRST_MOMENT, LAST_MOMENT] = [
  Date.parse('0001-01-01T00:00:00Z'),
  Date.parse('9999-12-31T23:59:59.999Z'),
] as const;

/** The nearest wall clock in the years 1 to 9999: that of a zone may be hours beyond them. */
export const nearestWithinYears = (wallClock: number): number =>
  Math.min(Math.max(wallClock, FIRST_MOMENT), LAST_MOMENT);
