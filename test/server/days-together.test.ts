import { expect, test } from 'vitest';
import { daysTogether } from '../../src/server/store/days-together.ts';

const day = (groups: readonly string[], ...tallies: readonly (readonly (number | string)[])[]) =>
  groups.map((group) => [[group], tallies] as const);

test('days of a month are added up exactly where a month is one sum, and stay where it is kept by days', () => {
  const days = [
    day(['"a"'], [1, 2, 1, 0, 0.1]),
    day(['"a"', '"b"'], [1, 1, 0, 1, '9007199254740993']),
    day(['"b"'], [1, 1, 0, 0, 0.2], [7, 1, 0, 0, 5]),
  ];
  expect(daysTogether(days)).toEqual([
    [['"a"'], [[1, 3, 1, 1, '9007199254740993.1']]],
    [
      ['"b"'],
      [
        [1, 2, 0, 1, '9007199254740993.2'],
        [7, 1, 0, 0, 5],
      ],
    ],
  ]);
  expect(daysTogether([])).toEqual([]);
});

test('days are no month where one of them is not known, or where they would be more than is kept', () => {
  const groups = (first: number) => Array.from({ length: 2_500 }, (_, index) => `${first + index}`);
  const [one, other, third] = [0, 2_500, 5_000].map((first) => day(groups(first), [1, 1, 0, 0, 1]));
  expect(daysTogether([one ?? null, null])).toBeNull();
  expect(daysTogether([one ?? null, other ?? null])).toHaveLength(5_000);
  expect(daysTogether([one ?? null, other ?? null, third ?? null])).toBeNull();
});
