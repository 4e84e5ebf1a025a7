/** Durations in milliseconds. A day is one of UTC, which has no clock changes. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Timers hold at most a signed 32-bit number; what is longer would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
