/** Durations in milliseconds. A day is one of UTC, which has no clock changes. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Timers hold at most a signed 32-bit number; what is longer would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * By how much a clock may be set back without being believed, milliseconds: such corrections come every day, and for so
 * long nothing starts, so that no tick comes twice. A clock set back by more was wrong before.
 */
export const SMALL_STEP = 5 * MINUTE;
