import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { SeenIds } from '../../src/records/duplicate-ids.ts';

const wordsOf = (id: number) => new Int32Array(hash('md5', String(id), 'buffer').buffer.slice(0, 16));

function noted(ids: SeenIds, id: number, row: number): ReturnType<SeenIds['compare']> {
  ids.note(wordsOf(id), row);
  return ids.compare();
}

test('a repeated id is found with the row that had it first', () => {
  const first = new SeenIds();
  for (let row = 1; row <= 50_000; row++) expect(noted(first, row, row)).toBeUndefined();
  expect(noted(first, 1, 50_001)).toEqual([1, 50_001]);
  const last = new SeenIds();
  for (let row = 1; row <= 50_000; row++) last.note(wordsOf(row), row);
  expect(last.compare()).toBeUndefined();
  expect(noted(last, 49_999, 50_002)).toEqual([49_999, 50_002]);
});

test('a repeated id is found whatever was compared when more room was made', () => {
  for (const rows of [4_096, 4_097, 16_384, 16_385]) {
    const ids = new SeenIds();
    for (let row = 1; row <= rows; row++) expect(noted(ids, row, row)).toBeUndefined();
    for (let row = 1; row <= 3; row++) ids.note(wordsOf(-row), rows + row);
    expect(noted(ids, rows, rows + 4)).toEqual([rows, rows + 4]);
    expect(ids.isComplete).toBe(true);
  }
});

test('of ids that are compared together the first that repeats is told, wherever its earlier one is', () => {
  const ids = new SeenIds();
  expect(noted(ids, 7, 1)).toBeUndefined();
  for (const [index, id] of [8, 9, 8, 7].entries()) ids.note(wordsOf(id), index + 2);
  expect(ids.compare()).toEqual([2, 4]);
});

test('ids differ that agree in one of the two words', () => {
  const ids = new SeenIds();
  const words: readonly (readonly [number, number])[] = [
    [1, 2],
    [1, 3],
    [4, 2],
    [2, 1],
    // In the table it lies where the first one does.
    [8_193, 2],
  ];
  for (const [index, pair] of words.entries()) ids.note(Int32Array.from(pair), index + 1);
  expect(ids.compare()).toBeUndefined();
});

test('a million ids are compared, in 16 MiB, and none beyond', () => {
  const before = process.memoryUsage().arrayBuffers;
  const ids = new SeenIds();
  const words = new Int32Array(2);
  for (let row = 1; row <= 1_000_000; row++) {
    words[0] = Math.imul(row, 0x9e3779b1);
    words[1] = row;
    ids.note(words, row);
    if (row % 1_000 === 0) expect(ids.compare()).toBeUndefined();
  }
  expect(ids.isComplete).toBe(false);
  ids.note(Int32Array.of(Math.imul(1, 0x9e3779b1), 1), 1_000_001);
  expect(ids.compare()).toBeUndefined();
  // The smaller tables that it grew out of included, for nobody says when their memory is taken back.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1_024 * 1_024);
});
