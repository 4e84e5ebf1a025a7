import { expect, test } from 'vitest';
import type { Lateness } from '../../src/model/lateness.ts';
import { adviseLookback, type LookbackAdvice } from '../../src/model/lookback-advice.ts';
import { seeded } from '../config/edits.ts';
import { measured, type Service, servicesOf } from './services-with-late-records.ts';

/** Of days with 100 records. @param late records by age, from 1 on, each of another day */
function latenessOf(days: number, late: readonly number[]): Lateness {
  const ages = [0, ...late].map((appeared, age) => {
    const counts = { appeared, changed: 0, vanished: 0, squares: appeared };
    return age === 0
      ? { periods: 0, records: 0, ...counts }
      : { periods: days, records: 100 * days, ...counts };
  });
  return { length: 'day', ages, first: { periods: days, records: 100 * days }, looked: {} };
}

test('where nothing came after four days, seven are enough of 31', () => {
  const late = [60, 20, 15, 10, ...Array(26).fill(0)];
  expect(adviseLookback(latenessOf(100, late), 31)).toEqual({ kind: 'enough', enough: 7, missed: 0 });
});

test('where everything was there at once, one look is enough', () => {
  expect(adviseLookback(latenessOf(100, [0, 0]), 3)).toEqual({ kind: 'enough', enough: 1, missed: 0 });
});

test('what is rarer than 1 in 1,000 may be missed, and is told', () => {
  const late = [60, 1, 0, 0, 1, ...Array(25).fill(0)];
  expect(adviseLookback(latenessOf(100, late), 31)).toEqual({ kind: 'enough', enough: 3, missed: 1 });
});

test('a lookback is too short when more than 1 in 1,000 comes at its end', () => {
  const advice = { kind: 'too-short', raiseTo: 7, lastAges: 1, late: 30 };
  expect(adviseLookback(latenessOf(100, [60, 30]), 3)).toEqual(advice);
});

test('what came at once is one event, of which nobody knows how often it happens', () => {
  const { ages, ...lateness } = latenessOf(100, [60, 30]);
  const atOnce = ages.map((tally) => ({ ...tally, squares: tally.appeared ** 2 }));
  expect(adviseLookback({ ...lateness, ages: atOnce }, 3)).toEqual({ kind: 'uncertain' });
});

test('nothing is said of a few days, however many records they have', () => {
  expect(adviseLookback(latenessOf(20, [0, 0]), 3)).toEqual({ kind: 'too-early', morePeriods: 42 });
});

test('nor of a few records, and not of ages at which nobody looked yet', () => {
  expect(adviseLookback(latenessOf(62, [0, 0]), 4)).toEqual({ kind: 'too-early', morePeriods: 62 });
  const few = latenessOf(100, [0, 0]);
  const ages = few.ages.map((tally) => ({ ...tally, records: tally.periods * 20 }));
  expect(adviseLookback({ ...few, ages }, 3)).toEqual({ kind: 'too-early', morePeriods: 50 });
});

test.each([0, 1, 2])('lookback %i shows no end of what comes late', (lookback) => {
  expect(adviseLookback(latenessOf(100, [0]), lookback)).toEqual({ kind: 'too-near', raiseTo: 4 });
});

test('that a lookback is too short shows after some days', () => {
  const advice = { kind: 'too-short', raiseTo: 6, lastAges: 1, late: 20 };
  expect(adviseLookback(latenessOf(7, [20]), 2)).toEqual(advice);
});

/** What the advice promises for a service. */
const promisedOf = ({ recordsPerDay }: Service): number => Math.max(1 / 1_000, 1 / (91 * recordsPerDay));

/** Not more than twice what is needed, and a week. */
function isTooMuch(service: Service, lookback: number): boolean {
  const promised = promisedOf(service);
  let needed = 1;
  while (service.laterThan(needed) > promised) needed += 1;
  return lookback > 2 * needed + 7;
}

/** Whether what is said of a service is so, or the days that were looked at cannot tell more. */
function isRight(service: Service, advice: LookbackAdvice): boolean {
  const { lookback, days, recordsPerDay, laterThan } = service;
  const promised = promisedOf(service);
  const expectedLate = days * recordsPerDay * promised;
  switch (advice.kind) {
    case 'too-near':
      return lookback < 3;
    case 'too-early':
      return days <= 62 || expectedLate < 3.3;
    case 'too-short':
      return laterThan(lookback) > promised || !isTooMuch(service, advice.raiseTo);
    case 'enough':
      return laterThan(advice.enough) <= promised && !isTooMuch(service, advice.enough);
    case 'uncertain': {
      // What comes at the last ages is near to what is promised, or no more than a few times in all the days.
      const atEnd = laterThan(lookback - Math.ceil((lookback - 1) / 4)) - laterThan(lookback);
      const isNear = atEnd > promised / 15 && atEnd < 4 * promised;
      return (
        isNear ||
        expectedLate < 15 ||
        ['whole days late', 'corrections at the end of the month'].includes(service.words)
      );
    }
  }
}

test.each([1, 2, 3])('the advice is right for 95 of 100 services whose delays are known (%i)', (seed) => {
  const random = seeded(seed + 100);
  const judged = servicesOf(200, seed).map((service) => {
    const advice = adviseLookback(measured(service, random), service.lookback);
    const { words, recordsPerDay, days, lookback } = service;
    const told = `${words}, ${recordsPerDay} a day, ${days} days, lookback ${lookback}: ${JSON.stringify(advice)}`;
    return { told, advice, isRight: isRight(service, advice) };
  });
  const decided = judged.filter(({ advice }) => ['enough', 'too-short'].includes(advice.kind));
  const wrong = judged.filter((each) => !each.isRight).map(({ told }) => told);
  expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(10);
  expect(decided.length).toBeGreaterThanOrEqual(90);
  expect(decided.filter((each) => each.isRight).length).toBeGreaterThanOrEqual(0.95 * decided.length);
});
