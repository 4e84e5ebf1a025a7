import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/state/sqlite/open-database.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { keysOf, letterOf, resultOf, stepOf } from './examples.ts';
import { leaseOf, newFile, opened } from './open-state.ts';
import { startProcess } from './start-state-process.ts';

let file: string;

beforeEach(() => {
  file = newFile();
});

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the file', () => {
  test('can be read by its owner only, and so can the files beside it', async () => {
    const state = await opened(file);
    await leaseOf(state);
    expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
  });

  test('of a state is made private when it was not', async () => {
    await openSqliteState(file).close();
    chmodSync(file, 0o644);
    await leaseOf(await opened(file));
    expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
  });

  test('is synchronised with the disk at every transaction, and forgets what is deleted', () => {
    const database = openDatabase(file);
    const settings = ['journal_mode', 'synchronous', 'secure_delete', 'foreign_keys'];
    const values = settings.map((setting) => database.pragma(setting, { simple: true }));
    database.close();
    expect(values).toEqual(['wal', 2, 1, 1]);
  });

  test('holds everything once it is closed: no log stays beside it', async () => {
    const state = await opened(file);
    await leaseOf(state);
    await state.acknowledged('a', 1, stepOf({ deadLetters: [letterOf('x')] }));
    await state.close();
    await state.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(await keysOf(await opened(file), 'a')).toEqual(['x']);
  });

  test('that another process is just creating is waited for', async () => {
    const process = await startProcess();
    mkdirSync(dirname(file));
    await process.does('hold', file, 300);
    await leaseOf(await opened(file));
  });

  test('can be created by many processes at once', async () => {
    const processes = await Promise.all(Array.from({ length: 6 }, () => startProcess()));
    await Promise.all(processes.map((process) => process.does('open', file, {})));
    await Promise.all(processes.map((process, index) => process.does('take', `job ${index}`)));
  });
});

describe('refused, and left as it is:', () => {
  test('a file that is no database', () => {
    const text = join(dirname(dirname(file)), 'notes.txt');
    writeFileSync(text, 'these are notes, not a state\n'.repeat(100), { mode: 0o644 });
    expect(() => openSqliteState(text)).toThrow(`the state file ${text} is damaged, or not a state file`);
    expect(readFileSync(text, 'utf8')).toBe('these are notes, not a state\n'.repeat(100));
    expect(modeOf(text)).toBe('644');
  });

  test('a database of something else', () => {
    const foreign = join(dirname(dirname(file)), 'foreign.sqlite');
    new Database(foreign).exec('CREATE TABLE accounts (id)').close();
    chmodSync(foreign, 0o664);
    const bytes = readFileSync(foreign);
    expect(() => openSqliteState(foreign)).toThrow(`the file ${foreign} is a database of something else`);
    expect(readFileSync(foreign).equals(bytes)).toBe(true);
    expect(modeOf(foreign)).toBe('664');
  });

  test('a damaged file', async () => {
    const state = openSqliteState(file);
    for (let index = 0; index < 200; index++)
      await state.endRun(await state.beginRun('a', index), resultOf({ startedAt: index }));
    await state.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4_096 * 2, 4_096 * 4);
    writeFileSync(file, bytes);
    expect(() => openSqliteState(file)).toThrow('is damaged');
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a file of a newer version', async () => {
    await openSqliteState(file).close();
    const database = new Database(file);
    database.pragma('user_version = 99');
    database.close();
    expect(() => openSqliteState(file)).toThrow(
      'was written by a newer pp-db-collector (version 99 of the state',
    );
  });

  test('a folder', () => {
    mkdirSync(file, { recursive: true });
    expect(() => openSqliteState(file)).toThrow('cannot be written: EISDIR');
  });
});
