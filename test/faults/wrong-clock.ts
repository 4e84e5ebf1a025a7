import type { PlannedClock } from './plan.ts';

/**
 * Loaded into the collector before its own code: shifts every clock that tells the time of day, as a machine whose
 * clock is wrong and then set again. Timers and performance.now() go on, as the monotonic clock of a machine does.
 */

const { first, after, later } = JSON.parse(process.env.WRONG_CLOCK ?? '') as PlannedClock;
const RealDate = Date;
const now = () => RealDate.now() + (performance.now() < after ? first : later);

class WrongDate extends RealDate {
  constructor(...values: readonly unknown[]) {
    if (values.length === 0) super(now());
    else super(...(values as [number]));
  }

  static override now(): number {
    return now();
  }
}

globalThis.Date = WrongDate as DateConstructor;
