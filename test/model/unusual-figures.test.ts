import { expect, test } from 'vitest';
import { addPeriods, type Period } from '../../src/calendar/period.ts';
import { unusualPeriods } from '../../src/model/unusual-figures.ts';

const LAST = Date.parse('2014-06-30');

/** Figures of as many periods, the last of them at a Monday. */
const figuresOf = (length: Period, counts: readonly (number | undefined)[]) => ({
  length,
  periods: counts.flatMap((count, index) => {
    const period = addPeriods(length, LAST, index - counts.length + 1);
    return count === undefined ? [] : [{ period, records: 1, sums: { count: String(count) } }];
  }),
});

const unusualOf = (length: Period, counts: readonly (number | undefined)[], at_most = 50) =>
  unusualPeriods(figuresOf(length, counts), { measure: 'count', at_most }, (period) => period === LAST);

test.each([
  ['half as much', 50, false],
  ['a little less than half', 49, true],
  ['half as much again', 150, false],
  ['more than that', 151, true],
  ['nothing', 0, true],
])('%s as usual is unusual or not', (_words, amount, isUnusual) => {
  const found = unusualOf('week', [100, 100, 100, amount]);
  expect(found).toEqual(isUnusual ? [{ period: LAST, amount, usual: 100 }] : []);
});

test('days are compared with those of the same weekday', () => {
  const weeks = Array.from({ length: 4 }, () => [700, 10, 10, 10, 10, 10, 10]).flat();
  expect(unusualOf('day', [...weeks, 700])).toEqual([]);
  expect(unusualOf('day', [...weeks, 10])).toEqual([{ period: LAST, amount: 10, usual: 700 }]);
});

test('hours are compared with those of the same hour', () => {
  const days = Array.from({ length: 3 }, () => [90, ...Array(23).fill(1)]).flat();
  expect(unusualOf('hour', [...days, 90])).toEqual([]);
  expect(unusualOf('hour', [...days, 1])).toEqual([{ period: LAST, amount: 1, usual: 90 }]);
});

test('one odd period before makes no other unusual: the median tells what is usual', () => {
  expect(unusualOf('week', [100, 100, 9_000, 100, 100])).toEqual([]);
  expect(unusualOf('week', [100, 100, 120, 140, 500])).toEqual([{ period: LAST, amount: 500, usual: 110 }]);
});

test('with fewer than three periods before nothing is said, nor with periods that are not known', () => {
  expect(unusualOf('week', [100, 100, 0])).toEqual([]);
  expect(unusualOf('week', [100, undefined, undefined, 100, 0])).toEqual([]);
});

test('where nothing is usual anything is unusual, and nothing is not', () => {
  expect(unusualOf('week', [0, 0, 0, 0])).toEqual([]);
  expect(unusualOf('week', [0, 0, 0, 1])).toEqual([{ period: LAST, amount: 1, usual: 0 }]);
});

test('without a measure the records are compared', () => {
  const figures = figuresOf('week', [5, 50, 500, 5_000]);
  expect(unusualPeriods(figures, { at_most: 50 }, () => true)).toEqual([]);
});
