import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DaemonView } from '../../src/status/daemon-view.ts';
import { exampleView, FIGURES, healthyView, NOW } from '../status/example-view.ts';
import { startChromium } from './chromium.ts';
import { complaintsOfAxe, openPage } from './looked-at.ts';
import { serveStatus } from './status-site.ts';

const WORD = 'word'.repeat(60);
const HOSTILE = `"><script>alert(1)</script><b onload='x'>${WORD}`;

/** So many jobs that all controls of the page are there, the last of them with a name that no file should have. */
async function crowdedView(): Promise<DaemonView> {
  const examples = await exampleView().jobs();
  const copies = Array.from({ length: 17 }, (_, copy) =>
    examples.map((view) => ({ ...view, name: `${view.name}-${copy}` })),
  ).flat();
  const hostile = { ...examples[2], name: HOSTILE, problems: [HOSTILE] } as (typeof examples)[number];
  const lastReload = () => ({ at: NOW, problems: [HOSTILE] });
  const jobs = [...copies, hostile];
  const recentRuns = () => exampleView().recentRuns('completion-rate');
  return exampleView({ jobs: async () => jobs, recentRuns, recentRecords, lastReload });
}

/** The same of every job. */
const recentRecords = async (names: readonly string[]) => new Map(names.map((name) => [name, FIGURES]));

const SITES = {
  example: exampleView(),
  healthy: healthyView(),
  crowded: await crowdedView(),
  empty: exampleView({ jobs: async () => [] }),
};

const PAGES: readonly (readonly [keyof typeof SITES, string])[] = [
  ['example', '/'],
  ['crowded', '/?page=2&refresh=off'],
  ['empty', '/'],
  ['example', '/jobs/completion-rate'],
  ['example', '/jobs/visits-by-office'],
  ['example', '/jobs/digital-take-up'],
  ['example', '/jobs/transactions-by-channel'],
  ['example', '/jobs/applications-waiting?run=queued'],
  ['example', '/jobs/call-centre-calls'],
];

let browser: Browser;
const opened = new AsyncDisposableStack();
const addresses: Record<string, string> = {};

beforeAll(async () => {
  browser = await startChromium();
  opened.defer(() => browser.close());
  for (const [name, view] of Object.entries(SITES)) {
    addresses[name] = opened.use(await serveStatus(view)).address;
  }
});

afterAll(() => opened.disposeAsync());

describe.each([360, 1280])('at %i pixels', (width) => {
  test.each(['light', 'dark'] as const)('%s pages fit, and axe finds nothing', async (colorScheme) => {
    const page = await openPage(browser, { viewport: { width, height: 800 }, colorScheme });
    const ground = { light: 'rgb(251, 251, 250)', dark: 'rgb(16, 19, 22)' }[colorScheme];
    for (const [site, path] of PAGES) {
      await page.goto(addresses[site] + path);
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      const [needed, given, colour] = (await page.evaluate(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth, getComputedStyle(document.body).backgroundColor]',
      )) as [number, number, string];
      expect(needed, `width of ${path}`).toBeLessThanOrEqual(given);
      expect(colour).toBe(ground);
      expect(await complaintsOfAxe(page, colorScheme), path).toEqual([]);
    }
  });
});

test('what others wrote stays text', async () => {
  const page = await openPage(browser);
  await page.goto(`${addresses.crowded}/`);
  expect(await page.locator('script, b, [onload]').count()).toBe(0);
  expect(await page.locator('th a').getByText(HOSTILE, { exact: true }).count()).toBe(1);
});

