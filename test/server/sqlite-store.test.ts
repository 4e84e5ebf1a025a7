import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { recordsOf } from './memory-write-api.ts';
import { record, UPDATED_AT } from './store-kinds.ts';

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'write-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'data', 'write-api.sqlite');
}

function opened(file: string): Store {
  const store = openSqliteStore(file);
  onTestFinished(() => store.close());
  return store;
}

const idsOf = async (store: Store, dataSet: string) => (await recordsOf(store, dataSet)).map(({ id }) => id);

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
      import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, '../../src/server/store/sqlite/store.ts'))};
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
