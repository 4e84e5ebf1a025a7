import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isGuessedDate } from '../../src/server/records/guessed-dates.ts';
import { formatTimestamp, hasRealDate, utcTimestamp } from '../../src/server/records/timestamp.ts';

describe('a timestamp', () => {
  test.each([
    ['2024-03-05T14:15:16Z', '2024-03-05T14:15:16+00:00'],
    ['2024-03-05 14:15:16', '2024-03-05T14:15:16+00:00'],
    ['2024-03-05T14:15Z', '2024-03-05T14:15:00+00:00'],
    ['2024-03-05', '2024-03-05T00:00:00+00:00'],
    ['2024-03-05T14:15:16Z\n', '2024-03-05T14:15:16+00:00'],
    ['2024-03-05T00:15:16+0100', '2024-03-04T23:15:16+00:00'],
    ['2024-03-05T00:15:16+01', '2024-03-04T23:15:16+00:00'],
    ['2023-12-31T20:00:00-05:30', '2024-01-01T01:30:00+00:00'],
    ['2024-03-05T14:15:16.5Z', '2024-03-05T14:15:16.500000+00:00'],
    ['2024-03-05T14:15:16.000Z', '2024-03-05T14:15:16+00:00'],
    ['2024-03-05T14:15:16.1234567899Z', '2024-03-05T14:15:16.123456+00:00'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00+00:00'],
    ['1899-12-31T23:59:59-00:01', '1900-01-01T00:00:59+00:00'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59+00:00'],
  ])('%j is %s', (text, utc) => {
    expect(utcTimestamp(text)).toBe(utc);
  });

  test.each([
    ['0001-01-10T00:00:00Z', '2010-01-01T00:00:00+00:00'],
    ['0020-05-07T00:00:00Z', '2007-05-20T00:00:00+00:00'],
    ['0050-05-07T00:00:00Z', '2050-05-07T00:00:00+00:00'],
    ['0099-05-07T00:00:00Z', '1999-05-07T00:00:00+00:00'],
  ])('%s, of the first century, is %s as in the original', (text, utc) => {
    expect(utcTimestamp(text)).toBe(utc);
  });

  test.each([
    '',
    ' ',
    '2024',
    '20240305',
    '2024-03',
    '2024-3-5',
    '24-03-05T14:15:16Z',
    '2024-03-05T14Z',
    '2024-03-05T24:00:00Z',
    '2024-03-05T14:60:00Z',
    '2024-03-05T14:15:60Z',
    '2024-04-31',
    '2023-02-29',
    '0000-01-01',
    '2024-065',
    '2024-W10-2',
    '2024-03-05T14:15:16z',
    '2024-03-05T14:15:16Z ',
    ' 2024-03-05',
    '2024-03-05T14:15:16Z and more',
    '05/03/2024',
    '2024-03-05T14:15:16,5Z',
    '2024-03-05T14:15:16+24:00',
    '2024-03-05T14:15:16+99:99',
    '2024-03-05T14:15:16 BST',
    '２０２４-03-05',
    '9999-12-31T23:59:59-01:00',
    '1709648116',
    'yesterday',
  ])('%j is none', (text) => {
    expect(utcTimestamp(text)).toBeUndefined();
  });

  test('of any instant with any offset is that instant in UTC', () => {
    const instant = fc.integer({ min: Date.UTC(101, 0), max: Date.UTC(9998, 0) });
    fc.assert(
      fc.property(instant, fc.integer({ min: -1_439, max: 1_439 }), (milliseconds, minutes) => {
        const local = new Date(milliseconds + minutes * 60_000).toISOString().slice(0, -1);
        const digits = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0');
        const offset = `${minutes < 0 ? '-' : '+'}${digits(minutes / 60)}:${digits(minutes % 60)}`;
        expect(utcTimestamp(local + offset)).toBe(formatTimestamp(milliseconds));
      }),
    );
  });

  test('sorts as text as it does in time', () => {
    const texts = [
      '2024-03-05T14:15:16Z',
      '2024-03-05T14:15:16.000001Z',
      '2024-03-05T14:15:16.5Z',
      '2024-03-05T14:15:17Z',
    ];
    const sorted = texts.map(utcTimestamp).toSorted();
    expect(sorted).toEqual(texts.map(utcTimestamp));
  });
});

describe('the date-time of a schema', () => {
  test.each([
    '2024-03-05T14:15:16Z',
    '2024-03-05T14:15Z',
    '2024-03-05T14Z',
    '2024-03-05T14:15:16z',
    '2024-03-05T14:15:16Z and more',
  ])('accepts %s', (text) => {
    expect(hasRealDate(text)).toBe(true);
  });

  test.each([
    '2024-03-05',
    '2024-03-05 14:15:16',
    '2023-02-29T12:00:00Z',
    '0000-01-01T00:00:00Z',
    '2024-03-05T24:00:00Z',
    '',
    'nope',
  ])('refuses %j', (text) => {
    expect(hasRealDate(text)).toBe(false);
  });
});

describe('the original would have guessed a date', () => {
  test.each([
    '',
    ' ',
    '2024',
    '20240305',
    '20240305141516',
    '24-03-05T14:15:16Z',
    'Tue, 05 Mar 2024 14:15:16 GMT',
    'March 5, 2024',
    '05/03/2024',
    '05.03.2024',
    '14:15:16',
    '14:15:16Z',
    'Tuesday',
    ' 2024-03-05T14:15:16Z',
  ])('from %j', (text) => {
    expect(isGuessedDate(text)).toBe(true);
  });

  test.each([
    '2023-02-29T12:00:00Z',
    '2024-065',
    '1709648116',
    'février',
    'nope',
    '２０２４-03-05',
    '2024-03-05T14:15:16z',
  ])('but not from %j', (text) => {
    expect(isGuessedDate(text)).toBe(false);
  });
});
