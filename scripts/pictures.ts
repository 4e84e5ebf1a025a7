import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { startChromium } from '../test/browser/chromium.ts';

/**
 * Makes the pictures in docs/pictures: what the demonstration's pages look like, and what commands write on a terminal.
 * `npm run pictures`
 */

const ROOT = resolve(import.meta.dirname, '..');
const PICTURES = join(ROOT, 'docs/pictures');
const MAIN = join(ROOT, 'src/main.ts');
const TERMINAL = join(ROOT, 'node_modules/@xterm/xterm');
const COLUMNS = 100;

/** What a person sees on a terminal who does these one after the other in the demonstration's folder. */
const SESSION = ['check transactions-by-channel', 'preview transactions-by-channel --rows 6', 'jobs'];

/** In the page: writes into a terminal that is as high as the text. */
const SHOW = `async ({ text, columns }) => {
  const looks = { fontSize: 14, lineHeight: 1.2, theme: { background: '#1b1b1b' }, cursorInactiveStyle: 'none' };
  const open = (rows) => new Terminal({ cols: columns, rows, ...looks });
  const written = (terminal) => new Promise((done) => terminal.write(text, done));
  const probe = open(500);
  await written(probe);
  const terminal = open(probe.buffer.active.cursorY + 1);
  terminal.open(document.querySelector('#screen'));
  await written(terminal);
}`;

const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-pictures-'));
mkdirSync(PICTURES, { recursive: true });
const browser = await startChromium();
try {
  const place = join(folder, 'demo');
  const demo = spawn(process.execPath, [MAIN, 'demo', '--keep', place], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await picturesOfPages(browser, await addressesOfPages(demo));
    await pictureOfTerminal(browser, place);
  } finally {
    demo.kill('SIGTERM');
    await once(demo, 'close');
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

interface Addresses {
  readonly dashboard: string;
  readonly status: string;
}

/** Resolves when the daemon has told where its pages are. */
async function addressesOfPages(demo: ReturnType<typeof spawn>): Promise<Addresses> {
  let text = '';
  for await (const chunk of demo.stderr ?? []) {
    text += chunk;
    const [, dashboard, status] = /Dashboard +(http:\S+)\s+Status page +(http:\S+)\n/.exec(text) ?? [];
    if (dashboard !== undefined && status !== undefined) return { dashboard, status };
  }
  throw new Error(`the demonstration ended: ${text}`);
}

async function picturesOfPages(browser: Browser, { dashboard, status }: Addresses): Promise<void> {
  const module = `${dashboard}/applications-by-channel`;
  const views = [
    { name: 'overview', address: status, width: 1280, colorScheme: 'light' },
    { name: 'overview-dark', address: status, width: 1280, colorScheme: 'dark' },
    { name: 'overview-phone', address: status, width: 360, colorScheme: 'light' },
    { name: 'job', address: `${status}/jobs/transactions-by-channel`, width: 1280, colorScheme: 'light' },
    { name: 'dashboard', address: dashboard, width: 1280, colorScheme: 'light' },
    { name: 'dashboard-dark', address: dashboard, width: 1280, colorScheme: 'dark' },
    { name: 'dashboard-phone', address: dashboard, width: 360, colorScheme: 'light' },
    { name: 'module', address: module, width: 1280, colorScheme: 'light' },
  ] as const;
  for (const { name, address, width, colorScheme } of views) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    await page.goto(address);
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
    await page.close();
  }
}

async function pictureOfTerminal(browser: Browser, place: string): Promise<void> {
  const texts = [];
  for (const command of SESSION)
    texts.push(`\x1b[1m$ pp-db-collector ${command}\x1b[0m\r\n${await writtenBy(command, place)}\r\n`);
  const page = await browser.newPage({ viewport: { width: 1000, height: 200 }, deviceScaleFactor: 1 });
  await page.setContent(
    '<body style="margin:0;background:#1b1b1b"><div id="screen" style="padding:12px"></div>',
  );
  await page.addStyleTag({ path: join(TERMINAL, 'css/xterm.css') });
  await page.addScriptTag({ content: readFileSync(join(TERMINAL, 'lib/xterm.js'), 'utf8') });
  await page.evaluate(`(${SHOW})(${JSON.stringify({ text: texts.join(''), columns: COLUMNS })})`);
  await page.locator('#screen').screenshot({ path: join(PICTURES, 'terminal.png') });
  await page.close();
}

/** What a command writes when a person sits before it: `script` gives it a terminal. */
async function writtenBy(command: string, place: string): Promise<string> {
  const words = `stty cols ${COLUMNS}; ${process.execPath} ${MAIN} ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--command', words, '/dev/null'], {
    cwd: place,
    env: { ...process.env, PAGER: 'cat', TERM: 'xterm-256color' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString('utf8');
}
