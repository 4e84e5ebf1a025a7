import { describe, expect, test } from 'vitest';
import { marksOf } from '../../src/dashboards/pages/chart-marks.ts';
import { labelledPeriods } from '../../src/dashboards/pages/period-axis.ts';
import { spread } from '../../src/dashboards/pages/series-keys.ts';
import { valueAxis } from '../../src/dashboards/pages/value-axis.ts';
import type { NumberFormat } from '../../src/model/dashboard.ts';
import { NONE, number, SUPPRESSED } from './example-dashboards.ts';

describe('the values of a chart', () => {
  const textsOf = (values: readonly number[], format: NumberFormat, isShare = false) =>
    valueAxis(values, format, isShare)
      .ticks.map(({ text }) => text)
      .join(' ');

  test.each<[readonly number[], NumberFormat, string]>([
    [[3, 4], { type: 'number' }, '0 1 2 3 4'],
    [[0, 0], { type: 'number' }, '0 1'],
    [[0.2, 1.1], { type: 'number' }, '0 0.2 0.4 0.6 0.8 1 1.2'],
    [[1_200, 9_000], { type: 'number' }, '0 2k 4k 6k 8k 10k'],
    [[28_608], { type: 'number' }, '0 10k 20k 30k'],
    [[1_315_000], { type: 'number' }, '0 0.5m 1m 1.5m'],
    [[-3_000, 12_345], { type: 'number' }, '−5k 0 5k 10k 15k'],
    [[9.8], { type: 'currency' }, '£0 £2 £4 £6 £8 £10'],
    [[0.4, 0.7], { type: 'percent' }, '0% 20% 40% 60% 80% 100%'],
    [[0.12], { type: 'percent' }, '0% 2% 4% 6% 8% 10% 12%'],
    [[0.012], { type: 'percent' }, '0% 0.2% 0.4% 0.6% 0.8% 1% 1.2%'],
    [[0.000_03], { type: 'percent' }, '0% 0.001% 0.002% 0.003%'],
    [[0.02], { type: 'number' }, '0 0.005 0.01 0.015 0.02'],
    [[6e-7], { type: 'number' }, '0 0.0000002 0.0000004 0.0000006'],
    [[0.02], { type: 'currency' }, '£0 £0.005 £0.01 £0.015 £0.02'],
    [[-0.2, 3], { type: 'percent' }, '−100% 0% 100% 200% 300%'],
    [[6.1e15], { type: 'number' }, '0 2,000,000bn 4,000,000bn 6,000,000bn 8,000,000bn'],
  ])('%j as %j: %s', (values, format, texts) => {
    expect(textsOf(values, format)).toBe(texts);
  });

  test('are shares of a whole up to 100%', () => {
    const texts = '0% 20% 40% 60% 80% 100%';
    expect(textsOf([0, 0.2], { type: 'percent' }, true)).toBe(texts);
    // Added up one by one.
    expect(textsOf([1 + 2 * Number.EPSILON], { type: 'percent' }, true)).toBe(texts);
  });

  test('hold shares of more than a whole, of which others are negative', () => {
    const { scale } = valueAxis([-0.5, 1.5], { type: 'percent' }, true);
    expect([scale(-0.5), scale(1.5)]).toEqual([240, 0]);
  });
});

describe('the periods of a chart', () => {
  const labels = (count: number, label: string) => Array.from({ length: count }, () => label);

  test('have names for which there is room, the newest one always, at equal distances', () => {
    expect(labelledPeriods(labels(12, 'Mar 2024'), 210)).toEqual([5, 11]);
    expect(labelledPeriods(labels(12, 'Mar 2024'), 410)).toEqual([2, 5, 8, 11]);
    expect(labelledPeriods(labels(3, 'Mar 2024'), 810)).toEqual([0, 1, 2]);
    expect(labelledPeriods(labels(24, '3:00pm, 5 June 2015'), 100)).toEqual([23]);
    expect(labelledPeriods(labels(1, 'Mar 2024'), 210)).toEqual([0]);
    expect(labelledPeriods([], 210)).toEqual([]);
  });
});

describe('series on each other', () => {
  const series = [
    { key: 1, name: 'top', figures: [NONE, number(4), number(4), number(4), NONE] },
    { key: 2, name: 'middle', figures: [number(3), SUPPRESSED, NONE, number(3), number(3)] },
    { key: 3, name: 'bottom', figures: [number(2), number(2), number(2), number(2), number(2)] },
  ];

  test('are broken above a gap, and do not sink to where they would be without it', () => {
    const marks = marksOf('stacked', series, 5);
    expect(marks.map(({ series: { name }, extents }) => [name, extents])).toEqual([
      ['top', [undefined, undefined, undefined, [5, 9], undefined]],
      ['middle', [[2, 5], undefined, undefined, [2, 5], [2, 5]]],
      ['bottom', Array.from({ length: 5 }, () => [0, 2])],
    ]);
  });

  test('are all broken where a share of the whole is not known', () => {
    const marks = marksOf('share', series, 5);
    for (const { extents } of marks) expect(extents.slice(1, 3)).toEqual([undefined, undefined]);
    expect(marks[2]?.extents[0]).toEqual([0, 2]);
  });

  test('that have not begun yet, or have ended, break nothing', () => {
    const [top, , bottom] = series as [(typeof series)[0], unknown, (typeof series)[0]];
    const marks = marksOf('stacked', [bottom, { ...top, key: 2 }], 5);
    expect(marks[0]?.extents).toEqual([
      [0, 2],
      [4, 6],
      [4, 6],
      [4, 6],
      [0, 2],
    ]);
  });
});

test('keys of series that end at the same place stand apart, and beside the chart', () => {
  const placesOf = (ends: readonly number[]) =>
    spread(ends.map((end, index) => ({ key: index + 1, end }))).map(({ key, place }) => [key, place]);
  expect(placesOf([100, 20, 200])).toEqual([
    [2, 20],
    [1, 100],
    [3, 200],
  ]);
  expect(placesOf([100, 100])).toEqual([
    [1, 100],
    [2, 114],
  ]);
  expect(placesOf([240, 240, 239])).toEqual([
    [3, 212],
    [1, 226],
    [2, 240],
  ]);
});
