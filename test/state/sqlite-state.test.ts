import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunResult } from '../../src/collect/interfaces.ts';
import { openSqliteState } from '../../src/state/sqlite-state.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(folder, 'new', 'collector.sqlite');
});

afterEach(() => rmSync(folder, { recursive: true }));

const NOTHING = { rows: 0, records: 0, requests: 0, bytesSent: 0 };
const result = (over: Partial<RunResult> = {}): RunResult => ({
  job: 'a',
  outcome: 'succeeded',
  startedAt: 1_000,
  endedAt: 2_000,
  window: { from: 10, to: 20 },
  failure: undefined,
  rows: 3,
  records: 3,
  requests: 1,
  bytesSent: 99,
  ...over,
});

test('progress and runs are there after the file is opened again', () => {
  const state = openSqliteState(file);
  expect(state.progressOf('a')).toBeUndefined();
  const run = state.beginRun('a', 1_000);
  state.windowAcknowledged(run, 'a', 20, { ...NOTHING, rows: 3 });
  state.endRun(run, result());
  state.close();

  const again = openSqliteState(file);
  expect(again.progressOf('a')).toBe(20);
  expect(again.runs({ limit: 10 })).toEqual([result()]);
  again.close();
});

test('progress never moves backwards', () => {
  const state = openSqliteState(':memory:');
  const run = state.beginRun('a', 1_000);
  state.windowAcknowledged(run, 'a', 20, NOTHING);
  state.windowAcknowledged(run, 'a', 10, NOTHING);
  state.windowAcknowledged(run, 'a', undefined, NOTHING);
  expect(state.progressOf('a')).toBe(20);
  state.close();
});

test('runs are filtered by job and outcome, newest first; failures outlive successes', () => {
  const state = openSqliteState(':memory:');
  const day = 86_400_000;
  const failure = { side: 'source', message: 'gone', remedy: 'start it' } as const;
  const add = (over: Partial<RunResult>) => {
    const full = result(over);
    state.endRun(state.beginRun(full.job, full.startedAt), full);
  };
  add({ startedAt: 0, outcome: 'failed', failure, window: undefined });
  add({ startedAt: 1 });
  add({ startedAt: 2, job: 'b' });
  expect(state.runs({ limit: 10 }).map(({ startedAt }) => startedAt)).toEqual([2, 1, 0]);
  expect(state.runs({ limit: 10, job: 'a' }).map(({ startedAt }) => startedAt)).toEqual([1, 0]);
  expect(state.runs({ limit: 10, failedOnly: true })[0]?.failure).toEqual(failure);
  add({ startedAt: 91 * day });
  expect(state.runs({ limit: 10 }).map(({ startedAt }) => startedAt)).toEqual([91 * day, 0]);
  state.close();
});

test('the file can be read by its owner only', () => {
  openSqliteState(file).close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that is no database, or one of something else, is refused and left as it is', () => {
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'these are notes, not a state\n'.repeat(100));
  expect(() => openSqliteState(text)).toThrow(`the state file ${text} is damaged, or not a state file`);
  expect(readFileSync(text, 'utf8')).toContain('these are notes');

  const foreign = join(folder, 'foreign.sqlite');
  new Database(foreign).exec('CREATE TABLE accounts (id)').close();
  expect(() => openSqliteState(foreign)).toThrow(`the file ${foreign} is a database of something else`);
});

test('a damaged file is refused', () => {
  const state = openSqliteState(file);
  for (let index = 0; index < 200; index++)
    state.endRun(state.beginRun('a', index), result({ startedAt: index }));
  state.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4_096 * 2, 4_096 * 4);
  writeFileSync(file, bytes);
  expect(() => openSqliteState(file)).toThrow('is damaged');
});

test('a file of a newer version is refused', () => {
  openSqliteState(file).close();
  const database = new Database(file);
  database.pragma('user_version = 99');
  database.close();
  expect(() => openSqliteState(file)).toThrow('was written by a newer pp-db-collector');
});
