import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/model/run.ts';
import type { State } from '../../src/model/state.ts';
import { NOTHING, resultOf, stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, newFile, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const DAY = 86_400_000;
const CURSOR = [
  { kind: 'datetime', text: '2015-01-01 00:00:00.123456+00' },
  { kind: 'number', text: '12345678901234567890' },
] as const;

describe.each(PLACES)('a state in %s', (place) => {
  test('remembers progress of every kind', async () => {
    const state = await opened(place);
    expect(await state.progressOf('a')).toBeUndefined();
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    await state.acknowledged(
      'a',
      run,
      stepOf({ progress: { collectedTo: 20, fingerprint: '{"id":["x"]}' } }),
    );
    await state.acknowledged('a', run, stepOf({ progress: { cursor: CURSOR } }));
    expect(await state.progressOf('a')).toEqual({
      collectedTo: 20,
      fingerprint: '{"id":["x"]}',
      cursor: CURSOR,
    });
    expect(await state.progressOf('b')).toBeUndefined();
  });

  test('tells the newest run first, whatever the clock said, and which ones are still to come', async () => {
    const state = await opened(place, { now: () => 10 * DAY });
    await leaseOf(state);
    for (const [startedAt, outcome] of [
      [9 * DAY, 'succeeded'],
      [11 * DAY, 'succeeded'],
      [10 * DAY, 'failed'],
    ] as const) {
      const run = await state.beginRun('a', startedAt);
      await state.endRun(run, resultOf({ startedAt, endedAt: startedAt + 5, outcome }));
    }
    const started = (await state.runs({ job: 'a', limit: 9 })).map(({ startedAt }) => startedAt / DAY);
    expect(started).toEqual([10, 11, 9]);
    const history = (await state.histories(['a'])).get('a');
    expect(history?.lastRun?.startedAt).toBe(10 * DAY);
    expect(history?.lastSuccessAt).toBe(9 * DAY + 5);
    expect(await state.startsAfter(10 * DAY)).toEqual(new Map([['a', [11 * DAY]]]));
  });

  test('tells of many jobs at once what came of their runs, of each its own', async () => {
    const state = await opened(place, { now: () => 10 * DAY });
    const end = async (job: string, day: number, over: Partial<RunResult>) => {
      const startedAt = day * DAY;
      const run = await state.beginRun(job, startedAt);
      await state.endRun(run, resultOf({ job, startedAt, endedAt: startedAt + 5, ...over }));
    };
    const silence = (side: 'source' | 'target', unansweredSince?: number) =>
      ({ outcome: 'failed', failure: { side, message: 'no', remedy: undefined, unansweredSince } }) as const;
    await end('silent', 1, silence('target', 1));
    await end('silent', 2, { outcome: 'empty' });
    await end('silent', 3, silence('source', 2));
    await end('silent', 4, silence('target', 3));
    await end('silent', 5, silence('target', 4));
    await end('refused', 6, silence('target'));
    await state.beginRun('refused', 7 * DAY);
    await end('never-answered', 8, silence('source', 5));
    const histories = await state.histories(['silent', 'refused', 'unknown', 'never-answered']);
    const told = [...histories].map(([job, { lastRun, ...history }]) => [job, lastRun?.startedAt, history]);
    expect(told).toEqual([
      ['silent', 5 * DAY, { lastSuccessAt: 2 * DAY + 5, unfinishedSince: undefined, unansweredSince: 3 }],
      [
        'refused',
        6 * DAY,
        { lastSuccessAt: undefined, unfinishedSince: 7 * DAY, unansweredSince: undefined },
      ],
      [
        'unknown',
        undefined,
        { lastSuccessAt: undefined, unfinishedSince: undefined, unansweredSince: undefined },
      ],
      [
        'never-answered',
        8 * DAY,
        { lastSuccessAt: undefined, unfinishedSince: undefined, unansweredSince: 5 },
      ],
    ]);
    expect(await state.histories([])).toEqual(new Map());
  });

  test('never moves what is collected backwards, but keeps the rest of the step', async () => {
    const state = await opened(place);
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    await state.acknowledged('a', run, stepOf({ progress: { collectedTo: 20 } }));
    await state.acknowledged('a', run, stepOf({ progress: { collectedTo: 10, fingerprint: '{}' } }));
    await state.acknowledged('a', run, stepOf());
    expect(await state.progressOf('a')).toEqual({ collectedTo: 20, fingerprint: '{}' });
    await state.acknowledged('a', run, stepOf({ progress: { collectedTo: 30 } }));
    expect(await state.progressOf('a')).toEqual({ collectedTo: 30, fingerprint: '{}' });
  });

  test('moves collected_to on when only a cursor was known', async () => {
    const state = await opened(place);
    await state.setProgress('a', { cursor: CURSOR });
    await leaseOf(state);
    await state.acknowledged('a', await state.beginRun('a', 1), stepOf({ progress: { collectedTo: -5 } }));
    expect(await state.progressOf('a')).toEqual({ collectedTo: -5, cursor: CURSOR });
  });

  test('sets progress as a person asks for it, also backwards and to nothing', async () => {
    const state = await opened(place);
    await state.setProgress('a', { collectedTo: 20, cursor: CURSOR });
    await state.setProgress('a', { collectedTo: 10 });
    expect(await state.progressOf('a')).toEqual({ collectedTo: 10 });
    await state.setProgress('a', {});
    expect(await state.progressOf('a')).toEqual({});
    await state.setProgress('a', undefined);
    expect(await state.progressOf('a')).toBeUndefined();
  });

  describe('what is collected', () => {
    const DAYS = [
      { from: 10, to: 20 },
      { from: 40, to: 50 },
    ];

    async function collect(state: State, job: string, spans: readonly { from: number; to: number }[]) {
      await leaseOf(state, job);
      const run = await state.beginRun(job, 1_000);
      const progress = { collectedTo: 50, fingerprint: '{}' };
      for (const collected of spans) await state.acknowledged(job, run, stepOf({ progress, collected }));
    }

    async function collectedIn(spans: readonly { from: number; to: number }[]) {
      const state = await opened(place);
      await collect(state, 'a', spans);
      return state;
    }

    test('is kept as spans that do not touch, whatever the order, and one for a job that goes on', async () => {
      const hours = fc.array(fc.tuple(fc.nat(40), fc.nat(6)), { maxLength: 30 });
      const state = await opened(place);
      let jobs = 0;
      await fc.assert(
        fc.asyncProperty(hours, async (windows) => {
          const spans = windows.map(([from, length]) => ({ from, to: from + length }));
          const job = `job-${++jobs}`;
          await collect(state, job, spans);
          const hoursIn = (all: readonly { from: number; to: number }[]) =>
            Array.from({ length: 50 }, (_, hour) => all.some(({ from, to }) => from <= hour && hour < to));
          const merged = await state.collectedOf(job);
          expect(hoursIn(merged)).toEqual(hoursIn(spans));
          for (const [index, { from, to }] of merged.entries()) {
            expect(from).toBeLessThan(to);
            expect(from).toBeGreaterThan(merged[index - 1]?.to ?? -1);
          }
        }),
        { numRuns: 50 },
      );
      const days = Array.from({ length: 100 }, (_, day) => ({ from: day - 3, to: day }));
      expect(await (await collectedIn(days)).collectedOf('a')).toEqual([{ from: -3, to: 99 }]);
    });

    test('stays when the position moves on or the ids change, and is cut where it is set back', async () => {
      const state = await collectedIn(DAYS);
      await state.setProgress('a', { collectedTo: 70 });
      await state.setProgress('a', { collectedTo: 70, fingerprint: '{"id":1}' });
      expect(await state.collectedOf('a')).toEqual(DAYS);
      expect(await state.collectedOf('b')).toEqual([]);
      await state.setProgress('a', { collectedTo: 45 });
      expect(await state.collectedOf('a')).toEqual([DAYS[0], { from: 40, to: 45 }]);
      await state.setProgress('a', { collectedTo: 20 });
      expect(await state.collectedOf('a')).toEqual([DAYS[0]]);
    });

    test.each([
      ['a job that is reset', undefined, {}],
      ['one whose records go elsewhere', { collectedTo: 50 }, { elsewhere: true }],
    ])('is nothing of %s', async (_, progress, change) => {
      const state = await collectedIn(DAYS);
      await state.setProgress('a', progress, change);
      expect(await state.collectedOf('a')).toEqual([]);
    });
  });

  test('remembers each span that somebody asked for, until the job is reset', async () => {
    const state = await opened(place);
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    const span = { from: 0, to: 100 };
    expect(await state.backfillOf('a', span)).toBeUndefined();
    await state.acknowledged('a', run, stepOf({ backfill: { span, acknowledgedTo: 40 } }));
    expect(await state.backfillOf('a', span)).toBe(40);
    expect(await state.backfillOf('a', { from: 0, to: 101 })).toBeUndefined();
    expect(await state.backfillOf('b', span)).toBeUndefined();
    await state.acknowledged('a', run, stepOf({ backfill: { span, acknowledgedTo: 10 } }));
    expect(await state.backfillOf('a', span)).toBe(10);
    expect(await state.progressOf('a')).toBeUndefined();
    await state.setProgress('a', undefined);
    expect(await state.backfillOf('a', span)).toBeUndefined();
  });

  test('tells since when a side has not answered, from the newest success on', async () => {
    const state = await opened(place);
    const add = async (startedAt: number, over: Partial<RunResult>) => {
      const result = resultOf({ startedAt, endedAt: startedAt + 1, window: undefined, ...over });
      await state.endRun(await state.beginRun('a', startedAt), result);
    };
    const silent = (side: 'source' | 'target', unansweredSince: number) =>
      ({
        outcome: 'failed',
        failure: { side, message: 'gone', remedy: undefined, unansweredSince },
      }) as const;
    const since = async () => (await state.histories(['a'])).get('a')?.unansweredSince;
    await add(10, silent('target', 9));
    await add(20, { outcome: 'succeeded' });
    expect(await since()).toBeUndefined();
    await add(30, silent('source', 30));
    await add(40, silent('target', 39));
    await add(50, silent('target', 49));
    expect(await since()).toBe(39);
    const [newest] = await state.runs({ job: 'a', limit: 1 });
    expect(newest?.failure?.unansweredSince).toBe(49);
    await add(60, { outcome: 'failed', failure: { side: 'source', message: 'wrong', remedy: undefined } });
    expect(await since()).toBeUndefined();
  });

  test('gives runs by job and outcome, newest first, and those without an end not at all', async () => {
    const state = await opened(place);
    const failure = { side: 'source', message: 'gone', remedy: 'start it' } as const;
    const add = async (over: Partial<RunResult>) => {
      const full = resultOf(over);
      await state.endRun(await state.beginRun(full.job, full.startedAt), full);
    };
    await add({ startedAt: 0, outcome: 'failed', failure, window: undefined });
    await add({ startedAt: 1, outcome: 'partial' });
    await add({ startedAt: 2, job: 'b' });
    await state.beginRun('a', 3);
    const startsOf = async (filter: object) =>
      (await state.runs({ limit: 10, ...filter })).map(({ startedAt }) => startedAt);
    expect(await startsOf({})).toEqual([2, 1, 0]);
    expect(await startsOf({ limit: 2 })).toEqual([2, 1]);
    expect(await startsOf({ job: 'a' })).toEqual([1, 0]);
    expect(await startsOf({ failedOnly: true })).toEqual([0]);
    expect((await state.runs({ limit: 1 }))[0]).toEqual(resultOf({ startedAt: 2, job: 'b' }));
    expect((await state.runs({ limit: 1, failedOnly: true }))[0]?.failure).toEqual(failure);
  });

  test('keeps runs for 90 days, failures for a year', async () => {
    const state = await opened(place);
    const add = async (startedAt: number, outcome: RunResult['outcome'] = 'succeeded') =>
      state.endRun(await state.beginRun('a', startedAt), resultOf({ startedAt, outcome }));
    await add(0, 'failed');
    await add(1);
    await add(91 * DAY);
    expect((await state.runs({ limit: 9 })).map(({ startedAt }) => startedAt)).toEqual([91 * DAY, 0]);
    await add(366 * DAY);
    expect((await state.runs({ limit: 9 })).map(({ startedAt }) => startedAt)).toEqual([366 * DAY]);
  });

  test('shows a run that was cut off once the job runs again, with what it had done', async () => {
    const state = await opened(place);
    const first = await leaseOf(state);
    const cut = await state.beginRun('a', 1_000);
    await state.acknowledged('a', cut, stepOf({ counts: { ...NOTHING, rows: 7, deadLetters: 2 } }));
    await first.release();
    await leaseOf(state);
    await state.beginRun('a', 5_000);
    const [run, ...others] = await state.runs({ limit: 9 });
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      outcome: 'interrupted',
      startedAt: 1_000,
      endedAt: 5_000,
      rows: 7,
      deadLetters: 2,
    });
    expect(run?.failure?.message).toContain('the process ended in the middle of the run');
  });

  test('tells of a run how far it is, as long as it goes on and whoever runs it lives', async () => {
    const state = await opened(place);
    const lease = await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    await state.beginRun('b', 1_000);
    expect(await state.running()).toEqual(new Map([['a', { since: 1_000, work: undefined, ...NOTHING }]]));
    const work = { unit: 'window', done: 0, owed: 24, since: 1_010 } as const;
    await state.noteRun(run, { counts: { ...NOTHING, rows: 5 }, work });
    expect((await state.running()).get('a')).toEqual({ since: 1_000, work, ...NOTHING, rows: 5 });
    const later = { counts: { ...NOTHING, rows: 9, records: 9 }, work: { ...work, done: 1 } };
    await state.acknowledged('a', run, stepOf(later));
    expect((await state.standings()).get('a')?.running).toMatchObject({ rows: 9, work: { done: 1 } });
    await lease.release();
    expect(await state.running()).toEqual(new Map());
    await leaseOf(state);
    await state.endRun(run, resultOf());
    expect(await state.running()).toEqual(new Map());
    expect((await state.standings()).get('a')?.running).toBeUndefined();
  });

  test('does not end another’s run when one begins that has no lease', async () => {
    const state = await opened(place);
    await state.beginRun('a', 1_000);
    await state.beginRun('a', 2_000);
    expect(await state.runs({ limit: 9 })).toEqual([]);
  });
});

test('progress and runs are there after the file is opened again', async () => {
  const file = newFile();
  const state = await opened(file);
  await leaseOf(state);
  const run = await state.beginRun('a', 1_000);
  await state.acknowledged('a', run, stepOf({ progress: { collectedTo: 20, cursor: CURSOR } }));
  await state.endRun(run, resultOf());
  await state.close();

  const again = await opened(file);
  expect(await again.progressOf('a')).toEqual({ collectedTo: 20, cursor: CURSOR });
  expect(await again.runs({ limit: 10 })).toEqual([resultOf()]);
});
