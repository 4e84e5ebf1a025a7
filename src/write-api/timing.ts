import { setTimeout as wait } from 'node:timers/promises';

/** The clock, the waits and the chance that the client lives by; tests bring their own. */
export interface Timing {
  /** Milliseconds since 1970; compared with the dates of answers. */
  now(): number;
  /** Milliseconds on a clock that nobody sets; measures how long something takes. */
  monotonic(): number;
  /** Waits; rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  async sleep(milliseconds, signal) {
    try {
      await wait(milliseconds, undefined, { signal });
    } catch {
      throw signal.reason;
    }
  },
};
