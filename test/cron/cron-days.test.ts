import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronProblem, nextTicks } from '../../src/cron/cron.ts';
import { scheduleInWords } from '../../src/cron/schedule-in-words.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY = 86_400_000;
const START = Date.parse('2027-01-01T00:00:00Z');
/** Four years, a leap year among them. */
const DAYS = Array.from({ length: 1_461 }, (_, index) => new Date(START + index * DAY));

/** What a field stands for, read as simply as the manual of cron says it. */
function valuesOf(field: string, first: number, last: number): Set<number> {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [from, to] =
      range === '*' ? [first, last] : [Number(range.split('-')[0]), Number(range.split('-').at(-1))];
    for (let value = from ?? 0; value <= (to ?? 0); value += Number(step)) values.add(value);
  }
  return values;
}

/** Whether cron runs on a day, by the rule in its source: with a star in one of the fields both must fit. */
function fits(expression: string, date: Date): boolean {
  const [, , day = '', month = '', weekday = ''] = expression.split(' ');
  const onDay = valuesOf(day, 1, 31).has(date.getUTCDate());
  const week = valuesOf(weekday, 0, 7);
  const onWeekday = week.has(date.getUTCDay()) || (date.getUTCDay() === 0 && week.has(7));
  const hasStar = day.startsWith('*') || weekday.startsWith('*');
  return (
    valuesOf(month, 1, 12).has(date.getUTCMonth() + 1) && (hasStar ? onDay && onWeekday : onDay || onWeekday)
  );
}

/** The values that a list in English names: `1st, 3rd and 5th to 9th`. */
function listed(text: string, names: (word: string) => number, cycle: number): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(/, and |, or |, | and | or /)) {
    const [from = 0, to = from] = part.split(/ to | through /).map(names);
    for (let value = from; ; value = (value % cycle) + 1) {
      values.add(value);
      if (value === to) break;
    }
  }
  return values;
}

const dayOf = (word: string) => Number.parseInt(word, 10);
const weekdayOf = (word: string) => WEEKDAYS.indexOf(word.replace(/s$/, '')) || 7;
const monthOf = (word: string) => MONTHS.indexOf(word) + 1;

