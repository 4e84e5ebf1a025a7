import { expect, test } from 'vitest';
import { scheduleInWords } from '../../src/cron/schedule-in-words.ts';

test.each([
  ['30 6 * * *', 'At 06:30, every day'],
  ['0 18 * * *', 'At 18:00, every day'],
  ['15 30 6 * * *', 'At 06:30:15, every day'],
  ['0 6,18 * * *', 'At 06:00 and 18:00, every day'],
  ['*/15 1 * * *', 'Every 15 minutes, between 01:00 and 01:59, every day'],
  ['*/15 6,8 * * *', 'Every 15 minutes, in the hours 06 and 08, every day'],
  ['*/15 */6 * * *', 'Every 15 minutes, in the hours 00, 06, 12 and 18, every day'],
  ['1,5-7 6 * * *', 'At 1, 5, 6, and 7 minutes past the hour, in the hour 06, every day'],
  [
    '5-20/5 6-8 * * *',
    'Every 5 minutes, minutes 5 through 20 past the hour, between 06:00 and 08:59, every day',
  ],
  ['0 */6 * * *', 'On the hour, every 6 hours, every day'],
  ['0 6,18-20 * * *', 'At 06:00, 18:00, 19:00 and 20:00, every day'],
  ['*/15,7 * * * *', 'At 0, 7, 15, 30, and 45 minutes past the hour'],
  ['* * * * *', 'Every minute'],
  ['*/5 * * * *', 'Every 5 minutes'],
  ['0 */5 * * * *', 'Every 5 minutes'],
  ['*/5 * * * * *', 'Every 5 seconds'],
  ['0 * * * *', 'Every hour'],
  ['5 0-23 * * *', 'At 5 minutes past the hour'],
  ['@hourly', 'Every hour'],
  ['@daily', 'At 00:00, every day'],
  ['@weekly', 'At 00:00, only on Sunday'],
  ['@monthly', 'At 00:00, on day 1 of the month'],
  ['@Yearly', 'At 00:00, on day 1 of the month, only in January'],
  ['30 6 * * MON-FRI', 'At 06:30, Monday through Friday'],
  ['0 0 * * SAT-SUN', 'At 00:00, Saturday through Sunday'],
  ['0 0 * jan,Dec sun', 'At 00:00, only on Sunday, only in January and December'],
  ['0 0 1,15 * 1', 'At 00:00, on the 1st and 15th and on Mondays (either)'],
])('%s: %s', (schedule, words) => {
  expect(scheduleInWords(schedule)).toBe(words);
});

test('steps that do not fill an hour, a day or a year are told one by one', () => {
  expect(scheduleInWords('*/25 * * * *')).toBe('At 0, 25, and 50 minutes past the hour');
  expect(scheduleInWords('0 */9 * * *')).toBe('At 00:00, 09:00 and 18:00, every day');
  expect(scheduleInWords('0 0 1 */5 *')).toBe(
    'At 00:00, on day 1 of the month, only in January, June, and November',
  );
});
