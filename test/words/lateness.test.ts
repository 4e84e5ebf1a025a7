import { expect, test } from 'vitest';
import { judgeLateness } from '../../src/model/judge-lateness.ts';
import type { AgeTally, Lateness } from '../../src/model/lateness.ts';
import { latenessSaid, percentText } from '../../src/words/lateness.ts';

/** Of days with records. @param late new records by age */
function latenessOf(days: number, late: readonly number[], perDay = 100): Lateness {
  const ages = late.map((appeared, age): AgeTally => {
    const looked = age === 0 ? { periods: 0, records: 0 } : { periods: days, records: days * perDay };
    return { ...looked, appeared, changed: 0, vanished: 0, squares: appeared };
  });
  return { length: 'day', ages, first: { periods: days, records: days * perDay }, looked: {} };
}

const said = (lateness: Lateness | undefined, lookback: number) =>
  latenessSaid(judgeLateness(lateness, { period: 'day', lookback }));
const nothing = (ages: number): number[] => Array(ages).fill(0);

test('what came, and what lookback could be', () => {
  expect(said(latenessOf(100, [0, 60, 0, 0, 20, ...nothing(26)]), 31)).toEqual({
    measured:
      'of 10,000 records 99.2% were there, as they are now, when their day was first collected; all of them 4 days later',
    advice: 'lookback 31 could be 7',
  });
});

test.each([
  [latenessOf(100, [0, 0, 0, 0]), 4, 'lookback 4 could be 1'],
  [
    latenessOf(100, [0, 60, 0, 1, 0, 0, 0, 0, 0, 0]),
    10,
    'lookback 10 could be 3, which would have missed 1 of them',
  ],
  [latenessOf(100, [0, 60, 0]), 3, 'lookback 3 is right'],
  [
    latenessOf(100, [0, 60, 30]),
    3,
    '30 records came in the last day of lookback 3: raise it, to 7 for a start',
  ],
  [
    latenessOf(100, [0, ...Array(10).fill(30)]),
    11,
    '90 records came in the last 3 days of lookback 11: raise it, to 17 for a start',
  ],
  [
    latenessOf(61, [0, 1, 0]),
    3,
    'this is too little to say which lookback is enough: it takes about 1 more day',
  ],
  [
    latenessOf(100, [0, 60, 3]),
    3,
    'whether lookback 3 is enough cannot be told, as so much comes at its end: keep it, or raise it to see more',
  ],
  [
    latenessOf(100, [0, 0]),
    2,
    'lookback 2 is too little to see how late they come: raise it to 4 for some time',
  ],
])('advice %#', (lateness, lookback, advice) => {
  expect(said(lateness, lookback).advice).toBe(advice);
});

test('where all was there at once, that is said; so is what came on the same day', () => {
  const first = 'when their day was first collected';
  expect(said(latenessOf(100, [0, 0]), 2).measured).toBe(
    `of 10,000 records all were there, as they are now, ${first}`,
  );
  expect(said(latenessOf(100, [100, 0]), 2).measured).toBe(
    `of 10,000 records 99% were there, as they are now, ${first}; all of them before one more day had passed`,
  );
});

test('where nothing is known, that is said, and why', () => {
  const nothing = 'nothing is known yet: no day was collected again when it was older';
  expect(said(undefined, 0)).toEqual({
    measured: 'with lookback 0 no day is collected again, so nothing is known',
    advice: undefined,
  });
  expect(said(undefined, 3)).toEqual({ measured: nothing, advice: undefined });
  expect(said({ ...latenessOf(100, [0, 0]), length: 'week' }, 3)).toEqual({
    measured: nothing,
    advice: undefined,
  });
});

test.each([
  [
    'allow-outside',
    'with window.allow_outside a record may be of any day, so what was sent is not remembered',
  ],
  ['id', 'record.id does not say of which day a record is, so what was sent is not remembered'],
] as const)('where nothing will be known, that is said, and why: %s', (reason, why) => {
  const judged = judgeLateness(undefined, { period: 'day', lookback: 3 });
  expect(latenessSaid(judged, reason)).toEqual({
    measured: `nothing will be known: ${why}`,
    advice: undefined,
  });
});

test('a share is never told greater than it is', () => {
  expect([1, 0.99999, 0.9992, 0.29, 0].map(percentText)).toEqual(['100%', '99.9%', '99.9%', '29%', '0%']);
});
