import { describe, expect, test } from 'vitest';
import type { Figure } from '../../src/dashboards/figure.ts';
import { figureText, withoutText } from '../../src/dashboards/figure-text.ts';
import { figuresTable } from '../../src/dashboards/figures-table.ts';
import type { ModuleFigures } from '../../src/dashboards/module-figures.ts';
import { at, moduleOf } from './figures-of.ts';

const number = (value: number, missing = 0, suppressed = 0): Figure => ({
  ...{ kind: 'number', value, text: String(value), missing, suppressed },
  atLeast: missing > 0,
});
const NONE: Figure = { kind: 'no data' };

const figures: ModuleFigures = {
  period: 'week',
  periods: [at('2014-12-22'), at('2014-12-29')],
  series: [
    { group: 'paper', figures: [number(10), number(5)] },
    { group: undefined, figures: [NONE, number(15)] },
  ],
  totals: [number(10), number(20)],
  overall: number(30),
  headline: undefined,
};

describe('the table of a module', () => {
  const textsOf = (text: string) => {
    const module = moduleOf(`${text}, title: Visits, period: week`);
    const { columns, rows } = figuresTable(module, figures, 'Europe/London');
    return [
      ['', ...columns],
      ...rows.map((row) => [row.label, ...row.figures.map((figure) => figureText(figure, module.format))]),
    ];
  };

  test('has the newest period first, a column for each group, and their total', () => {
    expect(textsOf('type: table, group_by: channel')).toEqual([
      ['', 'paper', 'not given', 'Total'],
      ['29 Dec 2014 to 4 Jan 2015', '5', '15', '20'],
      ['22 to 28 Dec 2014', '10', 'no data', '10'],
    ]);
  });

  test('has no column without a name', () => {
    const series = ['', ' ', '0'].map((group) => ({ group, figures: [number(1)] }));
    const module = moduleOf('type: table, title: Visits, period: week, group_by: channel');
    const { columns } = figuresTable(module, { ...figures, series }, 'Europe/London');
    expect(columns).toEqual(['empty', 'empty', '0', 'Total']);
  });

  test('calls what means are of all, and no total', () => {
    const [heads] = textsOf('type: table, group_by: channel, collect: mean');
    expect(heads).toEqual(['', 'paper', 'not given', 'All']);
  });

  test('has shares where shares are shown', () => {
    expect(textsOf('type: grouped_timeseries, group_by: channel, show: share, format: percent')).toEqual([
      ['', 'paper', 'not given'],
      ['29 Dec 2014 to 4 Jan 2015', '25%', '75%'],
      ['22 to 28 Dec 2014', '100%', 'no data'],
    ]);
  });
});

test.each<[Figure, string, string | undefined]>([
  [number(1_234.5), '1,235', undefined],
  [number(1_234, 3, 2), 'at least 1,234', 'without 2 suppressed numbers and 1 missing number'],
  [number(5, 1, 1), 'at least 5', 'without 1 suppressed number'],
  [number(5, 2), 'at least 5', 'without 2 missing numbers'],
  [{ kind: 'suppressed' }, 'suppressed', undefined],
  [NONE, 'no data', undefined],
])('%o reads %s', (figure, text, without) => {
  expect(figureText(figure, { type: 'number' })).toBe(text);
  expect(withoutText(figure)).toBe(without);
});
