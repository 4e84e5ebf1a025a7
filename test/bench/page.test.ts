import { describe, expect, test } from 'vitest';
import type { Growth, Series } from '../../bench/growth/growth.ts';
import { seriesDrawing } from '../../bench/page/charts.ts';
import { performanceDocument } from '../../bench/page/document.ts';

const ROWS: Series = {
  name: 'rows',
  points: [
    { at: 1_000, seconds: 0.5, memory: 90_000_000, processor: 0.4, database: 0 },
    { at: 1_000_000, seconds: 2, memory: 120_000_000, processor: 1.5, database: 0.4 },
  ],
};
const JOBS: Series = { name: 'jobs', points: [{ at: 10_000, memory: 120_000_000, processor: 0.003 }] };
const GROWTH: Growth = {
  machine: '2 cores, Node 26',
  rounds: 5,
  database: 'PostgreSQL',
  series: [ROWS, JOBS],
};

describe('the charts', () => {
  test('have a line for each figure that was measured, and a name for each line', () => {
    const svg = seriesDrawing(ROWS);
    expect(svg.match(/<path d="M/g)).toHaveLength(4);
    for (const name of ['run', 'processor', 'database']) expect(svg).toContain(`>${name}</text>`);
    expect(svg).not.toContain('NaN');
  });

  test('survive a series of one point', () => {
    expect(seriesDrawing(JOBS)).not.toMatch(/NaN|Infinity/);
  });
});

describe('the page', () => {
  test('has a table beside each chart', () => {
    const text = performanceDocument(GROWTH, undefined);
    expect(text).toContain('![Rows of a run](performance/rows.svg)');
    expect(text).toContain('| 1,000,000 | 2.00 s | 1.50 s | 0.40 s | 120.0 MB |');
    expect(text).toContain('| 10,000 | 0.30 % | 120.0 MB |');
    expect(text).not.toContain('## Beside others');
  });

  test('has the ratios where they are given', () => {
    const figure = {
      id: 'postgresql/rate',
      what: 'rate ÷ plain',
      unit: 'times',
      value: 4.2,
      rounds: {},
    } as const;
    const text = performanceDocument(GROWTH, {
      machine: '2 cores, Node 26',
      rows: 1_000_000,
      rounds: 5,
      figures: [figure],
      omissions: [{ what: 'MySQL', because: 'no MySQL answers' }],
    });
    expect(text).toContain('| rate ÷ plain | 4.20 × |');
    expect(text).toContain('- MySQL: no MySQL answers');
  });
});
