import { expect, test } from 'vitest';
import { NO_COUNTS, type RunningRun, type WorkDone } from '../../src/model/run.ts';
import { roughText } from '../../src/words/durations.ts';
import { runningText, timeLeft } from '../../src/words/running.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test.each([
  [0, 'about 1 s'],
  [9_400, 'about 9 s'],
  [31_000, 'about 30 s'],
  [57_000, 'about 55 s'],
  [59_000, 'about 1 min'],
  [125 * SECOND, 'about 2 min'],
  [92 * MINUTE, 'about 1 h 30 min'],
  [116 * MINUTE, 'about 2 h'],
  [1_500 * HOUR, 'about 1,500 h'],
])('a guess of %i ms is %s', (duration, text) => {
  expect(roughText(duration)).toBe(text);
});

const runOf = (work?: WorkDone, rows = 0): RunningRun => ({
  since: 0,
  ...NO_COUNTS,
  rows,
  work,
});
const workOf = (over: Partial<WorkDone>): WorkDone => ({
  unit: 'window',
  done: 7,
  owed: 24,
  since: 0,
  ...over,
});

test.each([
  [workOf({}), '7 of 24 windows, about 25 s left'],
  [workOf({ since: 8 * SECOND }), '7 of 24 windows, about 5 s left'],
  [workOf({ done: 1 }), '1 of 24 windows'],
  [workOf({ done: 0, owed: 1 }), '0 of 1 window'],
  [workOf({ since: 9 * SECOND }), '7 of 24 windows'],
  [workOf({ done: 24 }), '24 of 24 windows'],
  [workOf({ unit: 'record', done: 4_000, owed: 10_000 }), '4,000 of 10,000 records sent, about 15 s left'],
  [workOf({ unit: 'row', done: 12_345, owed: 50_000 }), '12,345 of about 50,000 rows, about 30 s left'],
  [workOf({ unit: 'row', done: 60_000, owed: 50_000 }), '60,000 of about 60,000 rows'],
])('what is done of %o, ten seconds after the run began', (work, text) => {
  expect(runningText(runOf(work, work.done), 10 * SECOND)).toBe(text);
});

test('of a run whose end nobody knows its rows and their rate are told, the rate once it means something', () => {
  expect(runningText(runOf(), 10 * SECOND)).toBeUndefined();
  expect(runningText(runOf(undefined, 12_000), SECOND)).toBe('12,000 rows');
  expect(runningText(runOf(undefined, 12_000), 10 * SECOND)).toBe('12,000 rows, 1,200 rows/s');
});

test('a clock that was set back makes no time that is left', () => {
  expect(timeLeft(workOf({}), -HOUR)).toBeUndefined();
});
