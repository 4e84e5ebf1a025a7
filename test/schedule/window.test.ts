import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDate, isoSeconds } from '../../src/calendar/date-time.ts';
import { PERIODS } from '../../src/calendar/period.ts';
import type { WindowSettings } from '../../src/config/schema/job-schema.ts';
import { endOfLastPeriod, windowsBetween, windowsOwed } from '../../src/schedule/window.ts';

const SETTINGS: WindowSettings = {
  period: 'day',
  lookback: 3,
  delay: 0,
  max_periods: 31,
  include_current: false,
  allow_outside: false,
};
const LONDON = 'Europe/London';
const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

const owed = (settings: Partial<WindowSettings>, now: string, progress?: string, zone = LONDON) =>
  windowsOwed({ ...SETTINGS, ...settings }, zone, at(now), progress === undefined ? undefined : at(progress));

const spans = (windows: ReturnType<typeof owed>) =>
  windows.map(({ from, to }) => [isoSeconds(from), isoSeconds(to)]);

describe('a window job owes', () => {
  test('the lookback before the current period at its first run', () => {
    const [window, ...others] = owed({}, '2014-06-10T05:30:00Z');
    expect(others).toEqual([]);
    expect(window).toEqual({
      from: at('2014-06-06T23:00:00Z'),
      to: at('2014-06-09T23:00:00Z'),
      fromDate: '2014-06-07',
      toDate: '2014-06-10',
      timestamps: ['2014-06-07T00:00:00Z', '2014-06-10T00:00:00Z'],
      collectedTo: at('2014-06-09T23:00:00Z'),
    });
  });

  test('everything since start at its first run, cut into windows', () => {
    expect(spans(owed({ start: '2014-01-01', max_periods: 31 }, '2014-03-01T12:00:00Z'))).toEqual([
      ['2014-01-01T00:00:00Z', '2014-02-01T00:00:00Z'],
      ['2014-02-01T00:00:00Z', '2014-03-01T00:00:00Z'],
    ]);
  });

  test('all days of an outage, and the lookback again', () => {
    expect(spans(owed({ lookback: 1 }, '2014-01-20T06:00:00Z', '2014-01-17T00:00:00Z'))).toEqual([
      ['2014-01-17T00:00:00Z', '2014-01-20T00:00:00Z'],
    ]);
    expect(spans(owed({ lookback: 5 }, '2014-01-20T06:00:00Z', '2014-01-17T00:00:00Z'))).toEqual([
      ['2014-01-15T00:00:00Z', '2014-01-20T00:00:00Z'],
    ]);
  });

  test('nothing when all is collected and there is no lookback', () => {
    expect(owed({ lookback: 0 }, '2014-01-20T06:00:00Z', '2014-01-20T00:00:00Z')).toEqual([]);
  });

  test('nothing from before start, nothing before start has come', () => {
    expect(spans(owed({ start: '2014-01-19' }, '2014-01-20T06:00:00Z'))).toEqual([
      ['2014-01-19T00:00:00Z', '2014-01-20T00:00:00Z'],
    ]);
    expect(owed({ start: '2015-01-01' }, '2014-01-20T06:00:00Z')).toEqual([]);
  });

  test('its first day from the midnight of start in the zone of the job, which is not UTC’s', () => {
    expect(spans(owed({ start: '2014-06-08' }, '2014-06-10T05:30:00Z'))).toEqual([
      ['2014-06-07T23:00:00Z', '2014-06-09T23:00:00Z'],
    ]);
    expect(
      spans(owed({ start: '2014-06-08' }, '2014-06-09T12:00:00Z', undefined, 'America/New_York')),
    ).toEqual([['2014-06-08T04:00:00Z', '2014-06-09T04:00:00Z']]);
  });

  test('its first hour from the midnight of start in the zone of the job', () => {
    const hours = owed({ period: 'hour', start: '2014-06-10' }, '2014-06-10T01:30:00Z');
    expect(spans(hours)).toEqual([['2014-06-09T23:00:00Z', '2014-06-10T01:00:00Z']]);
  });

  test('the last period only when delay has passed since its end', () => {
    expect(spans(owed({ lookback: 1, delay: 2 * HOUR }, '2014-01-20T01:59:59Z'))).toEqual([
      ['2014-01-18T00:00:00Z', '2014-01-19T00:00:00Z'],
    ]);
    expect(spans(owed({ lookback: 1, delay: 2 * HOUR }, '2014-01-20T02:00:00Z'))).toEqual([
      ['2014-01-19T00:00:00Z', '2014-01-20T00:00:00Z'],
    ]);
  });

  test.each([
    ['2014-06-10T00:59:59Z', '2014-06-08T23:00:00Z'],
    ['2014-06-10T01:00:00Z', '2014-06-09T23:00:00Z'],
  ])('at %s up to %s, where the last period that is over ends', (now, end) => {
    const settings = { ...SETTINGS, delay: 2 * HOUR };
    expect(endOfLastPeriod(settings, LONDON, at(now))).toBe(at(end));
    expect(owed(settings, now).at(-1)?.to).toBe(at(end));
  });

  test('the current period with include_current, which does not count as collected', () => {
    const [window] = owed({ lookback: 1, include_current: true }, '2014-01-20T06:00:00Z');
    expect(isoSeconds(window?.to ?? 0)).toBe('2014-01-21T00:00:00Z');
    expect(isoSeconds(window?.collectedTo ?? 0)).toBe('2014-01-20T00:00:00Z');
  });

  test('weeks from Monday, and hours of UTC', () => {
    expect(spans(owed({ period: 'week', lookback: 1 }, '2014-01-22T06:00:00Z'))).toEqual([
      ['2014-01-13T00:00:00Z', '2014-01-20T00:00:00Z'],
    ]);
    expect(
      spans(owed({ period: 'hour', lookback: 1 }, '2014-01-22T06:45:00Z', undefined, 'Asia/Kolkata')),
    ).toEqual([['2014-01-22T05:00:00Z', '2014-01-22T06:00:00Z']]);
  });

  test('a day of 23 and a day of 25 hours where the clocks are changed', () => {
    const length = (now: string) => owed({ lookback: 1 }, now).map(({ from, to }) => (to - from) / HOUR);
    expect(length('2014-03-31T06:00:00Z')).toEqual([23]);
    expect(length('2014-10-27T06:00:00Z')).toEqual([25]);
  });

  test('a day that begins at one o’clock where the clock change skips midnight', () => {
    expect(spans(owed({ lookback: 1 }, '2026-04-25T12:00:00Z', undefined, 'Africa/Cairo'))).toEqual([
      ['2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
    ]);
  });
});

test('a span asked for is widened to whole periods that are over', () => {
  const now = at('2014-06-10T05:30:00Z');
  const span = { from: at('2014-06-07T12:00:00Z'), to: at('2014-12-01T00:00:00Z') };
  expect(spans(windowsBetween(SETTINGS, LONDON, now, span))).toEqual([
    ['2014-06-06T23:00:00Z', '2014-06-09T23:00:00Z'],
  ]);
});

test('a span that ends where a period ends does not reach into the next one', () => {
  const span = { from: at('2014-06-05T23:00:00Z'), to: at('2014-06-07T23:00:00Z') };
  expect(spans(windowsBetween(SETTINGS, LONDON, at('2014-06-10T05:30:00Z'), span))).toEqual([
    ['2014-06-05T23:00:00Z', '2014-06-07T23:00:00Z'],
  ]);
});

test('a span asked for ends before a period whose delay has not passed', () => {
  const now = at('2014-06-10T00:30:00Z');
  const span = { from: at('2014-06-07T23:00:00Z'), to: now };
  expect(spans(windowsBetween({ ...SETTINGS, delay: 2 * HOUR }, LONDON, now, span))).toEqual([
    ['2014-06-07T23:00:00Z', '2014-06-08T23:00:00Z'],
  ]);
});

test('windows join without gap or overlap, hold at most max_periods, and end before now', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PERIODS),
      fc.constantFrom(
        LONDON,
        'UTC',
        'America/New_York',
        'Asia/Kolkata',
        'Australia/Lord_Howe',
        'Africa/Cairo',
      ),
      fc.integer({ min: at('2012-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 1, max: 40 }),
      fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
      (period, zone, now, lookback, max_periods, daysAgo) => {
        const progress = daysAgo === undefined ? undefined : now - daysAgo * 24 * HOUR;
        const settings = { ...SETTINGS, period, lookback, max_periods };
        const windows = windowsOwed(settings, zone, now, progress);
        windows.forEach((window, index) => {
          expect(window.from).toBeLessThan(window.to);
          expect(window.to).toBeLessThanOrEqual(now);
          expect(window.collectedTo).toBe(window.to);
          if (index > 0) expect(window.from).toBe(windows[index - 1]?.to);
          if (period !== 'hour') expect(formatDate(at(window.timestamps[0]))).toBe(window.fromDate);
        });
        if (progress !== undefined && windows[0])
          expect(windows[0].from).toBeLessThanOrEqual(Math.max(progress, windows[0].from));
        expect(windowsOwed({ ...settings, lookback: 0 }, zone, now, windows.at(-1)?.to ?? now)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
