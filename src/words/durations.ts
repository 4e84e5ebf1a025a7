import { DAY, HOUR, MINUTE, SECOND } from '../calendar/durations.ts';
import { counted, grouped } from './counts.ts';

/** How long something lasts, in words. */

const UNITS: readonly (readonly [string, number])[] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
];

/**
 * `7 hours`: in the largest unit of which there are two, so that little is lost; never negative.
 *
 * @param span milliseconds
 */
export function spanText(span: number): string {
  const length = Math.max(span, 0);
  const [name, unit] = UNITS.find(([, unit]) => length >= 2 * unit) ?? ['second', SECOND];
  const count = Math.floor(length / unit);
  return counted(count, name);
}

/** `7 hours ago`, `in 7 hours`, `just now` */
export function relativeText(instant: number, now: number): string {
  const span = instant - now;
  if (Math.abs(span) < 2 * SECOND) return span < 0 ? 'just now' : 'now';
  return span < 0 ? `${spanText(-span)} ago` : `in ${spanText(span)}`;
}

const SETTINGS: readonly (readonly [string, number])[] = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
];

/** `90s`, `5m`: as the configuration has it. @param duration milliseconds */
export function settingText(duration: number): string {
  const [sign, unit] = SETTINGS.find(([, unit]) => duration % unit === 0) ?? ['ms', 1];
  return `${duration / unit}${sign}`;
}

/** `about 30 s`, `about 5 min`, `about 1 h 30 min`: as exact as a guess may sound. @param duration milliseconds */
export function roughText(duration: number): string {
  const seconds = Math.max(1, Math.round(duration / SECOND));
  if (seconds < 10) return `about ${seconds} s`;
  if (seconds < 58) return `about ${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  return `about ${inTwo(10 * Math.round(minutes / 10), 'h', 'min')}`;
}

/** `0.3 s`, `42 s`, `2 min 5 s`, `1 h 30 min`, `2 h`. @param duration milliseconds */
export function durationText(duration: number): string {
  const length = Math.max(duration, 0);
  if (length < 10 * SECOND) return `${(length / SECOND).toFixed(1)} s`;
  const seconds = Math.round(length / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return inTwo(seconds, 'min', 's');
  return inTwo(Math.round(seconds / 60), 'h', 'min');
}

/** @param count of the smaller unit, of which the larger has 60 */
function inTwo(count: number, larger: string, smaller: string): string {
  const rest = count % 60;
  return `${grouped(Math.floor(count / 60))} ${larger}${rest === 0 ? '' : ` ${rest} ${smaller}`}`;
}
