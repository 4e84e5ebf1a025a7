import { afterEach, beforeEach, expect, test } from 'vitest';
import type { State } from '../../src/model/state.ts';
import type { VerificationOutcome } from '../../src/model/verification.ts';
import { hasSucceededSince, lastStarts } from '../../src/replicas/past-runs.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { resultOf } from '../state/examples.ts';

const AGREED: VerificationOutcome = {
  ...{ compared: 'records', source: 1, missing: 0, different: 0, extra: 0, setAside: 0 },
};
const FAILED: VerificationOutcome = {
  compared: 'nothing',
  failure: { side: 'source', message: 'nobody answers', remedy: undefined },
};

let state: State;
beforeEach(() => {
  state = openSqliteState(':memory:');
});
afterEach(() => state.close());

async function ran(job: string, startedAt: number, outcome: 'succeeded' | 'failed'): Promise<void> {
  const run = await state.beginRun(job, startedAt);
  await state.endRun(run, resultOf({ job, startedAt, endedAt: startedAt + 10, outcome }));
}
const verified = (job: string, startedAt: number, outcome: VerificationOutcome) =>
  state.rememberVerification({ job, startedAt, endedAt: startedAt + 10, outcome });

test('runs and verifications of a job are told apart by their names in the schedule', async () => {
  await ran('a', 5_000, 'succeeded');
  await verified('a', 7_000, AGREED);
  await verified('b', 9_000, FAILED);
  const names = ['a', 'a/verification', 'b', 'b/verification', 'c/verification'];
  expect(await lastStarts(state, names)).toEqual(
    new Map([
      ['a', 5_000],
      ['a/verification', 7_000],
      ['b/verification', 9_000],
    ]),
  );
});

test('what has succeeded since need not be begun again, what failed or began before must', async () => {
  await ran('a', 5_000, 'succeeded');
  await verified('a', 7_000, AGREED);
  await ran('b', 5_000, 'failed');
  await verified('b', 7_000, FAILED);
  const succeeded = (name: string, since: number) => hasSucceededSince(state, name, since);
  expect([await succeeded('a', 5_000), await succeeded('a', 6_000)]).toEqual([true, false]);
  expect([await succeeded('a/verification', 7_000), await succeeded('a/verification', 8_000)]).toEqual([
    true,
    false,
  ]);
  expect([await succeeded('b', 5_000), await succeeded('b/verification', 7_000)]).toEqual([false, false]);
  expect([await succeeded('c', 0), await succeeded('c/verification', 0)]).toEqual([false, false]);
});
