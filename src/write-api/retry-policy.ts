import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { OutcomeKind } from './outcome.ts';

/** How long to keep trying; all in milliseconds. */
export interface RetrySettings {
  /** Give up this long after the first attempt began. */
  readonly for: number;
  /** Upper bound of the first delay; doubles with each failure. */
  readonly first_delay: number;
  /** Upper bound of every delay that the write API did not ask for itself. */
  readonly max_delay: number;
}

export interface FailedAttempt {
  readonly kind: OutcomeKind;
  /** Failures so far, this one included. */
  readonly attempt: number;
  /** Milliseconds since the first attempt began. */
  readonly elapsed: number;
  /** Milliseconds that the answer asked to wait. */
  readonly retryAfter?: number | undefined;
  /** From 0 to 1. */
  readonly random: number;
}

const TEMPORARY: ReadonlySet<OutcomeKind> = new Set(['not-now', 'timeout', 'cut-off', 'unreachable']);

export function isTemporary(kind: OutcomeKind): boolean {
  return TEMPORARY.has(kind);
}

/**
 * Milliseconds to wait before the same request is sent again, or undefined to give up: exponential
 * with full jitter, on top of what the answer asks for. A delay never reaches beyond the end of the
 * retries, so the last attempt is made when they end.
 */
export function delayBeforeRetry(failure: FailedAttempt, retry: RetrySettings): number | undefined {
  const remaining = retry.for - failure.elapsed;
  if (!isTemporary(failure.kind) || remaining <= 0) return undefined;
  const bound = Math.min(retry.max_delay, Math.max(1, retry.first_delay) * 2 ** (failure.attempt - 1));
  const wanted = (failure.retryAfter ?? 0) + Math.round(failure.random * bound);
  return Math.min(wanted, remaining, LONGEST_TIMER);
}

const SECONDS = /^\d+(?:\.\d+)?$/;
const TIME = '(?<time>\\d{2}:\\d{2}:\\d{2})';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
/**
 * The three forms of a date in HTTP: the usual one, that of RFC 850 and that of asctime, which names no zone and means
 * GMT.
 */
const HTTP_DATES = [
  new RegExp(`^${DAY}, (?<day>\\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${DAY}[a-z]*, (?<day>\\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^${DAY} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * Milliseconds that a `Retry-After` header asks for: seconds, or an HTTP date compared with `now`
 * (milliseconds since 1970). Undefined for anything else.
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (SECONDS.test(text)) return Math.round(Number(text) * 1_000);
  const date = readHttpDate(text, now);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function readHttpDate(text: string, now: number): number {
  for (const form of HTTP_DATES) {
    const { day, month, year = '', time } = form.exec(text)?.groups ?? {};
    if (day === undefined) continue;
    const fullYear = year.length === 2 ? yearNear(Number(year), now) : year;
    return Date.parse(`${day.trim().padStart(2, '0')} ${month} ${fullYear} ${time} GMT`);
  }
  return Number.NaN;
}

/** A year of two digits that would lie more than 50 years ahead is one of the past. */
function yearNear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
