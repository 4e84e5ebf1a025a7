import { expect, test } from 'vitest';
import { createDashboardPages } from '../../src/dashboards/pages/create-pages.ts';
import { dashboardOf, number, viewOf } from './example-dashboards.ts';

test('whatever modules are called, each id on a page is that of one thing', () => {
  const titles = ['Content', 'Visits', 'Visits title', 'Visits chart title', 'Visits chart description'];
  const views = titles.map((title) =>
    viewOf(`type: single_timeseries, title: ${title}, period: month`, { '': [number(1)] }),
  );
  const page = createDashboardPages(true).dashboard(dashboardOf(views));
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(ids).toHaveLength(1 + 4 * titles.length);
  expect(new Set(ids).size).toBe(ids.length);
});
