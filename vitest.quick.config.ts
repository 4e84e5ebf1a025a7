import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * What a change is tried with while it is made: `npm run test:quick`, single rooms and what each database and store must
 * do. Left out are the folders whose tests put rooms together or need the built program, a browser, other tools or
 * minutes; and no server is started, so that databases are tried with those that answer already.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/{browser,docs,end-to-end,endurance,faults,integration,repository}/**',
      // Of the databases only what each of them must do; else each has servers of its own, made for one test.
      'test/sources/**/!(contract).test.ts',
    ],
    globalSetup: ['test/support/compile-cache.ts', 'test/support/servers-at-hand.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
