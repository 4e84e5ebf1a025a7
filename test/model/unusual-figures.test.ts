import { describe, expect, test } from 'vitest';
import { addPeriods, type Period } from '../../src/calendar/period.ts';
import { comparableTo, newlyUnusual, unusualPeriods } from '../../src/model/unusual-figures.ts';

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
  expect(found).toMatchObject(isUnusual ? [{ period: LAST, amount, usual: 100 }] : []);
});

test('days are compared with those of the same weekday', () => {
  const weeks = Array.from({ length: 4 }, () => [700, 10, 10, 10, 10, 10, 10]).flat();
  expect(unusualOf('day', [...weeks, 700])).toEqual([]);
  const compared = ['2014-06-23', '2014-06-16', '2014-06-09', '2014-06-02'].map((day) => Date.parse(day));
  expect(unusualOf('day', [...weeks, 10])).toEqual([{ period: LAST, amount: 10, usual: 700, compared }]);
});

test('hours are compared with those of the same hour', () => {
  const days = Array.from({ length: 3 }, () => [90, ...Array(23).fill(1)]).flat();
  expect(unusualOf('hour', [...days, 90])).toEqual([]);
  expect(unusualOf('hour', [...days, 1])).toMatchObject([{ period: LAST, amount: 1, usual: 90 }]);
});

test('one odd period before makes no other unusual: the median tells what is usual', () => {
  expect(unusualOf('week', [100, 100, 9_000, 100, 100])).toEqual([]);
  expect(unusualOf('week', [100, 100, 120, 140, 500])).toMatchObject([
    { period: LAST, amount: 500, usual: 110 },
  ]);
});

test('with fewer than three periods before nothing is said, nor with periods that are not known', () => {
  expect(unusualOf('week', [100, 100, 0])).toEqual([]);
  expect(unusualOf('week', [100, undefined, undefined, 100, 0])).toEqual([]);
});

test('where nothing is usual anything is unusual, and nothing is not', () => {
  expect(unusualOf('week', [0, 0, 0, 0])).toEqual([]);
  expect(unusualOf('week', [0, 0, 0, 1])).toMatchObject([{ period: LAST, amount: 1, usual: 0 }]);
});

test('without a measure the records are compared', () => {
  const figures = figuresOf('week', [5, 50, 500, 5_000]);
  expect(unusualPeriods(figures, { at_most: 50 }, () => true)).toEqual([]);
});

test('says how many periods are known that one can be compared with', () => {
  const week = figuresOf('week', [5, undefined, 7, 9]);
  expect(comparableTo(week, 'week', LAST)).toEqual({ known: 2, needed: 3 });
  expect(comparableTo(week, 'day', LAST)).toEqual({ known: 0, needed: 3 });
  expect(comparableTo(undefined, 'week', LAST)).toEqual({ known: 0, needed: 3 });
});

/** What is told of the last period when it arrives again, after three others with 100. */
const toldAgain = (before: number | undefined, again: number) =>
  newlyUnusual(figuresOf('week', [100, 100, 100, before]), figuresOf('week', [again]).periods, {
    measure: 'count',
    at_most: 50,
  }).map(({ amount, usual }) => ({ amount, usual }));

describe('a period that arrives again is told of', () => {
  test.each([
    ['that was as usual and is gone', 100, 0],
    ['that was nearly as usual and is less', 55, 30],
    ['that was low and is much lower', 40, 10],
    ['that was nothing and is twice as much as usual', 0, 200],
  ])('%s', (_words, before, again) => {
    expect(toldAgain(before, again)).toEqual([{ amount: again, usual: 100 }]);
  });

  test.each([
    ['is the same', 40, 40],
    ['has changed a little', 40, 39],
    ['comes nearer to what is usual', 0, 5],
    ['is as usual now', 0, 100],
    ['was as usual and is a little less', 100, 60],
  ])('not when it %s', (_words, before, again) => {
    expect(toldAgain(before, again)).toEqual([]);
  });

  test('as it is when it arrives for the first time', () => {
    expect(toldAgain(undefined, 10)).toEqual([{ amount: 10, usual: 100 }]);
  });

  test('not because those before it have changed', () => {
    const known = figuresOf('week', [100, 100, 100, 60]);
    const arriving = figuresOf('week', [200, 200, 200, 60]).periods;
    const told = newlyUnusual(known, arriving, { measure: 'count', at_most: 50 });
    expect(told.filter(({ period }) => period === LAST)).toEqual([]);
  });
});
