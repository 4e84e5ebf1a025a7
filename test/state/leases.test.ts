import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { livenessOf, ownIdentity } from '../../src/state/process-identity.ts';
import type { StateOptions } from '../../src/state/sqlite/open-state.ts';
import { batchOf, stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, newFile, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const HOUR = 3_600_000;
const ELSEWHERE = { ...ownIdentity(), host: 'another', holder: 'process 7 on host another' };

describe.each(PLACES)('a lease in %s', (place) => {
  test('tell who runs which job, of all jobs at once', async () => {
    const state = await opened(place);
    const [one] = [await leaseOf(state, 'one'), await leaseOf(state, 'other')];
    const holder = expect.stringContaining(`process ${process.pid} on host`);
    const busy = { kind: 'busy', holder, since: expect.any(Number) };
    expect(await state.holders()).toEqual(new Map(['one', 'other'].map((job) => [job, busy])));
    await one.release();
    expect([...(await state.holders()).keys()]).toEqual(['other']);
  });

  test('is held by one at a time, also within one process, and goes on when it is released', async () => {
    const state = await opened(place, { now: () => 1_000 });
    const lease = await leaseOf(state);
    const busy = { kind: 'busy', holder: ownIdentity().holder, since: expect.any(Number) };
    expect(await state.takeLease('a')).toEqual(busy);
    expect((await state.takeLease('b')).kind).toBe('lease');
    await lease.release();
    const again = await leaseOf(state);
    await lease.release();
    expect(await state.takeLease('a')).toEqual(busy);
    expect(again.lost.aborted).toBe(false);
  });

  test('goes to one of those that ask at the same moment', async () => {
    const state = await opened(place);
    const answers = await Promise.all(Array.from({ length: 5 }, () => state.takeLease('a')));
    expect(answers.filter(({ kind }) => kind === 'lease').length).toBe(1);
  });

  test('must be held for every change of what belongs to the job', async () => {
    const state = await opened(place);
    const lease = await leaseOf(state);
    const run = await state.beginRun('a', 1);
    const snapshot = await state.beginPending('a', 1);
    await state.addPending(snapshot, batchOf('{}'));
    await lease.release();
    const changes = {
      acknowledged: () => state.acknowledged('a', run, stepOf({ progress: { collectedTo: 1 } })),
      beginPending: () => state.beginPending('a', 2),
      addPending: () => state.addPending(snapshot, batchOf('{}')),
      sealPending: () => state.sealPending('a', run, snapshot, true, stepOf()),
      discardPending: () => state.discardPending(snapshot),
      pendingEmptied: () => state.pendingEmptied(snapshot),
      pendingAcknowledged: () => state.pendingAcknowledged('a', run, 1, stepOf()),
      expirePending: () => state.expirePending('a', HOUR),
    };
    for (const [name, change] of Object.entries(changes)) {
      await expect(change(), name).rejects.toThrow('this process does not hold the lease of the job a');
    }
    expect(await state.progressOf('a')).toBeUndefined();
    await leaseOf(state);
    await state.sealPending('a', run, snapshot, false, stepOf());
    expect((await state.pendingOf('a'))[0]?.records).toBe(1);
  });
});

describe('a lease of another opening of the file', () => {
  async function two(first: StateOptions, second: StateOptions) {
    const file = newFile();
    return [await opened(file, first), await opened(file, second)] as const;
  }

  test('in the same process is not taken, even when it has expired', async () => {
    const [mine, other] = await two({ now: () => 0 }, { now: () => HOUR });
    await leaseOf(mine);
    expect((await other.takeLease('a')).kind).toBe('busy');
  });

  test('is free when that one is closed', async () => {
    const [mine, other] = await two({}, {});
    await leaseOf(mine);
    await mine.close();
    await leaseOf(other);
  });

  test('on another machine is taken when it has expired, not before', async () => {
    let now = 0;
    const [mine, other] = await two({ identity: ELSEWHERE, now: () => 0 }, { now: () => now });
    await leaseOf(mine);
    now = 59_999;
    expect(await other.takeLease('a')).toEqual({
      kind: 'busy',
      holder: 'process 7 on host another',
      since: 0,
    });
    now = 60_000;
    await leaseOf(other);
  });

  test('on another machine is free when it was renewed at a time that is still to come', async () => {
    let now = 12 * HOUR;
    const [mine, other] = await two({ identity: ELSEWHERE, now: () => now }, { now: () => now });
    await leaseOf(mine);
    now -= 60_000;
    expect((await other.takeLease('a')).kind).toBe('busy');
    now -= 1;
    await leaseOf(other);
  });

  test('is renewed as long as it is held', async () => {
    let now = 0;
    const file = newFile();
    const mine = await opened(file, {
      identity: ELSEWHERE,
      leaseTimes: { renewEvery: 10, validFor: 60_000 },
      now: () => now,
    });
    const other = await opened(file, { now: () => now });
    const lease = await leaseOf(mine);
    now = 59_000;
    const reader = new Database(file);
    const expiry = reader.prepare('SELECT expires_at FROM leases').pluck();
    await expect.poll(() => expiry.get()).toBe(119_000);
    reader.close();
    now = 118_999;
    expect((await other.takeLease('a')).kind).toBe('busy');
    await lease.release();
    await leaseOf(other);
  });

  test('that has been taken away is told to who had it, who can change nothing any more', async () => {
    let now = 0;
    const leaseTimes = { renewEvery: HOUR, validFor: 1_000 };
    const [mine, other] = await two({ identity: ELSEWHERE, leaseTimes, now: () => 0 }, { now: () => now });
    const lease = await leaseOf(mine);
    const run = await mine.beginRun('a', 0);
    now = 1_000;
    const taken = await leaseOf(other);
    await expect(mine.acknowledged('a', run, stepOf({ progress: { collectedTo: 1 } }))).rejects.toThrow(
      `this process does not hold the lease of the job a: ${ownIdentity().holder} does`,
    );
    expect(lease.lost.aborted).toBe(true);
    expect(await other.progressOf('a')).toBeUndefined();
    expect((await mine.takeLease('a')).kind).toBe('busy');
    await taken.release();
    await leaseOf(mine);
    await lease.release();
    now = 999;
    expect((await other.takeLease('a')).kind).toBe('busy');
  });

  test('that has been taken away is noticed by the renewal', async () => {
    let now = 0;
    const [mine, other] = await two(
      { identity: ELSEWHERE, leaseTimes: { renewEvery: 50, validFor: 1_000 }, now: () => 0 },
      { now: () => now },
    );
    const lease = await leaseOf(mine);
    now = 1_000;
    await leaseOf(other);
    await expect.poll(() => lease.lost.aborted).toBe(true);
    expect(lease.lost.reason).toMatchObject({ name: 'StateError', isBusy: false });
  });
});

describe('a process', () => {
  const self = ownIdentity();

  test('is alive when number and start are those of one that is', () => {
    expect(livenessOf(self, self, 0)).toBe('alive');
    expect(livenessOf({ ...self, pid: process.ppid, start: undefined }, self, Date.now())).toBe('alive');
  });

  test('is dead when its number is free, or belongs to one that started at another time', () => {
    expect(livenessOf({ ...self, pid: 2 ** 31 - 2 }, self, Date.now())).toBe('dead');
    if (self.start !== undefined) expect(livenessOf({ ...self, start: '1' }, self, Date.now())).toBe('dead');
  });

  test('cannot be judged from another machine, nor by its number alone after a restart of this one', () => {
    expect(livenessOf(ELSEWHERE, self, Date.now())).toBe('unknown');
    expect(livenessOf({ ...self, start: undefined }, self, 0)).toBe('unknown');
  });
});
