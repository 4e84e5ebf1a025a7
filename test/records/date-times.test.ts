import { describe, expect, test } from 'vitest';
import { Temporal } from '../../src/calendar/zone.ts';
import { instantTexts } from '../../src/records/date-times.ts';
import { UnfitValue } from '../../src/records/not-a-record.ts';
import { timestampEncoder } from '../../src/records/timestamp.ts';

const UTC = { zone: 'UTC' };

test.each([
  ['2014-06-01 12:30:05', '2014-06-01T12:30:05Z'],
  ['2014-06-01 12:30:05.1', '2014-06-01T12:30:05.1Z'],
  ['2014-06-01 12:30:05.105', '2014-06-01T12:30:05.105Z'],
  ['2014-06-01 12:30:05.010200', '2014-06-01T12:30:05.0102Z'],
  ['2014-06-01 12:30:05.000001', '2014-06-01T12:30:05.000001Z'],
  ['2014-06-01 12:30:05.000000', '2014-06-01T12:30:05Z'],
  ['2014-06-01 12:30:05.500+01', '2014-06-01T11:30:05.5Z'],
  ['2014-06-01 12:30:05+05:30', '2014-06-01T07:00:05Z'],
  ['2014-06-01T12:30:05Z', '2014-06-01T12:30:05Z'],
])('%s is the instant %s', (text, instant) => {
  expect(instantTexts(UTC)(text)).toBe(instant);
});

test('the fraction of one datetime and the offset of one are not taken for those of another', () => {
  const instantOf = instantTexts(UTC);
  const texts = ['12:00:00', '12:00:00.25', '12:10:00+01', '12:20:00+02', '12:30:00+01:00', '12:40:00'];
  expect(texts.map((time) => instantOf(`2014-06-01 ${time}`).slice(11))).toEqual([
    '12:00:00Z',
    '12:00:00.25Z',
    '11:10:00Z',
    '10:20:00Z',
    '11:30:00Z',
    '12:40:00Z',
  ]);
});

test.each(['2014-06-01 12:60:00', '2014-06-01 12:00:60', '2014-02-30 12:00:00', '2014-06-01 24:00:00'])(
  '%s is none, also after others of its hour',
  (text) => {
    const instantOf = instantTexts(UTC);
    for (let time = 0; time < 2; time += 1) expect(() => instantOf(text)).toThrow(UnfitValue);
    if (text.startsWith('2014-06-01 12')) instantOf('2014-06-01 12:00:00');
    expect(() => instantOf(text)).toThrow(UnfitValue);
  },
);

describe.each([
  ['Europe/London', '2014-03-30 00', '2014-03-30 01', '2014-03-30 02', '2014-10-26 00', '2014-10-26 01'],
  // Its clocks are changed by half an hour.
  ['Australia/Lord_Howe', '2014-04-06 00', '2014-04-06 01', '2014-10-05 01', '2014-10-05 02'],
  ['Asia/Kolkata', '2014-06-01 00', '2014-06-01 12'],
])('an hour in %s', (zone, ...hours) => {
  test.each(['earlier', 'later'] as const)(
    'becomes what each of its times means, the %s one',
    (ambiguous) => {
      const instantOf = instantTexts({ zone, ambiguous });
      for (const hour of hours)
        for (let minute = 0; minute < 60; minute += 7) {
          const text = `${hour}:${String(minute).padStart(2, '0')}:07`;
          const zoned = Temporal.PlainDateTime.from(text).toZonedDateTime(zone, {
            disambiguation: ambiguous,
          });
          expect(instantOf(text), text).toBe(zoned.toInstant().toString());
        }
    },
  );
});

test('an hour of which a part comes twice has times that come once', () => {
  const instantOf = instantTexts({ zone: 'Australia/Lord_Howe' });
  expect(instantOf('2014-04-06 01:10:00')).toBe('2014-04-05T14:10:00Z');
  expect(() => instantOf('2014-04-06 01:45:00')).toThrow('exists twice or not at all');
});

test('an hour in which a day begins has times of two days', () => {
  const timestampOf = timestampEncoder({
    ...{ period: 'day', timezone: 'Asia/Kolkata', localTime: UTC, format: undefined },
  });
  expect(
    ['18:10:00', '18:40:00', '18:29:59.9', '18:30:00+00'].map((time) => timestampOf(`2014-06-01 ${time}`)),
  ).toEqual([1, 2, 1, 2].map((day) => `2014-06-0${day}T00:00:00Z`));
});

test('a date is none of a job whose periods are hours, and of the others a period holds it', () => {
  const timestampOf = (period: 'hour' | 'day' | 'month' | undefined) =>
    timestampEncoder({ period, timezone: 'UTC', localTime: UTC, format: undefined });
  expect(() => timestampOf('hour')('2014-06-17')).toThrow('"2014-06-17" has no hour');
  expect(
    (['day', 'month', undefined] as const).map((period) => timestampOf(period)('2014-06-17').slice(0, 10)),
  ).toEqual(['2014-06-17', '2014-06-01', '2014-06-17']);
});
