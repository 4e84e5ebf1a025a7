import { expect, test } from 'vitest';
import { ANY_ROWS, unexpectedRows } from '../../src/collect/expected-rows.ts';

test.each([
  [3, { least: 3, most: undefined }, undefined],
  [2, { least: 3, most: undefined }, 'too few rows: 2, and expect.min_rows is 3'],
  [0, ANY_ROWS, undefined],
  [5, { least: 0, most: 5 }, undefined],
  [6, { least: 0, most: 5 }, 'too many rows: more than the 5 of expect.max_rows'],
])('%i rows where %o are expected: %s', (rows, expected, reason) => {
  expect(unexpectedRows(rows, expected)?.reason).toBe(reason);
});
