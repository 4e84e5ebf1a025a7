import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Batch } from '../../src/model/batch.ts';
import type { State } from '../../src/model/state.ts';
import { openDatabase } from '../../src/state/sqlite/open-database.ts';
import { openSqliteState, stateIn } from '../../src/state/sqlite/open-state.ts';
import { batchOf, letterOf, resultOf, stepOf } from './examples.ts';
import { leaseOf, newFile, opened } from './open-state.ts';
import { smallDisk } from './small-disk.ts';
import { startProcess, startStateProcess } from './start-state-process.ts';

const FULL = /^the disk that holds the state file .* is full$/;
const large = new Batch(Buffer.alloc(300_000, 'x'), [299_999]);

function checkOf(file: string): unknown {
  const database = new Database(file);
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

describe('a disk that is full', () => {
  test('refuses what does not fit with a clear message; with room again everything goes on where it was', async () => {
    const disk = smallDisk();
    const state = disk.open();
    await leaseOf(state);
    const run = await state.beginRun('a', 1_000);
    await state.acknowledged('a', run, stepOf({ progress: { collectedTo: 10 } }));
    const snapshot = await state.beginPending('a', 1_000);
    await state.addPending(snapshot, batchOf('{"a":1}'));
    disk.fill();
    const fill = async () => {
      for (;;) await state.addPending(snapshot, large);
    };
    await expect(fill()).rejects.toThrow(FULL);
    const stored = (await countBatches(state, snapshot)) - 1;
    const letters = Array.from({ length: 2_000 }, (_, index) => letterOf(`letter ${index}`));
    const step = stepOf({ progress: { collectedTo: 20 }, deadLetters: letters });
    await expect(state.acknowledged('a', run, step)).rejects.toMatchObject({
      name: 'StateError',
      side: 'config',
      isBusy: false,
      message: expect.stringMatching(FULL),
      remedy: expect.stringMatching(/^Make room on it/),
    });
    expect(await state.progressOf('a')).toEqual({ collectedTo: 10 });
    expect(await state.countDeadLetters()).toEqual(new Map());

    disk.makeRoom();
    await state.acknowledged('a', run, step);
    await state.sealPending('a', run, snapshot, false, stepOf());
    expect((await state.pendingOf('a'))[0]?.records).toBe(1 + stored);
    await state.endRun(run, resultOf());
    await state.close();
    expect(checkOf(disk.file)).toBe('ok');
    const again = disk.open();
    expect(await again.progressOf('a')).toEqual({ collectedTo: 20 });
    expect((await again.deadLetters({ job: 'a' })).length).toBe(2_000);
    await again.close();
  });

  test('keeps no lease for ever that could not be removed', async () => {
    const disk = smallDisk();
    const state = disk.open();
    const leases = [await leaseOf(state, 'a'), await leaseOf(state, 'b')];
    const snapshot = await state.beginPending('a', 1_000);
    disk.fill();
    const fill = async (batch: Batch) => {
      for (;;) await state.addPending(snapshot, batch);
    };
    await expect(fill(large)).rejects.toThrow(FULL);
    await expect(fill(batchOf('{}'))).rejects.toThrow(FULL);
    for (const lease of leases) await lease.release();
    disk.makeRoom();
    await leaseOf(state, 'a');
    await state.close();
    const again = disk.open();
    await leaseOf(again, 'a');
    await leaseOf(again, 'b');
    await again.close();
  });

  async function countBatches(state: State, snapshot: number): Promise<number> {
    let [count, after] = [0, undefined as number | undefined];
    for (;;) {
      after = (await state.nextPending(snapshot, after))?.id;
      if (after === undefined) return count;
      count++;
    }
  }
});

describe('a system that refuses to write', () => {
  test('for as long as it does so, changes fail with a clear message and nothing is damaged', async () => {
    const file = newFile();
    const process = await startStateProcess(file);
    await process.does('take', 'a');
    await process.does('do', 'acknowledged', 'a', 1, stepOf({ progress: { collectedTo: 10 } }));
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`]);
    limit('4096');
    const step = stepOf({ progress: { collectedTo: 20 } });
    await expect(process.does('do', 'acknowledged', 'a', 1, step)).rejects.toThrow(
      /the state file .* cannot be read or written: disk I\/O error \(SQLITE_IOERR/,
    );
    expect(await process.does('do', 'progressOf', 'a')).toEqual({ collectedTo: 10 });
    limit('unlimited');
    await process.does('do', 'acknowledged', 'a', 1, step);
    await process.kill9();
    expect(checkOf(file)).toBe('ok');
    expect(await (await opened(file)).progressOf('a')).toEqual({ collectedTo: 20 });
  });
});

describe('a state that may not be written', () => {
  /** A process for which the permissions of files count; for root they do not. */
  async function startBound(file: string) {
    for (let folder = dirname(file); folder !== '/'; folder = dirname(folder)) {
      if (folder.includes('state-')) chmodSync(folder, 0o755);
    }
    const bound = await startProcess();
    if (process.getuid?.() === 0) await bound.does('becomeNobody');
    return bound;
  }

  function forbidWriting(folder: string): void {
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
  }

  test('is refused when it is opened: the file', async () => {
    const file = newFile();
    await openSqliteState(file).close();
    chmodSync(file, 0o444);
    const bound = await startBound(file);
    await expect(bound.does('open', file, {})).rejects.toMatchObject({
      name: 'StateError',
      message: `the state file ${file} cannot be written: EACCES`,
    });
  });

  test('is refused when it is opened: the folder in which it would be created', async () => {
    const file = newFile();
    mkdirSync(dirname(file));
    const bound = await startBound(file);
    forbidWriting(dirname(file));
    await expect(bound.does('open', file, {})).rejects.toThrow(
      `the state file ${file} cannot be written: EACCES`,
    );
  });

  test('is refused when it is opened: the folder of a file that could be written', async () => {
    const file = newFile();
    await openSqliteState(file).close();
    if (process.getuid?.() === 0) chownSync(file, 65_534, 65_534);
    const bound = await startBound(file);
    forbidWriting(dirname(file));
    await expect(bound.does('open', file, {})).rejects.toThrow(
      /the state file .* (cannot be opened|cannot be written: it, its folder or its disk is read-only)/,
    );
  });

  test('says so in every method that would change something, and can still be read', async () => {
    const database = openDatabase(newFile());
    const state = stateIn(database);
    await leaseOf(state);
    await state.setProgress('a', { collectedTo: 10 });
    const snapshot = await state.beginPending('a', 1);
    database.pragma('query_only = ON');
    const changes: Record<string, () => Promise<unknown>> = {
      takeLease: () => state.takeLease('b'),
      setProgress: () => state.setProgress('a', { collectedTo: 1 }),
      beginRun: () => state.beginRun('a', 1),
      acknowledged: () => state.acknowledged('a', 1, stepOf()),
      endRun: () => state.endRun(1, resultOf()),
      discardDeadLetters: () => state.discardDeadLetters([1]),
      beginPending: () => state.beginPending('a', 1),
      addPending: () => state.addPending(snapshot, batchOf('{}')),
      sealPending: () => state.sealPending('a', 1, snapshot, true, stepOf()),
      discardPending: () => state.discardPending(snapshot),
      pendingEmptied: () => state.pendingEmptied(snapshot),
      pendingAcknowledged: () => state.pendingAcknowledged('a', 1, 1, stepOf()),
    };
    for (const [name, change] of Object.entries(changes)) {
      await expect(change(), name).rejects.toThrow(
        'cannot be written: it, its folder or its disk is read-only',
      );
    }
    expect(await state.progressOf('a')).toEqual({ collectedTo: 10 });
    await state.close();
  });
});

describe('a file that another process holds', () => {
  test('is waited for without blocking this one, then reported as busy', async () => {
    const file = newFile();
    const state = await opened(file, { patience: 300 });
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const began = performance.now();
    await expect(state.beginRun('a', 1)).rejects.toMatchObject({
      name: 'StateError',
      isBusy: true,
      message: `another process holds the state file ${file}`,
    });
    clearInterval(timer);
    expect(performance.now() - began).toBeGreaterThanOrEqual(290);
    expect(ticks).toBeGreaterThan(5);
    expect(await state.runs({ limit: 1 })).toEqual([]);

    const waiting = state.beginRun('a', 1);
    setTimeout(() => other.close(), 100);
    expect(await waiting).toBe(1);
  });

  test('is opened when nothing has to change in it, and reported as busy when something has', async () => {
    const file = newFile();
    await openSqliteState(file).close();
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    expect(await (await opened(file)).runs({ limit: 1 })).toEqual([]);
    other.exec('COMMIT; PRAGMA user_version = 1; BEGIN IMMEDIATE');
    expect(() => openSqliteState(file, { patience: 200 })).toThrow(
      expect.objectContaining({ isBusy: true, message: `another process holds the state file ${file}` }),
    );
    other.close();
  });
});