test('everything works without JavaScript', async () => {
  const page = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(`${addresses.crowded}/`);
  await page.getByRole('link', { name: 'Next' }).click();
  expect(page.url()).toContain('?page=2');
  await page.getByLabel('Name, description or data set').fill('completion');
  await page.getByLabel('State', { exact: true }).selectOption('failing');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await page.getByRole('row').count()).toBe(18);
  await page.getByRole('link', { name: 'Stop refreshing' }).click();
  expect(await page.getByRole('row').count()).toBe(18);
  await page.goto(`${addresses.example}/?refresh=off`);
  await page.getByRole('heading', { level: 1 }).getByRole('link').click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('applications-waiting');
  await page.getByRole('link', { name: 'All jobs' }).click();
  expect(page.url()).toBe(`${addresses.example}/?refresh=off`);
});

test('a page refreshes itself until somebody stops it', async () => {
  const page = await openPage(browser);
  const asked: string[] = [];
  await page.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      asked.push(`${new URL(route.request().url()).search} ${headers.refresh ?? 'never'}`);
      // Nobody waits for half a minute; the second time nothing is changed, so that it stays.
      await route.fulfill({ response, headers: asked.length === 1 ? { ...headers, refresh: '1' } : headers });
    },
  );
  await page.goto(`${addresses.healthy}/`);
  await expect.poll(() => asked.length).toBe(2);
  await page.getByRole('link', { name: 'Stop refreshing' }).click();
  await page.unrouteAll({ behavior: 'wait' });
  expect(asked).toEqual([' 30', ' 30', '?refresh=off never']);
});

test('whoever uses the keyboard sees where they are', async () => {
  const page = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  await page.goto(`${addresses.crowded}/`);
  const seen: string[] = [];
  for (let step = 0; step < 20; step++) {
    await page.keyboard.press('Tab');
    const [text, style, width, isInView] = (await page.evaluate(FOCUSED)) as [
      string,
      string,
      number,
      boolean,
    ];
    seen.push(text);
    expect([style, width >= 3, isInView], text).toEqual(['solid', true, true]);
  }
  expect(seen.slice(0, 3)).toEqual(['Skip to the content', 'pp-db-collector', 'Stop refreshing']);
});

const FOCUSED = `(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom, width } = element.getBoundingClientRect();
  return [element.textContent, outlineStyle, parseFloat(outlineWidth), width > 10 && bottom > 0 && top < innerHeight];
})()`;

test('a run can be asked for by a button where a token is set', async () => {
  const asked: string[] = [];
  const view = exampleView({
    runNow: async (name) => {
      asked.push(name);
      return 'queued';
    },
  });
  const site = opened.use(await serveStatus(view, 'status-token'));
  const page = await openPage(browser, {
    javaScriptEnabled: false,
    httpCredentials: { username: 'me', password: 'status-token' },
  });
  await page.goto(`${site.address}/jobs/completion-rate`);
  await page.getByRole('button', { name: 'Run now' }).click();
  expect(await page.getByRole('status').textContent()).toContain('A run is asked for');
  expect(asked).toEqual(['completion-rate']);
});

test.each([
  [30, { width: 1280, height: 800 }],
  [8, { width: 360, height: 740 }],
])('%i jobs are seen at once on a screen of %j', async (count, viewport) => {
  const [job] = await healthyView().jobs();
  if (job === undefined) throw new Error('there is no job');
  const jobs = Array.from({ length: count }, (_, index) => ({ ...job, name: `${job.name}-${index}` }));
  const site = opened.use(await serveStatus(healthyView({ jobs: async () => jobs, recentRecords })));
  const page = await openPage(browser, { viewport });
  await page.goto(`${site.address}/`);
  const last = await page.getByRole('row').last().boundingBox();
  expect(last && last.y + last.height).toBeLessThanOrEqual(viewport.height);
});

test('a table that looks like cards is a table still', async () => {
  const page = await openPage(browser, { viewport: { width: 360, height: 800 } });
  await page.goto(`${addresses.example}/`);
  const row = page.getByRole('row').filter({ hasText: 'transactions-by-channel' });
  expect(await row.getByRole('cell').count()).toBe(7);
  expect(await page.getByRole('columnheader', { name: 'Collected up to' }).count()).toBe(1);
});
