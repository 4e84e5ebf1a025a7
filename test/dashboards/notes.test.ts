import { expect, test } from 'vitest';
import { noteLabels } from '../../src/dashboards/pages/notes.ts';

/** The labels of notes at these places, in percent of the width. */
const labelsOf = (...places: readonly number[]) => {
  const notes = places.map((_, index) => ({
    letter: String.fromCharCode(65 + index),
    index,
    note: { at: 0, text: '' },
  }));
  return noteLabels(notes, (index) => places[index] ?? 0).map(({ place, text }) => [place, text]);
};

test('letters of notes that would touch each other share a place', () => {
  expect(labelsOf(0, 50, 100)).toEqual([
    [0, 'A'],
    [50, 'B'],
    [100, 'C'],
  ]);
  expect(labelsOf(10, 12, 60)).toEqual([
    [10, 'A B'],
    [60, 'C'],
  ]);
});

test('many of them are told by the first and the last, however many there are', () => {
  expect(labelsOf(...Array.from({ length: 20 }, (_, index) => 30 + index))).toEqual([
    [30, 'A–O'],
    [45, 'P–T'],
  ]);
});

test('letters that reach those before them join them', () => {
  expect(labelsOf(20, 28, 28, 28)).toEqual([[20, 'A–D']]);
});
