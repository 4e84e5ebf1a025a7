import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';
import { NOT_QUICK, PATIENT } from './vitest.quick.config.ts';

/** Files that flood, kill and measure for minutes: beside others they would only slow each other down. */
const ALONE = ['test/{endurance,faults}/**/*.test.ts'];

/** Everything: `npm test`. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/compile-cache.ts', 'test/support/build.ts', 'test/support/servers.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: PATIENT,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: NOT_QUICK,
          exclude: ALONE,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: NOT_QUICK,
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
