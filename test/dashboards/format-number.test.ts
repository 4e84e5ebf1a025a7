import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeText, formatNumber } from '../../src/dashboards/format-number.ts';
import type { NumberFormat } from '../../src/model/dashboard.ts';

const number: NumberFormat = { type: 'number' };
const magnitude: NumberFormat = { type: 'number', magnitude: true };
const percent: NumberFormat = { type: 'percent' };
const currency: NumberFormat = { type: 'currency' };

test.each<[number, NumberFormat, string]>([
  [0, number, '0'],
  [12, number, '12'],
  [1234.5, number, '1,235'],
  [0.01234, number, '0.01'],
  [12.345, number, '12.3'],
  [-1234.5, number, '−1,235'],
  [-0.001, number, '0'],
  [1_315_000, number, '1,315,000'],
  [1.005, { type: 'number', decimals: 2 }, '1.01'],
  [1.5, { type: 'number', decimals: 0 }, '2'],
  [0.012345, { type: 'number', significant_digits: 5 }, '0.0123'],
  [1234, magnitude, '1,234'],
  [9_994, magnitude, '9,994'],
  [9_995, magnitude, '10k'],
  [9_999, magnitude, '10k'],
  [12_345, magnitude, '12.3k'],
  [999_499, magnitude, '999k'],
  [999_500, magnitude, '1m'],
  [1_315_000, magnitude, '1.32m'],
  [2.99e9, magnitude, '2.99bn'],
  [-12_345, magnitude, '−12.3k'],
  [0.4, { type: 'integer' }, '0'],
  [1_234.5, { type: 'integer' }, '1,235'],
  [0, currency, '£0'],
  [3.5, currency, '£3.50'],
  [10.4, currency, '£10'],
  [9.999, currency, '£10.00'],
  [1_234_567, currency, '£1,234,567'],
  [12.345, { type: 'currency', pence: true }, '£12.35'],
  [3.5, { type: 'currency', pence: false }, '£4'],
  [-3.5, currency, '−£3.50'],
  [1_234_567, { type: 'currency', magnitude: true }, '£1.23m'],
  [20, { type: 'currency', symbol: '€' }, '€20'],
  [0.5, percent, '50%'],
  [0.1234, percent, '12.3%'],
  [0.99999, percent, '100%'],
  [0.001, percent, '0.1%'],
  [0, percent, '0%'],
  [1, percent, '100%'],
  [0.1235, percent, '12.4%'],
  [0.1235, { type: 'percent', decimals: 0 }, '12%'],
  [754, { type: 'duration' }, '754ms'],
  [1_234, { type: 'duration', unit: 's' }, '1.23s'],
  [125_000, { type: 'duration', unit: 'm' }, '2m 5s'],
  [120_000, { type: 'duration', unit: 'm' }, '2m'],
  [45_000, { type: 'duration', unit: 'm' }, '45s'],
])('%d as %o is %s', (value, format, text) => {
  expect(formatNumber(value, format)).toBe(text);
});

test.each([
  [0.48309, '+48.31%'],
  [-0.05, '−5.00%'],
  [0, '0%'],
  [0.00001, '0%'],
  [12.5, '+1,250.00%'],
])('a change of %d is %s', (share, text) => {
  expect(changeText(share)).toBe(text);
});

describe('a number that is written', () => {
  test('with a magnitude is within half a unit of its last digit, and has no fourth digit behind a letter', () => {
    const factors = { k: 1e3, m: 1e6, bn: 1e9 };
    fc.assert(
      fc.property(fc.integer({ min: 9_995, max: 999_000_000_000 }), (value) => {
        const [, digits = '', letters = 'k'] =
          /^([\d.]+)(k|m|bn)$/.exec(formatNumber(value, magnitude)) ?? [];
        const factor = factors[letters as keyof typeof factors];
        expect(digits.replace('.', '').length).toBeLessThanOrEqual(3);
        const places = digits.split('.')[1]?.length ?? 0;
        expect(Math.abs(Number(digits) * factor - value)).toBeLessThanOrEqual(
          (factor / 10 ** Math.max(places, value / factor < 10 ? 2 : value / factor < 100 ? 1 : 0)) *
            0.5000001,
        );
      }),
    );
  });

  test('as an integer reads as the same number', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const text = formatNumber(value, { type: 'integer' }).replaceAll(',', '').replace('−', '-');
        expect(Number(text)).toBe(value);
      }),
    );
  });
});
