import { test as base, expect } from 'vitest';
import { Histories } from '../../src/daemon/histories.ts';
import type { RunResult } from '../../src/model/run.ts';
import type { State } from '../../src/model/state.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { resultOf } from '../state/examples.ts';
import { DAY, HOUR, MINUTE, START } from './daemon-world.ts';

/** Runs in a state, and the histories read from it at a time that the test sets. */
class Remembered {
  now = START;
  readonly state: State = openSqliteState(':memory:', { now: () => this.now });
  readonly histories = new Histories(this.state, () => this.now);

  /** A run of an hour; with `outcome` undefined one that was cut off. */
  async run(startedAt: number, outcome: RunResult['outcome'] | undefined, job = 'visits'): Promise<void> {
    const number = await this.state.beginRun(job, startedAt);
    if (outcome === undefined) return;
    await this.state.endRun(number, resultOf({ job, outcome, startedAt, endedAt: startedAt + HOUR }));
  }
}

const test = base.extend<{ remembered: Remembered }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  remembered: async ({}, use) => {
    const remembered = new Remembered();
    await use(remembered);
    await remembered.state.close();
  },
});

type Runs = readonly (readonly [startedAt: number, outcome: RunResult['outcome'] | undefined])[];
const SUCCESS_ENDED = START - 5 * HOUR;
const success = [SUCCESS_ENDED - HOUR, 'succeeded'] as const;
const start = START - 2 * HOUR;

test.each<[string, Runs, number | undefined]>([
  ['no run', [], undefined],
  ['one that succeeded', [[start, 'succeeded']], start],
  ['one that failed, after a success', [success, [start, 'failed']], start],
  ['one that was skipped', [[start, 'skipped']], start],
  ['one that was interrupted, after a success', [success, [start, 'interrupted']], SUCCESS_ENDED],
  ['one that was interrupted, after none', [[start, 'interrupted']], start - 7 * DAY],
  ['one that was cut off, after a success', [success, [start, undefined]], SUCCESS_ENDED],
  ['one that was cut off, after none', [[start, undefined]], start - 7 * DAY],
  [
    'one that was cut off, after a failure that followed a success',
    [success, [start - HOUR, 'failed'], [start, undefined]],
    SUCCESS_ENDED,
  ],
  ['one a few minutes from now', [success, [START + 4 * MINUTE, 'failed']], START + 4 * MINUTE],
  ['one of a clock that was wrong', [success, [START + 6 * MINUTE, 'failed']], SUCCESS_ENDED],
  ['a success of a clock that was wrong', [success, [START + DAY, 'succeeded']], SUCCESS_ENDED],
])('after %s the ticks that had their run are known', async (_, runs, expected) => {
  const remembered = new Remembered();
  for (const [startedAt, outcome] of runs) await remembered.run(startedAt, outcome);
  await remembered.histories.follow(['visits']);
  expect(remembered.histories.servedUpTo('visits')).toBe(expected);
  await remembered.state.close();
});

test('what was noted by a clock that was wrong is shown as of now', async ({ remembered }) => {
  await remembered.run(START - 10 * MINUTE, 'succeeded');
  await remembered.histories.follow(['visits']);
  expect(remembered.histories.of('visits')).toMatchObject({
    lastRun: { startedAt: START - 10 * MINUTE, endedAt: START },
    lastSuccessAt: START,
    unfinishedSince: undefined,
  });
  remembered.now += 2 * HOUR;
  expect(remembered.histories.of('visits')?.lastSuccessAt).toBe(START + 50 * MINUTE);
});

test('a run that goes on is none of a time to come', async ({ remembered }) => {
  await remembered.run(START + HOUR, undefined);
  await remembered.histories.follow(['visits']);
  expect(remembered.histories.of('visits')?.unfinishedSince).toBe(START);
});

test('runs that began later than now are told for each job', async ({ remembered }) => {
  await remembered.run(START + HOUR, 'succeeded');
  await remembered.run(START + 2 * HOUR, undefined);
  await remembered.run(START - HOUR, 'succeeded', 'other');
  await remembered.histories.follow(['visits', 'other']);
  expect(remembered.histories.laterStarts('visits')).toEqual([START + HOUR, START + 2 * HOUR]);
  expect(remembered.histories.laterStarts('other')).toEqual([]);
  remembered.now += 3 * HOUR;
  await remembered.histories.follow(['visits', 'other']);
  expect(remembered.histories.laterStarts('visits')).toEqual([]);
});

test('a job that was away is read anew, one that stays is not', async ({ remembered }) => {
  const { histories } = remembered;
  await remembered.run(start, 'failed', 'away');
  await remembered.run(start, 'failed', 'stays');
  await histories.follow(['away', 'stays']);
  await histories.follow(['stays']);
  expect(histories.of('away')).toBeUndefined();
  for (const job of ['away', 'stays']) await remembered.run(start + 10 * MINUTE, 'succeeded', job);
  await histories.follow(['away', 'stays']);
  expect(histories.of('away')?.lastRun?.outcome).toBe('succeeded');
  expect(histories.of('stays')?.lastRun?.outcome).toBe('failed');
});

test('of more than a thousand jobs each is read', async ({ remembered }) => {
  const jobs = Array.from({ length: 1_002 }, (_, index) => `job-${index}`);
  const known = [0, 499, 500, 999, 1_000, 1_001].map((index) => `job-${index}`);
  for (const job of known) await remembered.run(start, 'succeeded', job);
  await remembered.histories.follow(jobs);
  const read = jobs.filter((job) => remembered.histories.of(job)?.lastRun !== undefined);
  expect(read).toEqual(known);
});

test('it is told since when nobody answered the runs of a job, and when somebody did again', ({
  remembered,
}) => {
  const { histories } = remembered;
  const end = (startedAt: number, over: Partial<RunResult>) =>
    histories.observer({
      kind: 'run-ended',
      run: 1,
      result: resultOf({ job: 'visits', startedAt, endedAt: startedAt + MINUTE, ...over }),
    });
  const silent = (unansweredSince: number): Partial<RunResult> => ({
    outcome: 'failed',
    failure: { side: 'target', message: 'gone', remedy: undefined, unansweredSince },
  });
  end(START - 3 * HOUR, silent(START - 3 * HOUR));
  end(START - 2 * HOUR, silent(START - 2 * HOUR));
  expect(histories.of('visits')?.unansweredSince).toBe(START - 3 * HOUR);
  expect(histories.recoveryOf('visits')).toBeUndefined();
  end(START - HOUR, { outcome: 'succeeded' });
  expect(histories.of('visits')?.unansweredSince).toBeUndefined();
  expect(histories.recoveryOf('visits')).toEqual({
    side: 'target',
    since: START - 3 * HOUR,
    at: START - HOUR + MINUTE,
  });
});
