import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createPages } from '../../src/status/pages/create-pages.ts';
import { exampleView } from '../status/example-view.ts';
import { listeningWith } from '../status/server-under-test.ts';
import { startChromium } from './chromium.ts';

const JOB = 'transactions-by-channel';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium('--host-resolver-rules=MAP *.example 127.0.0.1');
}, 300_000);
afterAll(() => browser.close());

/** A status server with the real pages, and a browser that knows its token. */
async function site() {
  const asked: string[] = [];
  const runNow = async (name: string) => {
    asked.push(name);
    return 'queued' as const;
  };
  const pages = createPages(exampleView({ runNow }), { canRunNow: true });
  const { port } = await listeningWith({ runNow }, { token: 'secret', pages });
  const context = await browser.newContext({ httpCredentials: { username: 'me', password: 'secret' } });
  onTestFinished(() => context.close());
  return { asked, port, context };
}

/** What a page of another site shows after its form was sent to us. */
async function sentFromElsewhere(context: BrowserContext, address: string): Promise<string> {
  const page = await context.newPage();
  const action = `${address}/api/jobs/${JOB}/run`;
  await page.route('http://evil.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method=post action="${action}"><button>Go</button></form>`,
    }),
  );
  await page.goto('http://evil.example/');
  await page.getByRole('button').click();
  await page.waitForURL(action);
  return (await page.textContent('body')) ?? '';
}

// For the second address, which is plain HTTP over a network, browsers send no Sec-Fetch-Site.
describe.each(['127.0.0.1', 'status.example'])('at http://%s', (host) => {
  test('the button of the job page starts a run and comes back to the page', async () => {
    const { asked, port, context } = await site();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`http://${host}:${port}/jobs/${JOB}`);
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.waitForURL(`http://${host}:${port}/jobs/${JOB}?run=queued`);
    expect(asked).toEqual([JOB]);
    expect(complaints).toEqual([]);
  });

  test('a form of another site starts none, although the browser remembers the token', async () => {
    const { asked, port, context } = await site();
    const page = await context.newPage();
    await page.goto(`http://${host}:${port}/`);
    expect(await sentFromElsewhere(context, `http://${host}:${port}`)).toContain('Another site');
    expect(asked).toEqual([]);
  });
});
