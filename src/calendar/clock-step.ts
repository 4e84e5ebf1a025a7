import { MINUTE } from './durations.ts';

/**
 * By how much a clock may be set back without being believed, milliseconds: such corrections come every day, and for so
 * long nothing starts, so that no tick comes twice. A clock set back by more was wrong before.
 */
export const SMALL_STEP = 5 * MINUTE;
