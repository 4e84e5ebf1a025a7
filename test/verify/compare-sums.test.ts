import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecimalSum } from '../../src/model/decimal-sum.ts';
import { isSameSum } from '../../src/verify/compare-sums.ts';
import { FieldSum } from '../../src/verify/day-sums.ts';

function sumOf(numbers: readonly string[]): FieldSum {
  const sum = new FieldSum();
  for (const number of numbers) sum.add(number);
  return sum;
}

/** As a server adds that has nothing but doubles. */
const asDoubles = (numbers: readonly string[]) =>
  String(numbers.reduce((sum, number) => sum + Number(number), 0));

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.integer({ min: 0, max: 12 }))
  .map(([unscaled, scale]) => {
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
    const point = digits.length - scale;
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
  });

test('what doubles round when they are added, in whatever order, is no difference', () => {
  fc.assert(
    fc.property(fc.array(decimals, { minLength: 1, maxLength: 200 }), (numbers) => {
      const sum = sumOf(numbers);
      expect(isSameSum(sum, asDoubles(numbers), numbers.length)).toBe(true);
      expect(isSameSum(sum, asDoubles(numbers.toReversed()), numbers.length)).toBe(true);
      expect(isSameSum(sum, sum.sum.text, numbers.length)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('one unit of whole numbers is a difference, however many there are', () => {
  const most = Math.floor(2 ** 53 / 1_000) - 1;
  const numbers = fc.array(fc.integer({ min: -most, max: most }), { minLength: 1, maxLength: 999 });
  fc.assert(
    fc.property(numbers, fc.constantFrom('1', '-1'), (numbers, change) => {
      const texts = numbers.map(String);
      const changed = new DecimalSum();
      for (const text of [...texts, change]) changed.addText(text);
      expect(isSameSum(sumOf(texts), changed.text, texts.length)).toBe(false);
    }),
  );
});

test.each([
  [['0.1', '0.2'], '0.30000000000000004', true],
  [['0.1', '0.2'], '0.31', false],
  [Array(10_000).fill('19.99'), '199900.01', false],
  [['9007199254740993'], '9007199254740992', true],
  [['9007199254740993'], '9007199254740999', false],
  [['1e3', '2'], '1.002e+3', true],
])('sum %#', (numbers, dataSet, isSame) => {
  expect(isSameSum(sumOf(numbers), dataSet, numbers.length)).toBe(isSame);
});

test('a field without numbers is something else than one whose sum is 0', () => {
  expect(isSameSum(undefined, undefined, 3)).toBe(true);
  expect(isSameSum(undefined, '0', 3)).toBe(false);
  expect(isSameSum(sumOf(['0']), undefined, 3)).toBe(false);
});
