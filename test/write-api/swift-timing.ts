import type { Timing } from '../../src/write-api/timing.ts';

/** A clock on which waits take no time: each is noted and moves the clock on. */
export interface SwiftTiming extends Timing {
  /** Milliseconds, in order. */
  readonly waits: readonly number[];
}

export function swiftTiming(random = 1, startOfClock = Date.UTC(2015, 0, 1)): SwiftTiming {
  const waits: number[] = [];
  let passed = 0;
  return {
    waits,
    now: () => startOfClock + passed,
    monotonic: () => passed,
    random: () => random,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      waits.push(milliseconds);
      passed += milliseconds;
    },
  };
}
