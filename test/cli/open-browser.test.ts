import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBrowser } from '../../src/cli/shell/open-browser.ts';

/** Where nothing is found but the openers that tests put there. */
let folder: string;
const path = process.env.PATH;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-'));
  process.env.PATH = folder;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

const opener = (script: string) =>
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o700 });

test('the browser is handed the address as it is', async () => {
  opener(`printf %s "$1" > ${join(folder, 'address')}`);
  expect(await openBrowser('http://127.0.0.1:9464/?a=$(id)')).toBeUndefined();
  expect(readFileSync(join(folder, 'address'), 'utf8')).toBe('http://127.0.0.1:9464/?a=$(id)');
});

test('why it could not be opened is said in a clause', async () => {
  expect(await openBrowser('http://127.0.0.1:9464')).toBe('xdg-open is not installed');
  opener('exit 3');
  expect(await openBrowser('http://127.0.0.1:9464')).toBe('xdg-open ended with code 3');
});