/** The days that the words claim; throws where they say something that no reader would understand. */
function claimOf(words: string): (date: Date) => boolean {
  const [, time, rest = ''] = /^(At \d\d:\d\d)(?:, (.*))?$/.exec(words) ?? [];
  if (time === undefined) throw new Error(`no time in ${words}`);
  const inMonth =
    /(?:^|, )(?:only in )?((?:January|February|March|April|May|June|July|August|September|October|November|December)(?:.*))$/.exec(
      rest,
    );
  const months = inMonth?.[1] === undefined ? undefined : listed(inMonth[1], monthOf, 12);
  const days = inMonth === null ? rest : rest.slice(0, inMonth.index);
  const either = /^on the (.*) and on (.*) \(either\)$/.exec(days);
  const both = /^on (.*) that are the (.*) of the month$/.exec(days);
  const onDays = /^(?:on day|between day) (.*) of the month$/.exec(days);
  const onWeekdays = /^(?:only on )?((?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day.*)$/.exec(days);
  if (!either && !both && !onDays && !onWeekdays && days !== 'every day' && days !== '')
    throw new Error(`what days: ${words}`);
  const month = listed(
    either?.[1] ??
      both?.[2] ??
      onDays?.[1]?.replace(/^(\d+) and (\d+)$/, days.startsWith('between') ? '$1 to $2' : '$1 and $2') ??
      '0',
    dayOf,
    31,
  );
  const week = listed(either?.[2] ?? both?.[1] ?? onWeekdays?.[1] ?? 'Sunday', weekdayOf, 7);
  return (date) => {
    const [onDay, onWeekday] = [month.has(date.getUTCDate()), week.has(date.getUTCDay() || 7)];
    if (months !== undefined && !months.has(date.getUTCMonth() + 1)) return false;
    if (either) return onDay || onWeekday;
    if (both) return onDay && onWeekday;
    return onDays ? onDay : onWeekdays ? onWeekday : true;
  };
}

const item = (first: number, last: number) =>
  fc.oneof(
    fc.integer({ min: first, max: last }).map(String),
    fc
      .tuple(
        fc.integer({ min: first, max: last }),
        fc.integer({ min: first, max: last }),
        fc.integer({ min: 1, max: last }),
        fc.boolean(),
      )
      .map(
        ([one, other, step, steps]) =>
          `${Math.min(one, other)}-${Math.max(one, other)}${steps ? `/${step}` : ''}`,
      ),
    fc.integer({ min: 1, max: last }).map((step) => `*/${step}`),
  );
const field = (first: number, last: number) =>
  fc.oneof(
    fc.constant('*'),
    item(first, last),
    fc.array(item(first, last), { minLength: 2, maxLength: 4 }).map((items) => items.join(',')),
  );
const expressions = fc
  .tuple(field(1, 31), fc.oneof(fc.constant('*'), field(1, 12)), field(0, 7))
  .map((fields) => `30 6 ${fields.join(' ')}`);

test('an expression ticks on the days on which cron runs, and its words claim these days and no others', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const days = DAYS.filter((date) => fits(expression, date));
      if (days.length === 0) return;
      expect(cronProblem(expression)).toBeUndefined();
      const ticks = nextTicks(expression, 'UTC', new Date(START - 1), Math.min(days.length, 60));
      expect(ticks.map((date) => date.toISOString())).toEqual(
        days.slice(0, 60).map((date) => `${date.toISOString().slice(0, 10)}T06:30:00.000Z`),
      );
      const words = scheduleInWords(expression);
      const claimed = DAYS.filter(claimOf(words));
      expect(
        claimed.map((date) => date.toISOString().slice(0, 10)),
        words,
      ).toEqual(days.map((date) => date.toISOString().slice(0, 10)));
    }),
    { numRuns: 100 },
  );
});

describe('a day of the month beside a day of the week', () => {
  test.each([
    ['0 6 */1 * 1', 'At 06:00, only on Monday'],
    ['0 6 1 * */1', 'At 06:00, on day 1 of the month'],
    ['0 6 * * 0-7', 'At 06:00, every day'],
    ['0 6 1-31 * 1', 'At 06:00, every day'],
    ['0 6 1-7 * 1', 'At 06:00, on the 1st to 7th and on Mondays (either)'],
    ['0 0 1,15 * 1', 'At 00:00, on the 1st and 15th and on Mondays (either)'],
    ['0 6 */10 * 1', 'At 06:00, on Mondays that are the 1st, 11th, 21st or 31st of the month'],
    [
      '0 6 2,12,22 * */3',
      'At 06:00, on Wednesdays, Saturdays and Sundays that are the 2nd, 12th or 22nd of the month',
    ],
    ['0 6 13 1,3 FRI', 'At 06:00, on the 13th and on Fridays (either), only in January and March'],
    ['0 6 3 * MON-FRI', 'At 06:00, on the 3rd and on Mondays to Fridays (either)'],
    ['*/20 6 1 * 7', 'Every 20 minutes, between 06:00 and 06:59, on the 1st and on Sundays (either)'],
    ['0 6 * * */2', 'At 06:00, only on Sunday, Tuesday, Thursday, and Saturday'],
    ['0 6 * * 7', 'At 06:00, only on Sunday'],
  ])('%s: %s', (schedule, words) => expect(scheduleInWords(schedule)).toBe(words));

  test('that never meet is a mistake', () => {
    expect(cronProblem('0 0 31 2 */2')).toEqual({
      expected: 'a day that the month has',
      got: 'day 31 in month 2',
      part: [4, 8],
    });
    expect(cronProblem('0 0 31 2 2')).toBeUndefined();
  });

  test('that meet every 28 years tick then', () => {
    const [tick] = nextTicks('0 0 29 2 */7', 'UTC', new Date('2033-01-01'), 1);
    expect(tick?.toISOString()).toBe('2060-02-29T00:00:00.000Z');
  });
});
