import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/server/sqlite-store.ts';
import type { NewRecord, Store } from '../../src/server/store.ts';
import { recordsOf } from './memory-write-api.ts';

const UPDATED_AT = '2024-06-12T10:30:00+00:00';

function record(id: string, day = 5, count = 1): NewRecord {
  const timestamp = `2024-03-${String(day).padStart(2, '0')}T00:00:00+00:00`;
  return { id, timestamp, json: JSON.stringify({ _id: id, _timestamp: timestamp, count }) };
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'write-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'data', 'write-api.sqlite');
}

function opened(file = ':memory:'): Store {
  const store = openSqliteStore(file);
  onTestFinished(() => store.close());
  return store;
}

const idsOf = async (store: Store, dataSet: string) => (await recordsOf(store, dataSet)).map(({ id }) => id);

describe('a data set', () => {
  test('is read by timestamp, then in the order of arrival, however many pages it fills', async () => {
    const store = opened();
    const records = Array.from({ length: 2_500 }, (_, index) =>
      record(`id-${index}`, 28 - Math.floor(index / 100)),
    );
    await store.replace('a', records, UPDATED_AT);
    const ordered = records.toSorted((left, right) =>
      left.timestamp < right.timestamp ? -1 : left.timestamp > right.timestamp ? 1 : 0,
    );
    expect(await recordsOf(store, 'a')).toEqual(ordered.map((each) => ({ ...each, updatedAt: UPDATED_AT })));
  });

  test('can be written while it is read', async () => {
    const store = opened();
    await store.replace('a', [record('x'), record('y')], UPDATED_AT);
    for await (const { id } of store.records('a')) await store.remove('a', id);
    expect(await store.summary('a')).toEqual({ records: 0, from: null, to: null });
  });

  test('shares nothing with another, not even ids', async () => {
    const store = opened();
    await store.replace('a', [record('x', 5)], UPDATED_AT);
    await store.replace('b', [record('x', 6), record('y', 7)], UPDATED_AT);
    expect(await store.remove('a', 'y')).toBe(false);
    await store.empty('a');
    expect(await idsOf(store, 'a')).toEqual([]);
    expect(await store.summary('b')).toEqual({
      records: 2,
      from: '2024-03-06T00:00:00+00:00',
      to: '2024-03-07T00:00:00+00:00',
    });
  });

  test('that was never written holds nothing', async () => {
    const store = opened();
    expect(await store.summary('nothing')).toEqual({ records: 0, from: null, to: null });
    expect(await idsOf(store, 'nothing')).toEqual([]);
    expect(await store.remove('nothing', 'x')).toBe(false);
    await store.empty('nothing');
  });

  test('keeps nothing of a batch of which one record cannot be stored', async () => {
    const store = opened();
    await store.replace('a', [record('x')], UPDATED_AT);
    const broken = { ...record('z'), timestamp: null as unknown as string };
    await expect(store.replace('a', [record('y'), broken], UPDATED_AT)).rejects.toThrow('NOT NULL');
    expect(await idsOf(store, 'a')).toEqual(['x']);
  });
});

describe('a file', () => {
  test('is created with its folder and can be read by its owner only, its side files too', async () => {
    const file = temporaryFile();
    const store = opened(file);
    await store.replace('a', [record('x')], UPDATED_AT);
    for (const name of [file, `${file}-wal`, `${file}-shm`])
      expect(statSync(name).mode & 0o777, name).toBe(0o600);
  });

  test('keeps what was stored although the process is killed right after', async () => {
    const file = temporaryFile();
    const program = `
      import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, '../../src/server/sqlite-store.ts'))};
      const store = openSqliteStore(process.argv[1]);
      await store.replace('a', ${JSON.stringify([record('x'), record('y')])}, ${JSON.stringify(UPDATED_AT)});
      process.kill(process.pid, 'SIGKILL');`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program, file]);
    expect(signal).toBe('SIGKILL');
    expect(await idsOf(opened(file), 'a')).toEqual(['x', 'y']);
  });

  test('of something else is refused and left alone', () => {
    const file = join(temporaryFile(), '..', '..', 'other.sqlite');
    const other = new Database(file);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    expect(() => openSqliteStore(file)).toThrow('is a database of something else');
    const untouched = new Database(file);
    onTestFinished(() => void untouched.close());
    expect(untouched.pragma('journal_mode', { simple: true })).toBe('delete');
  });

  test.each([
    ['that is no database', (file: string) => writeFileSync(file, 'x'.repeat(5_000))],
    ['of a newer version', (file: string) => bumpVersion(file)],
  ])('%s is refused with a remedy', (_what, prepare) => {
    const file = join(temporaryFile(), '..', '..', 'other.sqlite');
    prepare(file);
    expect(() => openSqliteStore(file)).toThrow(
      expect.objectContaining({
        side: 'config',
        message: expect.stringContaining(file),
        remedy: expect.any(String),
      }),
    );
  });
});

function bumpVersion(file: string): void {
  void openSqliteStore(file).close();
  const database = new Database(file);
  database.pragma('user_version = 99');
  database.close();
}
