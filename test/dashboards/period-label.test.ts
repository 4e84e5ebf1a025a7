import { expect, test } from 'vitest';
import { periodLabel, timeText } from '../../src/dashboards/period-label.ts';

const at = (text: string) => Date.parse(`${text}${text.length === 10 ? 'T00:00:00' : ''}Z`);

test.each([
  ['hour', '2015-06-05T14:00:00', '3:00pm, 5 June 2015'],
  ['hour', '2015-01-05T00:00:00', '12:00am, 5 January 2015'],
  ['hour', '2015-06-30T23:00:00', '12:00am, 1 July 2015'],
  ['hour', '2015-10-25T00:00:00', '1:00am, 25 October 2015'],
  ['hour', '2015-10-25T01:00:00', '1:00am again, 25 October 2015'],
  ['hour', '2015-10-25T02:00:00', '2:00am, 25 October 2015'],
  ['hour', '2015-03-29T01:00:00', '2:00am, 29 March 2015'],
  ['day', '2015-06-05', '5 June 2015'],
  ['week', '2015-03-02', '2 to 8 Mar 2015'],
  ['week', '2015-03-30', '30 Mar to 5 Apr 2015'],
  ['week', '2014-12-29', '29 Dec 2014 to 4 Jan 2015'],
  ['week', '2015-06-29', '29 June to 5 July 2015'],
  ['month', '2015-03-01', 'March 2015'],
  ['quarter', '2015-01-01', 'Jan to Mar 2015'],
  ['quarter', '2015-07-01', 'July to Sep 2015'],
  ['year', '2015-01-01', '2015'],
] as const)('the %s of %s is %s', (period, start, label) => {
  expect(periodLabel(period, at(start), 'Europe/London')).toBe(label);
});

test('a time says its minutes', () => {
  expect(timeText(at('2015-06-01T13:05:00'))).toBe('1:05pm, 1 June 2015');
});
