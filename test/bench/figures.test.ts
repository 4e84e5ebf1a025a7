import { describe, expect, test } from 'vitest';
import { compare } from '../../bench/figures/comparison.ts';
import { type Figure, valueText } from '../../bench/figures/figure.ts';
import { verdict } from '../../bench/figures/goals.ts';
import { median, spread } from '../../bench/figures/statistics.ts';
import { figuresTable } from '../../bench/figures/tables.ts';

const figure = (id: string, value: number, over: Partial<Figure> = {}): Figure => ({
  id,
  what: id,
  unit: 'times',
  value,
  rounds: {},
  ...over,
});

describe('statistics', () => {
  test('the median is the middle value, or the mean of the two in the middle', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 100, 6])).toBe(5);
    expect(() => median([])).toThrow('no values');
  });

  test('the spread is a part of the median', () => {
    expect(spread([9, 10, 12])).toBeCloseTo(0.3);
    expect(spread([0, 0])).toBe(0);
  });
});

describe('goals', () => {
  test('are reached from above where more is better', () => {
    expect(['missed', 'met', 'good']).toEqual(
      [3.59, 3.6, 4.5].map((value) => verdict('postgresql/rate', value)),
    );
  });

  test('are reached from below where less is better', () => {
    expect(['missed', 'met', 'good']).toEqual([7.1, 7, 5].map((value) => verdict('start-up/run', value)));
  });

  test('may have no second bound', () => {
    expect(verdict('gzip/rate', 10)).toBe('met');
  });

  test('judge nothing that they do not know', () => {
    expect(verdict('postgresql/rows', 1)).toBe('');
  });
});

describe('a comparison', () => {
  test('tells what became worse by more than a tenth, whichever way is better', () => {
    const earlier = [figure('postgresql/rate', 4), figure('start-up/run', 5), figure('memory/growth', 100)];
    const later = [figure('postgresql/rate', 3.5), figure('start-up/run', 5.4), figure('memory/growth', 50)];
    expect(compare(earlier, later)).toMatchObject([
      { gain: -0.125, isWorse: true },
      { gain: expect.closeTo(-0.08), isWorse: false },
      { gain: 0.5, isWorse: false },
    ]);
  });

  test('takes rates without a goal for better when they are higher', () => {
    const rate = (value: number) => figure('postgresql/rows', value, { unit: 'per second' });
    expect(compare([rate(100)], [rate(50)])).toMatchObject([{ isWorse: true }]);
  });

  test('leaves out what only one of them has', () => {
    expect(compare([figure('gzip/rate', 1)], [figure('gzip/bytes', 1)])).toEqual([]);
  });
});

test('values are written with their units', () => {
  expect([
    valueText(3.416, 'times'),
    valueText(0.2412, 'part'),
    valueText(0.0041, 'part'),
    valueText(126_400_000, 'bytes'),
    valueText(226_000.4, 'per second'),
  ]).toEqual(['3.42 ×', '24.1 %', '0.41 %', '126.4 MB', '226,000/s']);
});

test('the table says what a figure should reach, and what was not measured', () => {
  const text = figuresTable({
    figures: [figure('sqlite/rate', 2.1, { rounds: { plain: [1, 1.2], ours: [1] } })],
    omissions: [{ what: 'MySQL', because: 'no MySQL answers' }],
  });
  expect(text).toMatch(/2\.10 × .*2\.00 × .*2\.60 × .*met .*18 %/);
  expect(text).toContain('not measured: MySQL, because no MySQL answers');
});
