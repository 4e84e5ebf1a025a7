import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDashboardPages } from '../../src/dashboards/pages/create-pages.ts';
import { readListQuery, readModuleQuery } from '../../src/dashboards/pages/page-query.ts';
import { MEASURES } from '../../src/model/dashboard.ts';
import { dashboardOf, everything } from '../dashboards/example-dashboards.ts';
import { dashboardServer } from '../server/dashboard-server.ts';
import { startChromium } from './chromium.ts';
import { complaintsOfAxe, openPage } from './looked-at.ts';

const CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'";

const pages = createDashboardPages(true);
const view = everything();
const listed = Array.from({ length: 8 }, (_, index) => {
  const { dashboard, views } = dashboardOf(view.views.slice(0, 1), {
    ...view.dashboard,
    slug: `visits-${index}`,
    published: true,
  });
  return { dashboard, measures: MEASURES.map((_measure, at) => (at === 0 ? views[0] : undefined)) };
});

const PAGES: Readonly<Record<string, string>> = {
  '/': pages.list(
    listed,
    listed.map(({ dashboard }) => dashboard),
    readListQuery({}),
  ),
  '/none/': pages.list([], [], readListQuery({ text: 'x' })),
  '/dashboards/visits': pages.dashboard(view),
  ...Object.fromEntries(
    // The others have nothing that these have not.
    [0, 4, 6, 10, 13]
      .flatMap((index) => view.views[index] ?? [])
      .map((each) => [
        `/dashboards/visits/${each.module.slug}`,
        pages.module(each, view.dashboard, readModuleQuery({ sort: '1', from: 'x' })),
      ]),
  ),
};

let browser: Browser;
let address: string;
const server = createServer(({ url = '/' }, response) => {
  const asset = pages.assets.get(url.replace(/^.*\/assets\//, ''));
  const body = asset?.body ?? PAGES[url.split('?', 1)[0] ?? ''];
  response.writeHead(body === undefined ? 404 : 200, {
    'content-type': asset?.type ?? 'text/html; charset=utf-8',
    'content-security-policy': CSP,
  });
  response.end(body);
});

beforeAll(async () => {
  browser = await startChromium();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await browser.close();
  server.close();
});

describe.each([320, 360, 1280])('at %i pixels', (width) => {
  test.each(['light', 'dark'] as const)(
    '%s pages of dashboards fit, and axe finds nothing',
    async (colorScheme) => {
      const page = await openPage(browser, { viewport: { width, height: 800 }, colorScheme });
      for (const path of Object.keys(PAGES)) {
        await page.goto(address + path);
        const [needed, given] = (await page.evaluate(
          '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
        )) as [number, number];
        expect(needed, `width of ${path}`).toBeLessThanOrEqual(given);
        expect(await complaintsOfAxe(page, colorScheme), path).toEqual([]);
      }
    },
  );

  test('no two texts of a chart touch, and none is cut off', async () => {
    const page = await openPage(browser, { viewport: { width, height: 800 } });
    await page.goto(`${address}/dashboards/visits`);
    expect(await page.evaluate(TOUCHING)).toEqual([]);
  });
});

const TOUCHING = `[...document.querySelectorAll('.drawing')].flatMap((drawing) => {
  const texts = [...drawing.querySelectorAll('text')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  const card = drawing.closest('.module').getBoundingClientRect();
  const cut = texts.filter(({ box }) => box.left < card.left || box.right > card.right).map(({ text }) => text + ' is cut off');
  const touching = texts.flatMap((one, index) => texts.slice(index + 1).filter(({ box }) =>
    one.box.left < box.right && box.left < one.box.right && one.box.top + 3 < box.bottom && box.top + 3 < one.box.bottom,
  ).map((other) => one.text + ' touches ' + other.text));
  return [...cut, ...touching];
})`;

test('pages are smaller than 100 kB', () => {
  for (const [path, body] of Object.entries(PAGES))
    expect(Buffer.byteLength(body), path).toBeLessThan(100_000);
});

test('what others wrote stays text', async () => {
  const page = await openPage(browser);
  await page.goto(`${address}/dashboards/visits`);
  expect(await page.locator('script, [onload]').count()).toBe(0);
});

test('printed, they are black on white, and no table is cut', async () => {
  const page = await openPage(browser, { viewport: { width: 800, height: 800 }, colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.goto(`${address}/dashboards/visits`);
  const looks = `['body', '.module', '.newest strong'].map((name) => {
    const { backgroundColor, color } = getComputedStyle(document.querySelector(name));
    return backgroundColor + ' ' + color;
  })`;
  expect(await page.evaluate(looks)).toEqual([
    'rgb(255, 255, 255) rgb(0, 0, 0)',
    'rgb(255, 255, 255) rgb(0, 0, 0)',
    'rgba(0, 0, 0, 0) rgb(0, 0, 0)',
  ]);
  expect(await page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflow")).toBe('visible');
});

test('a screen reader gets a sentence for each chart, and the table', async () => {
  const page = await openPage(browser);
  await page.goto(`${address}/dashboards/visits`);
  const chart = page.getByRole('img', { name: /^Gaps, by week/ });
  expect(await chart.getAttribute('aria-labelledby')).toBe('gaps_chart_title gaps_chart_description');
  expect(await page.locator('#gaps_chart_description').textContent()).toBe(
    '6 weeks, 1 to 7 Jan 2024 to 5 to 11 Feb 2024. The lowest is 4 in 1 to 7 Jan 2024, the highest at least 7 in ' +
      '5 to 11 Feb 2024, the newest at least 7 in 5 to 11 Feb 2024. 1 has no data and 1 is suppressed.',
  );
  const table = page.getByRole('table', { name: 'Gaps, as a table' });
  expect(await table.getByRole('row').count()).toBe(7);
  expect(await table.getByRole('cell').allTextContents()).toEqual([
    ...['at least 7', '6', 'suppressed', '5', 'no data', '4'],
  ]);
});

test('everything works without JavaScript', async () => {
  const { app, post } = dashboardServer({
    dashboards: {
      visits:
        'title: Visits\nmodules: [{ type: single_timeseries, title: Visits, data_set: a/b, period: month }]\n',
    },
  });
  await post([
    { _id: '1', _timestamp: '2024-02-05T00:00:00Z', count: 30 },
    { _id: '2', _timestamp: '2024-03-05T00:00:00Z', count: 20 },
  ]);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const page = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`);
  await page.getByRole('link', { name: 'Visits' }).click();
  await page.getByRole('heading', { level: 2 }).getByRole('link').click();
  const cells = () => page.getByRole('cell').allTextContents();
  expect(await cells()).toEqual(['20', '30']);
  await page.getByRole('columnheader', { name: 'Visits' }).getByRole('link').click();
  expect(await cells()).toEqual(['30', '20']);
  await page.getByLabel('to', { exact: true }).fill('2024-02-29');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await cells()).toEqual(['30']);
  await page.getByRole('link', { name: 'Show the newest' }).click();
  expect(await cells()).toEqual(['20', '30']);
});
