import { describe, expect, test } from 'vitest';
import type { MarkedBatch } from '../../src/collect/marked-batch.ts';
import { RunSoFar } from '../../src/collect/run-so-far.ts';
import { Batch } from '../../src/model/batch.ts';
import { NO_COUNTS } from '../../src/model/run.ts';
import type { Acknowledgement } from '../../src/model/target.ts';
import { letterOf } from '../state/examples.ts';

const READING = { run: 7, row: 5 };
const WINDOW = { from: 10, to: 20 };

const runOf = (maxDeadLetters = 100, now = () => 1_000): RunSoFar =>
  new RunSoFar({
    ...{ job: 'visits', number: 7, startedAt: 1_000, maxDeadLetters, now },
    observer: () => undefined,
  });

const jsonOf = (id: string, count = 1) => `{"_id":"${id}","count":${count}}`;

const batchOf = (ids: readonly string[], healed: MarkedBatch['healed'] = []): MarkedBatch => ({
  batch: Batch.of(ids.map((id) => jsonOf(id))),
  cursor: undefined,
  reading: READING,
  healed,
});

const answerOf = (...refused: readonly string[]): Acknowledgement => ({
  requests: 1,
  bytesSent: 50,
  refused: refused.map((id) => ({
    ...{ id, json: jsonOf(id, 0), cause: 'refused', reason: `${id} is wrong`, remedy: 'Correct it.' },
  })),
});

const healedAt = (key: string, row: number, run = 7) => ({ id: key, key, reading: { run, row } });
const letterAt = (key: string, row: number, run = 7) => letterOf(key, { reading: { run, row } });

describe('how far a run is', () => {
  test('is counted in what it owes, once that is known', () => {
    const run = runOf();
    run.rowRead();
    run.acknowledged(batchOf(['a', 'b']), answerOf(), WINDOW);
    expect(run.work).toBeUndefined();
    run.owes('record', 9);
    expect(run.work).toEqual({ unit: 'record', done: 2, owed: 9, since: 1_000 });
    run.owes('row', 9);
    expect(run.work).toMatchObject({ unit: 'row', done: 1 });
    run.owes('window', 4);
    run.windowCollected(WINDOW);
    expect(run.step({}).work).toMatchObject({ unit: 'window', done: 1, owed: 4 });
  });

  test('is noted every two seconds, also by a clock that was set back', () => {
    let now = 1_000;
    const run = runOf(100, () => now);
    const noted = [2_999, 3_000, 4_000, 500, 501].map((time) => {
      now = time;
      return run.newlySoFar() !== undefined;
    });
    expect(noted).toEqual([false, true, false, true, false]);
  });
});

describe('what a run has done', () => {
  test('is counted over all its batches, without what was refused', () => {
    const run = runOf();
    for (let row = 0; row < 5; row++) run.rowRead();
    run.acknowledged(batchOf(['a', 'b', 'c']), answerOf('b'), WINDOW);
    run.acknowledged(batchOf(['d', 'e']), answerOf(), WINDOW);
    expect(run.counts).toEqual({
      ...NO_COUNTS,
      rows: 5,
      records: 4,
      deadLetters: 1,
      requests: 2,
      bytesSent: 100,
    });
  });

  test('goes into one step, and into no other', () => {
    const run = runOf();
    run.rules = 'the rules';
    run.acknowledged(batchOf(['a', 'b'], [healedAt('a', 5)]), answerOf('b'), WINDOW);
    const content = { kind: 'record', json: jsonOf('b'), rules: 'the rules' };
    expect(run.step({})).toMatchObject({
      counts: { records: 1, deadLetters: 1 },
      deadLetters: [{ key: 'b', reading: READING, reason: 'b is wrong', content, window: WINDOW }],
      delivered: [{ key: 'a', reading: READING }],
    });
    expect(run.step({})).toMatchObject({ counts: { records: 1 }, deadLetters: [], delivered: [] });
  });

  test('counts for a run that failed as far as newer versions of dead letters have arrived', () => {
    const run = runOf();
    run.bury(letterAt('x', 1));
    expect(run.settledStep()).toBeUndefined();
    run.delivered(batchOf(['a'], [healedAt('a', 5)]), answerOf());
    expect(run.settledStep()).toMatchObject({ deadLetters: [], delivered: [{ key: 'a' }] });
    expect(run.settledStep()).toBeUndefined();
  });

  test('spans its windows from the first to the last', () => {
    const run = runOf();
    const windowOf = () => run.ended({ outcome: 'succeeded', failure: undefined }, 2_000).window;
    expect(windowOf()).toBeUndefined();
    run.windowCollected({ from: 0, to: 10 });
    run.windowCollected({ from: 10, to: 20 });
    expect(windowOf()).toEqual({ from: 0, to: 20 });
  });
});

