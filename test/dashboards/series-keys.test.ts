import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { expect } from 'vitest';
import { drawnSeries } from '../../src/dashboards/pages/drawn-series.ts';
import { legend } from '../../src/dashboards/pages/series-keys.ts';
import { STORE_TESTS } from '../server/store-kinds.ts';
import { at, dataSetOf, figuresOf, moduleOf } from './figures-of.ts';

for (const [name, test] of STORE_TESTS)
  test(`the legend has the numbers of the period that the headline is of, in ${name}`, async ({ store }) => {
    const dataSet = await dataSetOf(store, [
      ['2024-01-05', { channel: 'digital', count: 70 }],
      ['2024-02-05', { channel: 'digital', count: 75 }],
      ['2024-02-06', { channel: 'paper', count: 25 }],
    ]);
    const module = moduleOf(
      'type: grouped_timeseries, title: Visits, period: month, value: count, collect: sum, group_by: channel, show: stacked',
    );
    // March is over, and nothing of it has arrived.
    const figures = await figuresOf(store, dataSet, module, { now: at('2024-04-15') });
    const page = render(legend(module, drawnSeries(module, figures), figures) as VNode);
    expect([...page.matchAll(/class="amount">([^<]*)/g)].map(([, amount]) => amount)).toEqual(['75', '25']);
  });
