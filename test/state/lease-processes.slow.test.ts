import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { beforeEach, expect, test, vi } from 'vitest';
import { livenessOf, ownIdentity } from '../../src/state/process-identity.ts';
import { resultOf, stepOf } from './examples.ts';
import { leaseOf, newFile, opened } from './open-state.ts';
import { startStateProcess } from './start-state-process.ts';

const SOON = { leaseTimes: { renewEvery: 50, validFor: 300 } };

let file: string;

beforeEach(() => {
  file = newFile();
});

test('the lease of a process that was killed with kill -9 is taken at once, and its run is shown as interrupted', async () => {
  const process = await startStateProcess(file);
  expect(await process.does('take', 'a')).toEqual({ kind: 'lease' });
  const startedAt = Date.now();
  const run = await process.does<number>('do', 'beginRun', 'a', startedAt);
  await process.does('do', 'acknowledged', 'a', run, stepOf({ progress: { collectedTo: 20 } }));
  const state = await opened(file);
  expect(await state.takeLease('a')).toMatchObject({ kind: 'busy' });
  expect((await state.running()).get('a')).toMatchObject({ since: startedAt });
  await process.kill9();
  expect((await state.running()).get('a')).toBeUndefined();
  await leaseOf(state);
  expect(await state.progressOf('a')).toEqual({ collectedTo: 20 });
  const [interrupted] = await state.runs({ limit: 9 });
  expect(interrupted).toMatchObject({ job: 'a', outcome: 'interrupted', startedAt });
  expect(interrupted?.endedAt).toBeLessThanOrEqual(Date.now());
  expect(interrupted?.failure?.message).toContain('the process ended in the middle of the run');
});

test('the lease of a process that is suspended for longer than it is valid is never stolen', async () => {
  const process = await startStateProcess(file, SOON);
  await process.does('take', 'a');
  process.signal('SIGSTOP');
  const state = await opened(file, SOON);
  for (let attempt = 0; attempt < 5; attempt++) {
    await delay(200);
    expect(await state.takeLease('a')).toMatchObject({
      kind: 'busy',
      holder: expect.stringContaining(`${process.pid}`),
    });
  }
  process.signal('SIGCONT');
  await process.does('do', 'acknowledged', 'a', 1, stepOf({ progress: { collectedTo: 20 } }));
  expect(await process.does('lost', 'a')).toBeUndefined();
});

test('a process on another machine that was suspended for too long finds its lease taken and changes nothing', async () => {
  const process = await startStateProcess(file, SOON, 'another machine');
  await process.does('take', 'a');
  process.signal('SIGSTOP');
  const state = await opened(file);
  await expect.poll(() => state.takeLease('a')).toMatchObject({ kind: 'lease' });
  process.signal('SIGCONT');
  await expect(
    process.does('do', 'acknowledged', 'a', 1, stepOf({ progress: { collectedTo: 20 } })),
  ).rejects.toThrow('this process does not hold the lease of the job a');
  await expect.poll(() => process.does('lost', 'a')).toBeTruthy();
  expect(await process.does('take', 'a')).toMatchObject({ kind: 'busy' });
  expect(await state.progressOf('a')).toBeUndefined();
});

test('two processes that race for one lease 100 times never have it both', async () => {
  const racers = [await startStateProcess(file), await startStateProcess(file)];
  const marker = join(dirname(file), 'held');
  const results = await Promise.all(
    racers.map((racer) => racer.does<{ had: number; together: number }>('race', 'a', marker, 100)),
  );
  expect(results.map(({ together }) => together)).toEqual([0, 0]);
  const had = results.map((result) => result.had);
  expect(Math.min(...had)).toBeGreaterThan(0);
  expect(Math.min(...had)).toBeLessThan(100);
});

test('of two processes that find a dead one’s lease at the same moment one has it, 100 times', async () => {
  const racers = [await startStateProcess(file), await startStateProcess(file)];
  const database = new Database(file);
  const { host } = ownIdentity();
  const leave = database.prepare(
    `INSERT OR REPLACE INTO leases VALUES ('a', 'x', 'x', ?, 4194305, '1', 0, 0, 9e15)`,
  );
  for (let round = 0; round < 100; round++) {
    leave.run(host);
    const answers = await Promise.all(racers.map((racer) => racer.does<{ kind: string }>('take', 'a')));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'lease']);
    await Promise.all(racers.map((racer) => racer.does('release', 'a')));
  }
  database.close();
});

test('a lease outlives neither close nor release in another process', async () => {
  const process = await startStateProcess(file);
  const state = await opened(file);
  await process.does('take', 'a');
  await process.does('release', 'a');
  const lease = await leaseOf(state);
  await lease.release();
  await process.does('take', 'a');
  await process.does('do', 'endRun', 1, resultOf());
  await process.does('do', 'close');
  await leaseOf(state);
});

test.runIf(process.platform === 'linux')(
  'a process that has ended but that its parent has not noticed is dead',
  async () => {
    // The shell becomes a program that never asks for its child's end.
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const pid = Number(
        await new Promise((resolve) => parent.stdout.once('data', (text) => resolve(String(text)))),
      );
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
      const child = { ...ownIdentity(), pid, start: stat?.[19] };
      expect(livenessOf(child, ownIdentity(), Date.now())).toBe('alive');
      await vi.waitUntil(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'), { timeout: 5_000 });
      expect(livenessOf(child, ownIdentity(), Date.now())).toBe('dead');
    } finally {
      parent.kill('SIGKILL');
    }
  },
);
