import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { SeenIds } from '../../src/records/duplicate-ids.ts';

const idOf = (row: number) => hash('sha256', String(row), 'hex').slice(0, 32);

test('a repeated id is found with the row that had it first', () => {
  const ids = new SeenIds();
  for (let row = 1; row <= 50_000; row++) expect(ids.add(idOf(row), row)).toBeUndefined();
  expect(ids.add(idOf(1), 50_001)).toBe(1);
  expect(ids.add(idOf(49_999), 50_002)).toBe(49_999);
});

test('a million ids are compared, in 16 MiB, and none beyond', () => {
  const before = process.memoryUsage().arrayBuffers;
  const ids = new SeenIds();
  let repeats = 0;
  for (let row = 1; row <= 1_000_000; row++)
    if (ids.add(`${row}`.padStart(32, '0'), row) !== undefined) repeats++;
  expect(repeats).toBe(0);
  expect(ids.isComplete).toBe(false);
  expect(ids.add('1'.padStart(32, '0'), 1_000_001)).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(17 * 1_024 * 1_024);
});