describe('a dead letter', () => {
  test('of the run whose newer version is delivered has not become one', () => {
    const run = runOf();
    run.bury(letterAt('a', 1));
    run.bury(letterAt('b', 2));
    run.delivered(batchOf(['a'], [healedAt('a', 3)]), answerOf());
    expect(run.counts.deadLetters).toBe(1);
    run.delivered(batchOf(['a'], [healedAt('a', 4)]), answerOf());
    expect(run.counts.deadLetters).toBe(1);
  });

  test.each([
    ['an older row', healedAt('a', 4)],
    ['an older run', healedAt('a', 9, 6)],
  ])('stays one where only %s is delivered', (_what, healed) => {
    const run = runOf();
    run.bury(letterAt('a', 5));
    run.delivered(batchOf(['a'], [healed]), answerOf());
    expect(run.counts.deadLetters).toBe(1);
  });

  test.each([
    ['that very row', healedAt('a', 5)],
    ['a row of a later run', healedAt('a', 1, 8)],
  ])('is none any more where %s is delivered', (_what, healed) => {
    const run = runOf();
    run.bury(letterAt('a', 5));
    run.delivered(batchOf(['a'], [healed]), answerOf());
    expect(run.counts.deadLetters).toBe(0);
  });

  test('stays one whose newer version is refused', () => {
    const run = runOf();
    run.delivered(batchOf(['a'], [healedAt('a', 5)]), answerOf('a'));
    expect(run.step({}).delivered).toEqual([]);
  });

  test('met twice in a run is one', () => {
    const run = runOf();
    for (const row of [1, 2]) run.bury(letterAt('a', row));
    expect(run.counts.deadLetters).toBe(1);
    expect(run.room).toBe(98);
    expect(run.letters.healedBy('a', READING)).toEqual([{ id: 'a', key: 'a', reading: READING }]);
  });

  test('of before counts for the run, and is remembered where its reason is another one', () => {
    const run = runOf();
    run.kept(letterAt('a', 1), false);
    run.kept(letterAt('b', 1), true);
    expect(run.counts.deadLetters).toBe(2);
    expect(run.step({}).deadLetters.map(({ key }) => key)).toEqual(['b']);
  });
});

describe('the job is wrong', () => {
  test('with more dead letters than it may have, and not with as many', () => {
    const run = runOf(2);
    for (const key of ['a', 'b']) run.bury(letterAt(key, 1));
    expect(run.room).toBe(0);
    expect(() => run.bury(letterAt('c', 1))).toThrow(
      'more than 2 rows of the run cannot be delivered, the first because',
    );
    expect(run.room).toBe(0);
  });

  test('where nothing else came of its rows', () => {
    const run = runOf();
    run.refuseNothingButDeadLetters();
    for (const key of ['a', 'b']) {
      run.rowRead();
      run.bury(letterAt(key, 1));
    }
    expect(() => run.refuseNothingButDeadLetters()).toThrow('none of the 2 rows of the run can be delivered');
    run.rowRead();
    run.refuseNothingButDeadLetters();
  });
});

test('a run ends as what became of its rows, and is not ready before all else', () => {
  const run = runOf();
  expect(run.outcome).toBe('empty');
  run.delivered(batchOf(['pending']), answerOf());
  expect(run.outcome).toBe('succeeded');
  run.bury(letterAt('a', 1));
  expect(run.outcome).toBe('partial');
  run.isReady = false;
  expect(run.outcome).toBe('not_ready');
  const read = runOf();
  read.rowRead();
  expect(read.outcome).toBe('succeeded');
});
