import { describe, expect, test } from 'vitest';
import { moduleCsv } from '../../src/dashboards/module-documents.ts';
import { createDashboardPages } from '../../src/dashboards/pages/create-pages.ts';
import { readModuleQuery } from '../../src/dashboards/pages/page-query.ts';
import { dashboardOf, number, viewOf } from './example-dashboards.ts';

const pages = createDashboardPages(true);

/** Of the first office 1 a month, of the second 2, and so on. */
const offices = (count: number, show = 'stacked') =>
  viewOf(`type: grouped_timeseries, title: Offices, period: month, group_by: office, show: ${show}`, {
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `Office ${String(index + 1).padStart(4, '0')}`,
        Array.from({ length: 12 }, () => number(index + 1)),
      ]),
    ),
  });

describe('of a thousand groups', () => {
  const view = offices(1_000);
  const { dashboard } = dashboardOf([view]);
  const headsOf = (page: string) =>
    [...page.matchAll(/<th scope="col".*?<\/th>/g)].map(([head]) => head.replace(/<[^>]*>/g, ''));

  test('a dashboard shows the largest, and their total', () => {
    const three = ['stacked', 'lines', 'share'].map((show) => offices(1_000, show));
    expect(Buffer.byteLength(pages.dashboard(dashboardOf(three)))).toBeLessThan(100_000);
    const page = pages.dashboard(dashboardOf([view]));
    const heads = headsOf(page);
    expect([heads.length, heads[1], heads.at(-2), heads.at(-1)]).toEqual([
      ...[26, 'Office 0977', 'Office 1000', 'Total'],
    ]);
    expect(page).toContain('<td>500,500</td>');
    expect(page).toContain('The table shows the 24 largest of 1,000; CSV and JSON have all of them.');
    expect(page).toContain('988 others');
  });

  test('a module by itself shows all its rows, of more groups', () => {
    const page = pages.module(view, dashboard, readModuleQuery({ from: '2023-04-01', to: '2024-03-31' }));
    expect(Buffer.byteLength(page)).toBeLessThan(100_000);
    expect([headsOf(page).length, page.match(/<th scope="row">/g)?.length]).toEqual([202, 12]);
    expect(page).toContain('The table shows the 200 largest of 1,000; CSV and JSON have all of them.');
  });

  test('CSV has all', () => {
    expect(moduleCsv(view, 'Europe/London').split('\r\n')[0]?.split(',')).toHaveLength(1_005);
  });
});

test('what is not drawn by itself is one other, or several', () => {
  const view = offices(13);
  expect(pages.dashboard(dashboardOf([view]))).toContain('1 other<');
});
