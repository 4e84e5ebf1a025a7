import { expect, test } from 'vitest';
import { groupedDecimal } from '../../src/words/counts.ts';

test.each([
  ['0', '0'],
  ['1234567', '1,234,567'],
  ['-1234.5', '-1,234.5'],
  ['123456789012345678901.25', '123,456,789,012,345,678,901.25'],
  ['12.3456789', '12.345'],
  ['12.0001', '12'],
  ['0.00012345', '0.000123'],
])('%s is shown as %s', (text, shown) => {
  expect(groupedDecimal(text)).toBe(shown);
});
