import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * What is left out of `npm run test:quick`: the folders whose tests put rooms together or need the built program, a browser,
 * other tools or minutes, and single files that are slow by what they try.
 */
export const NOT_QUICK = [
  'test/{browser,docs,end-to-end,endurance,faults,integration,repository}/**/*.test.ts',
  // Of the databases only what each of them must do; else each has servers of its own, made for one test.
  'test/sources/**/!(contract).test.ts',
  // They kill processes, fill memory, go through years or thousands, or wait for the time limits of the program itself.
  'test/**/*.slow.test.ts',
];

/** What happens in a moment may take long beside all others: nothing is timed by how long `expect.poll` looks for it. */
export const PATIENT = { poll: { timeout: 20_000 } };

/**
 * What a change is tried with while it is made: `npm run test:quick`, single rooms and what each database and store must
 * do. No server is started, so that databases are tried with those that answer already. A worker runs one file after the other
 * and keeps what it has loaded: tests leave nothing behind, no timer that is not real and no spy.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: NOT_QUICK,
    isolate: false,
    globalSetup: ['test/support/compile-cache.ts', 'test/support/servers-at-hand.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: PATIENT,
  },
});
