import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPattern } from '../../src/cron/cron-pattern.ts';
import { type FiveFieldsReader, fiveFields } from '../../src/export/five-fields.ts';

const KUBERNETES: FiveFieldsReader = { name: 'Kubernetes', isVixies: false };
const CRON: FiveFieldsReader = { name: 'cron', isVixies: true };

const of = (schedule: string, reader: FiveFieldsReader, jitter = 0) =>
  fiveFields({ schedule, jitter }, reader);

describe('five fields', () => {
  test.for([
    ['30 6 * * *', '30 6 * * *'],
    ['0 30 6 * * *', '30 6 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['0 9-17/2 * JAN,jul MON-FRI', '0 9-17/2 * 1,7 1-5'],
    ['0 6 * * 5-7', '0 6 * * 0,5,6'],
    ['0 6 1 * MON', '0 6 1 * 1'],
    ['0 6 1-31 * 1', '0 6 * * *'],
    ['*/15 * * * *', '*/15 * * * *'],
  ] as const)('of %s are %s for Kubernetes', ([schedule, fields]) => {
    expect(of(schedule, KUBERNETES)).toBe(fields);
  });

  test('say for cron what they cannot say for Kubernetes: days that must fit both', () => {
    expect(of('0 6 */2 * 1', CRON)).toBe('0 6 */2 * 1');
    expect(of('0 6 */2 * 1', KUBERNETES)).toMatchObject({ key: 'schedule' });
  });

  test.for([KUBERNETES, CRON])('cannot say seconds or a jitter, %j', (reader) => {
    expect(of('*/10 * * * * *', reader)).toMatchObject({ key: 'schedule' });
    expect(of('0 * * * *', reader, 1_000)).toMatchObject({ key: 'jitter' });
  });
});

describe('the days of five fields', () => {
  const values = (field: string, first: number, last: number): ReadonlySet<number> =>
    new Set(
      field.split(',').flatMap((item) => {
        const [range = '', step = '1'] = item.split('/');
        const [from = first, to = from] = range === '*' ? [first, last] : range.split('-').map(Number);
        const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        return all.filter((value) => (value - from) % Number(step) === 0);
      }),
    );

  /** As robfig/cron reads them for Kubernetes, and cronie by itself: what it takes for "any day" differs. */
  function fits(fields: string, day: number, weekday: number, { isVixies }: FiveFieldsReader): boolean {
    const isAny = (field: string) => (isVixies ? field.startsWith('*') : field === '*');
    const [, , dayField = '', , weekdayField = ''] = fields.split(' ');
    const isDay = values(dayField, 1, 31).has(day);
    const weekdays = values(weekdayField, 0, 6);
    const isWeekday = weekdays.has(weekday) || (weekday === 0 && isVixies && weekdays.has(7));
    return isAny(dayField) || isAny(weekdayField) ? isDay && isWeekday : isDay || isWeekday;
  }

  const item = (first: number, last: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 2, max: last }).map((step) => `*/${step}`),
      fc.integer({ min: first, max: last }).map(String),
      fc
        .uniqueArray(fc.integer({ min: first, max: last }), { minLength: 2, maxLength: 2 })
        .map((pair) => pair.toSorted((one, other) => one - other).join('-')),
    );
  const field = (first: number, last: number) =>
    fc.array(item(first, last), { minLength: 1, maxLength: 3 }).map((items) => items.join());

  test.for([KUBERNETES, CRON])('are those of the schedule, or are refused, %j', (reader) => {
    fc.assert(
      fc.property(field(1, 31), field(0, 7), (days, weekdays) => {
        const schedule = `0 6 ${days} * ${weekdays}`;
        const fields = of(schedule, reader);
        if (typeof fields !== 'string') return;
        const pattern = readPattern(schedule);
        for (let day = 1; day <= 31; day++)
          for (let weekday = 0; weekday <= 6; weekday++) {
            const [isDay, isWeekday] = [
              pattern.values[3]?.includes(day),
              pattern.values[5]?.includes(weekday),
            ];
            const isMeant = pattern.days === 'both' ? isDay && isWeekday : isDay || isWeekday;
            // Where either is every day the schedule means every day.
            const isEvery = pattern.fields[3] === '*' && pattern.fields[5] === '*';
            expect(fits(fields, day, weekday, reader), `${schedule} as ${fields} at ${day}, ${weekday}`).toBe(
              isEvery || isMeant,
            );
          }
      }),
    );
  });
});
