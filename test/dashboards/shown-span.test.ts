import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addPeriods, PERIODS, startOfPeriod } from '../../src/calendar/period.ts';
import { neededSpans, periodsIn, shownSpan, yearBefore } from '../../src/dashboards/shown-span.ts';
import { at, moduleOf } from './figures-of.ts';

const LONDON = 'Europe/London';
const hourly = () => moduleOf('type: kpi, title: Visits, period: hour');
const daily = () => moduleOf('type: kpi, title: Visits, period: day, start_at: 2024-01-10, duration: 5');
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });

describe('the periods that are shown', () => {
  test('are those that are over: hours in UTC, days in the zone', () => {
    const now = at('2024-06-30T23:10:00Z');
    expect(shownSpan(hourly(), now, LONDON)).toEqual(span('2024-06-29T23:00:00Z', '2024-06-30T23:00:00Z'));
    expect(shownSpan(daily(), now, LONDON)).toEqual(span('2024-06-26', '2024-07-01'));
    expect(shownSpan(daily(), now, 'America/New_York')).toEqual(span('2024-06-25', '2024-06-30'));
  });

  test('are the hours that dates have in the zone', () => {
    const now = at('2024-12-30T12:00:00Z');
    const asked = { from: at('2024-10-27'), to: at('2024-10-27') };
    // The clocks were put back in London, and not yet in New York.
    expect(shownSpan(hourly(), now, LONDON, asked)).toEqual(
      span('2024-10-26T23:00:00Z', '2024-10-28T00:00:00Z'),
    );
    expect(shownSpan(hourly(), now, 'America/New_York', asked)).toEqual(
      span('2024-10-27T04:00:00Z', '2024-10-28T04:00:00Z'),
    );
    const since = moduleOf('type: kpi, title: Visits, period: hour, start_at: 2024-06-01');
    const early = { from: at('2024-05-01'), to: at('2024-06-01') };
    expect(shownSpan(since, now, LONDON, early)).toEqual(
      span('2024-05-31T23:00:00Z', '2024-06-01T23:00:00Z'),
    );
  });

  test('are those that are asked for, never before start_at and never those that are not over', () => {
    const now = at('2024-06-30T12:00:00Z');
    const asked = { from: at('2024-02-01'), to: at('2024-02-03') };
    expect(shownSpan(daily(), now, LONDON, asked)).toEqual(span('2024-02-01', '2024-02-04'));
    const wide = { from: at('2020-01-01'), to: at('2030-01-01') };
    expect(shownSpan(daily(), now, LONDON, wide)).toEqual(span('2024-01-10', '2024-06-30'));
    const early = { from: at('2020-01-01'), to: at('2020-02-01') };
    expect(periodsIn('day', shownSpan(daily(), now, LONDON, early))).toEqual([]);
  });
});

describe('a year before', () => {
  test.each([
    ['day', '2024-02-28', '2023-02-28'],
    ['day', '2024-02-29', undefined],
    ['day', '2025-02-28', '2024-02-28'],
    ['hour', '2024-02-29T10:00:00Z', undefined],
    ['hour', '2024-03-31T10:00:00Z', '2023-03-31T10:00:00Z'],
    ['week', '2024-12-30', '2024-01-01'],
    ['week', '2021-01-04', '2020-01-06'],
    ['month', '2024-02-01', '2023-02-01'],
    ['quarter', '2024-04-01', '2023-04-01'],
    ['year', '2024-01-01', '2023-01-01'],
  ] as const)('the %s of %s is that of %s', (period, start, expected) => {
    expect(yearBefore(period, at(start))).toBe(expected && at(expected));
  });
});

test('the periods that are needed are those that are shown, the one before each and that a year before it, once', () => {
  const shown = fc.record({
    period: fc.constantFrom(...PERIODS),
    instant: fc.integer({ min: at('1999-12-25'), max: at('2032-03-05') }),
    count: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(shown, ({ period, instant, count }) => {
      const to = startOfPeriod(period, instant);
      const from = addPeriods(period, to, -count);
      const starts = neededSpans(period, { from, to }).flatMap((each) => periodsIn(period, each));
      expect(new Set(starts).size).toBe(starts.length);
      const known = new Set(starts);
      for (const start of periodsIn(period, { from, to })) {
        const earlier = yearBefore(period, start) ?? start;
        expect([start, addPeriods(period, start, -1), earlier].filter((each) => !known.has(each))).toEqual(
          [],
        );
      }
    }),
  );
});
