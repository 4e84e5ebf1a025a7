import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { newFile } from '../state/open-state.ts';
import { startStateProcess } from '../state/start-state-process.ts';

const KILLS = 10;

test('a process that is killed at any instant leaves each step whole or not begun, and a file that opens', async () => {
  const file = newFile();
  const journal = join(dirname(file), 'journal');
  let reached = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const process = await startStateProcess(file);
    expect(await process.does('take', 'a')).toEqual({ kind: 'lease' });
    const marching = process.does('march', 'a', reached + 1, journal).catch(() => undefined);
    await delay(Math.random() * 100);
    await process.kill9();
    await marching;

    const state = openSqliteState(file);
    const noted = existsSync(journal) ? Number(readFileSync(journal, 'utf8').trim().split('\n').at(-1)) : 0;
    // The process before may have been killed between a step and its note.
    const least = Math.max(noted, reached);
    reached = (await state.progressOf('a'))?.collectedTo ?? 0;
    expect([least, least + 1]).toContain(reached);
    expect((await state.countDeadLetters()).get('a') ?? 0).toBe(reached);
    expect(await state.pendingOf('a')).toEqual([]);
    await state.close();
  }
  expect(reached).toBeGreaterThan(0);
  const database = new Database(file, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
}, 60_000);
