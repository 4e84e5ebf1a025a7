import { expect, test } from 'vitest';
import { chooseRuns } from '../../src/replicas/choose-runs.ts';

const due = (...jobs: readonly string[]) => jobs.map((job, index) => ({ id: `${job}-${index}`, job }));

/** The database of a job is its first letter. */
const chosen = (jobs: readonly string[], over: Partial<Parameters<typeof chooseRuns>[0]> = {}) =>
  [
    ...chooseRuns({
      due: due(...jobs),
      busyDatabases: [],
      limits: { maxConcurrentRuns: 3, maxConnections: new Map([['a', 1]]) },
      databaseOf: (job) => job.charAt(0),
      most: 10,
      ...over,
    }),
  ].map(([job, runs]) => `${job}: ${runs.map(({ id }) => id).join(' ')}`);

test('first come, first served, but nobody waits for a database that is busy', () => {
  expect(chosen(['a1', 'a2', 'b1', 'b2', 'b3'])).toEqual(['a1: a1-0', 'b1: b1-2', 'b2: b2-3']);
});

test('all that is due of a job is one run', () => {
  expect(chosen(['b1', 'b2', 'b1', 'b1'])).toEqual(['b1: b1-0 b1-2 b1-3', 'b2: b2-1']);
});

test('runs of other replicas count, also of jobs that this one does not know', () => {
  expect(chosen(['a1', 'b1', 'b2'], { busyDatabases: ['a', ''] })).toEqual(['b1: b1-1']);
});

test('jobs that are not to be run here are left alone', () => {
  expect(chosen(['b1', 'b2'], { databaseOf: (job) => (job === 'b2' ? 'b' : undefined) })).toEqual([
    'b2: b2-1',
  ]);
});

test('no more are chosen than are asked for', () => {
  expect(chosen(['b1', 'b2', 'b3'], { most: 1 })).toEqual(['b1: b1-0']);
});
