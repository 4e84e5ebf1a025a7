import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecimalSum, SAFE_DIGITS } from '../../src/model/decimal-sum.ts';

/** More digits behind the point than any number of these tests has. */
const SCALE = 60;

/** A decimal text in units of ten to the power of minus SCALE. */
function scaled(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = BigInt(whole + fraction.padEnd(SCALE, '0')) * 10n ** 30n;
  const value = (digits * 10n ** BigInt(Number(exponent) + 30)) / 10n ** 60n;
  return mantissa.startsWith('-') ? -value : value;
}

const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));
const plain = fc
  .tuple(fc.constantFrom('', '-'), digits(20), fc.option(digits(25)))
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`);
const withExponent = fc.tuple(plain, fc.integer({ min: -25, max: 25 })).map(([text, e]) => `${text}e${e}`);

test('a sum is exact, however its numbers are written and large they are', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(plain, withExponent)), (texts) => {
      const sum = new DecimalSum();
      for (const text of texts) sum.addText(text);
      expect(scaled(sum.text)).toBe(texts.reduce((total, text) => total + scaled(text), 0n));
    }),
  );
});

test('so is one of numbers of few digits, which are added without BigInt', () => {
  const few = fc.record({
    unscaled: fc.integer({ min: -(10 ** SAFE_DIGITS) + 1, max: 10 ** SAFE_DIGITS - 1 }),
    scale: fc.integer({ min: 0, max: SAFE_DIGITS }),
  });
  fc.assert(
    fc.property(fc.array(few, { maxLength: 40 }), (numbers) => {
      const sum = new DecimalSum();
      for (const { unscaled, scale } of numbers) sum.add(unscaled, scale);
      const exact = numbers.reduce(
        (total, { unscaled, scale }) => total + BigInt(unscaled) * 10n ** BigInt(SCALE - scale),
        0n,
      );
      expect(scaled(sum.text)).toBe(exact);
    }),
  );
});

test('a sum is told without needless zeros, and what is taken away again leaves nothing', () => {
  const sum = new DecimalSum();
  for (const text of ['12.50', '-0.1', '1e-3']) sum.addText(text);
  expect(sum.text).toBe('12.401');
  for (const text of ['12.50', '-0.1', '1e-3']) sum.addText(text, -1);
  expect(sum.text).toBe('0');
  expect(() => sum.addText('true')).toThrow('true is not a number');
});
