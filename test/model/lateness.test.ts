import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addPeriods,
  PERIODS,
  type Period,
  periodsBetween,
  startOfPeriod,
} from '../../src/calendar/period.ts';
import { addLooks, ageOf, atTheEnd, type Lateness } from '../../src/model/lateness.ts';
import type { ComparedPeriod } from '../../src/model/sent-records.ts';

const JUNE = Date.parse('2014-06-01');
const day = (number: number): number => addPeriods('day', JUNE, number);
const quiet = { wasKnown: true, records: 100, appeared: 0, changed: 0, vanished: 0 };

/** Looks at days, on the day with a number; those before it. @param found of days, by how old they are */
const looksOn = (today: number, found: readonly Partial<ComparedPeriod>[], length: Period = 'day') => ({
  length,
  current: day(today),
  lookback: found.length,
  periods: found.map((each, age) => ({ ...quiet, ...each, period: day(today - 1 - age) })),
});

const lookedAt = (...looks: readonly ReturnType<typeof looksOn>[]): Lateness =>
  looks.reduce<Lateness | undefined>(addLooks, undefined) as Lateness;

const FIRST = { wasKnown: false };

test('a record that appears a day after its period was collected is one day late', () => {
  const { ages, first } = lookedAt(looksOn(1, [FIRST]), looksOn(2, [FIRST, { records: 103, appeared: 3 }]));
  expect(first).toEqual({ periods: 2, records: 200 });
  expect(ages).toEqual([
    { periods: 0, records: 0, appeared: 0, changed: 0, vanished: 0, squares: 0 },
    { periods: 1, records: 103, appeared: 3, changed: 0, vanished: 0, squares: 9 },
  ]);
});

test('what changes and what vanishes is late, too, and a record that has vanished was one of the period', () => {
  const { ages } = lookedAt(
    looksOn(1, [FIRST]),
    looksOn(2, [FIRST, { records: 98, changed: 1, vanished: 2 }]),
  );
  expect(ages[1]).toEqual({ periods: 1, records: 100, appeared: 0, changed: 1, vanished: 2, squares: 9 });
});

test('a period that was first looked at later counts from then on', () => {
  const { ages, first } = lookedAt(looksOn(9, [FIRST, FIRST, FIRST]), looksOn(10, [FIRST, {}, {}, {}]));
  expect(first.periods).toBe(2);
  expect(ages.map(({ periods }) => periods)).toEqual([0, 1, 1, 1]);
});

test('looks on the same day are one look at that age, and what the second finds has no age', () => {
  const once = [looksOn(1, [FIRST]), looksOn(2, [FIRST, {}])] as const;
  const { ages } = lookedAt(...once, looksOn(2, [{ appeared: 5 }, { appeared: 1 }]));
  expect(ages.map(({ periods, appeared }) => [periods, appeared])).toEqual([
    [0, 5],
    [1, 1],
  ]);
});

test('what is found after a pause counts at the age of the look that found it, for each age between', () => {
  const { ages } = lookedAt(looksOn(1, [FIRST]), looksOn(4, [FIRST, FIRST, FIRST, { appeared: 2 }]));
  expect(ages.map(({ periods, appeared }) => [periods, appeared])).toEqual([
    [0, 0],
    [1, 0],
    [1, 0],
    [1, 2],
  ]);
});

test('what was looked at while the clock was ahead counts when it is looked at at its time', () => {
  const { ages, first } = lookedAt(
    looksOn(9, [{ wasKnown: false, records: 0 }]),
    looksOn(8, [FIRST]),
    looksOn(9, [{ appeared: 100 }]),
    looksOn(10, [FIRST, { appeared: 2 }]),
  );
  expect(first).toEqual({ periods: 4, records: 300 });
  expect(ages.map(({ periods, appeared }) => [periods, appeared])).toEqual([
    [0, 0],
    [1, 2],
  ]);
});

test('what is no longer remembered begins anew, and so does what has periods of another length', () => {
  const before = lookedAt(looksOn(1, [FIRST]), looksOn(2, [FIRST, { appeared: 1 }]));
  const forgotten = addLooks(before, looksOn(3, [FIRST, FIRST, FIRST]));
  expect(forgotten.ages).toEqual(before.ages);
  const hours = { length: 'hour', current: JUNE, lookback: 1, periods: [] } as const;
  expect(addLooks(before, hours)).toMatchObject({ length: 'hour', ages: [], first: { periods: 0 } });
});

test('a period that goes on is not looked at yet', () => {
  const { first, looked } = lookedAt(
    { ...looksOn(1, []), periods: [{ ...quiet, period: day(1) }] },
    looksOn(2, [{ appeared: 9 }]),
  );
  expect(first).toEqual({ periods: 1, records: 100 });
  expect(looked).toEqual({ [day(1)]: 0 });
});

test('no more is kept of single periods than will be looked at again', () => {
  const looks = Array.from({ length: 50 }, (_, today) => looksOn(today, [FIRST, {}, {}]));
  expect(Object.values(lookedAt(...looks).looked)).toEqual([2, 1, 0]);
});

test('counts of long ago weigh less and less', () => {
  const looks = Array.from({ length: 1_001 }, (_, today) => looksOn(today, [FIRST, { appeared: 2 }]));
  const { first, ages } = lookedAt(...looks);
  expect(first.periods).toBe(500.5);
  expect(ages[1]).toMatchObject({ periods: 500, appeared: 1_000, records: 50_000 });
});

test('news of the last period that is looked back to is found, of others not, nor what is looked at first', () => {
  const looks = looksOn(9, [{ appeared: 1 }, { appeared: 1 }, { changed: 1 }]);
  expect(atTheEnd(looks)).toEqual([looks.periods[2]]);
  expect(atTheEnd(looksOn(9, [{}, {}, { wasKnown: false, appeared: 1 }]))).toEqual([]);
  expect(atTheEnd(looksOn(9, [{ appeared: 1 }, { appeared: 1 }, {}]))).toEqual([]);
});

test.each(PERIODS)('a %s that is so many before the one that goes on is so old', (length) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -400, max: 400 }), (time, count) => {
      const current = startOfPeriod(length, time);
      const period = addPeriods(length, current, -count);
      expect(periodsBetween(length, period, current)).toBe(count);
      expect(ageOf({ length, current }, period)).toBe(count - 1);
    }),
  );
});
