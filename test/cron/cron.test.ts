import { describe, expect, test } from 'vitest';
import { cronProblem, nextTicks } from '../../src/cron/cron.ts';

const ticks = (expression: string, zone: string, after: string, count: number) =>
  nextTicks(expression, zone, new Date(after), count).map((date) =>
    date.toISOString().replace(':00.000Z', 'Z'),
  );

describe('a cron expression is understood', () => {
  test.each([
    '30 6 * * *',
    '30 6 * * *\n',
    '\t*/5  * * * *',
    '0 */5 * * * *',
    '00 06 * * *',
    '0 0 1,15 * *',
    '0 9-17/2 * * MON-FRI',
    '0 0 * jan,Dec sun',
    '0 0 * * SAT-SUN',
    '0 0 * * 5-7',
    '0 0 29 2 *',
    '0 0 31 2 MON',
    '@hourly',
    '@daily',
    '@weekly',
    '@monthly',
    '@Yearly',
  ])('%j', (expression) => {
    expect(cronProblem(expression)).toBeUndefined();
    expect(nextTicks(expression, 'Europe/London', new Date('2026-01-01T00:00:00Z'), 2)).toHaveLength(2);
  });
});

describe('a cron expression is refused, naming the field and what it takes', () => {
  test.each([
    ['*/61 * * * *', 'a minute from 0 to 59', '"*/61"'],
    ['*/60 * * * *', 'a minute from 0 to 59', '"*/60"'],
    ['*/0 * * * *', 'a minute from 0 to 59', '"*/0"'],
    ['60 * * * *', 'a minute from 0 to 59', '"60"'],
    ['1-70 * * * *', 'a minute from 0 to 59', '"1-70"'],
    ['1,,2 * * * *', 'a minute from 0 to 59', '"1,,2"'],
    ['-5 * * * *', 'a minute from 0 to 59', '"-5"'],
    ['5-1 * * * *', 'a minute from 0 to 59', '"5-1"'],
    ['5/15 * * * *', 'a minute from 0 to 59', '"5/15"'],
    ['007 * * * *', 'a minute from 0 to 59', '"007"'],
    ['? * * * *', 'a minute from 0 to 59', '"?"'],
    ['١ * * * *', 'a minute from 0 to 59', '"١"'],
    ['60 * * * * *', 'a second from 0 to 59', '"60"'],
    ['0 24 * * *', 'an hour from 0 to 23', '"24"'],
    ['0 22-2 * * *', 'an hour from 0 to 23', '"22-2"'],
    ['0 0 0 * *', 'a day of the month from 1 to 31', '"0"'],
    ['0 0 L * *', 'a day of the month from 1 to 31', '"L"'],
    ['0 0 15W * *', 'a day of the month from 1 to 31', '"15W"'],
    ['0 0 1 janfeb *', 'a month from 1 to 12 or JAN to DEC', '"janfeb"'],
    ['0 0 1 13 *', 'a month from 1 to 12 or JAN to DEC', '"13"'],
    ['0 0 * * 8', 'a day of the week from 0 to 7 or SUN to SAT', '"8"'],
    ['0 0 * * 1#2', 'a day of the week from 0 to 7 or SUN to SAT', '"1#2"'],
    ['0 0 * * FRI-MON', 'a day of the week from 0 to 7 or SUN to SAT', '"FRI-MON"'],
    ['0 0 30 2 *', 'a day that the month has', 'day 30 in month 2'],
    ['0 0 31 4,6 *', 'a day that the month has', 'day 31 in month 4,6'],
    ['', '5 fields', 'nothing'],
    [' ', '5 fields', 'nothing'],
    ['* * * *', '5 fields', '4 fields'],
    ['* * * * * * *', '5 fields', '7 fields'],
    ['@reboot', '@hourly, @daily', '"@reboot"'],
    ['@constructor', '@hourly, @daily', '"@constructor"'],
    ['toString', '5 fields', '1 field'],
  ])('%j', (expression, expected, got) => {
    expect(cronProblem(expression)?.expected).toContain(expected);
    expect(cronProblem(expression)?.got).toBe(got);
    expect(() => nextTicks(expression, 'UTC', new Date(0), 1)).toThrow(RangeError);
  });
});

describe('ticks', () => {
  test('are after the given instant, not at it', () => {
    expect(ticks('0 6 * * *', 'UTC', '2026-01-01T06:00:00Z', 2)).toEqual([
      '2026-01-02T06:00Z',
      '2026-01-03T06:00Z',
    ]);
  });

  test('with a day of the month and a day of the week come on either', () => {
    expect(ticks('0 0 1,15 * 1', 'UTC', '2026-11-20T00:00:00Z', 4)).toEqual([
      '2026-11-23T00:00Z',
      '2026-11-30T00:00Z',
      '2026-12-01T00:00Z',
      '2026-12-07T00:00Z',
    ]);
  });

  test('of a range that ends on Sunday include it', () => {
    expect(ticks('0 0 * * SAT-SUN', 'UTC', '2026-11-20T00:00:00Z', 3)).toEqual([
      '2026-11-21T00:00Z',
      '2026-11-22T00:00Z',
      '2026-11-28T00:00Z',
    ]);
  });

  test('of a fixed time that the spring change skips come when the gap ends', () => {
    expect(ticks('30 1 * * *', 'Europe/London', '2026-03-28T02:00:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ]);
    expect(ticks('0 0 * * *', 'Africa/Cairo', '2026-04-23T12:00:00Z', 2)).toEqual([
      '2026-04-23T22:00Z',
      '2026-04-24T21:00Z',
    ]);
  });

  test('of fixed times that the autumn change repeats come once', () => {
    expect(ticks('30 1 * * *', 'Europe/London', '2026-10-24T10:00:00Z', 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
    expect(ticks('0 1,13 * * *', 'Europe/London', '2026-10-24T23:00:00Z', 3)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T13:00Z',
      '2026-10-26T01:00Z',
    ]);
  });

  test('of every hour lose none at a clock change', () => {
    for (const after of ['2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z']) {
      const found = nextTicks('0 * * * *', 'Europe/London', new Date(after), 12).map(Number);
      expect(found).toEqual(found.map((_, index) => Date.parse(after) + (index + 1) * 3_600_000));
    }
  });

  test('need a zone that exists', () => {
    expect(() => nextTicks('0 6 * * *', 'Europe/Londn', new Date(0), 1)).toThrow(RangeError);
  });
});
