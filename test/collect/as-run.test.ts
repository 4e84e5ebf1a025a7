import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asRun, type RunSettings, type RunWork } from '../../src/collect/as-run.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { JobLease, State } from '../../src/model/state.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { jobOf } from '../support/collecting.ts';

const NOW = Date.parse('2014-06-10T05:30:00Z');
const job = jobOf({ timeout: '1h' });

let state: State;
let told: RunEvent[];

beforeEach(() => {
  state = openSqliteState(':memory:');
  told = [];
});

afterEach(() => state.close());

function run(work: RunWork, over: { state?: RunSettings['state']; signal?: AbortSignal } = {}) {
  const settings = {
    state: over.state ?? state,
    observer: (event: RunEvent) => void told.push(event),
    now: () => NOW,
  };
  return asRun(job, settings, work, over.signal ?? new AbortController().signal);
}

const history = () => state.runs({ job: job.name, limit: 10 });
const isFree = async () => (await state.holderOf(job.name)) === undefined;

/** Works until it is stopped. */
const endless: RunWork['perform'] = (_run, { read }) =>
  new Promise((_resolve, reject) => {
    read.addEventListener('abort', () => reject(read.reason), { once: true });
  });

/** The state, with a lease that another process takes away when the test says so. */
function robbed() {
  const lost = new AbortController();
  let released = 0;
  const lease: JobLease = {
    kind: 'lease',
    lost: lost.signal,
    release: async () => {
      released += 1;
    },
  };
  const robbedState: RunSettings['state'] = {
    takeLease: async () => lease,
    beginRun: (name, startedAt) => state.beginRun(name, startedAt),
    endRun: (number, result) => state.endRun(number, result),
  };
  return { state: robbedState, lose: (reason: Error) => lost.abort(reason), released: () => released };
}

describe('a run', () => {
  test('is remembered with its number and told when it ends, and leaves the job free', async () => {
    const { result, error } = await run({ perform: async (current) => current.rowRead() });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'succeeded', rows: 1, startedAt: NOW, endedAt: NOW });
    expect(await history()).toEqual([result]);
    expect(told).toEqual([{ kind: 'run-ended', run: 1, result }]);
    expect(await isFree()).toBe(true);
  });

  test('holds the lease of its job as long as it works', async () => {
    const held: boolean[] = [];
    await run({
      precondition: async () => void held.push(await isFree()),
      perform: async () => void held.push(await isFree()),
    });
    expect(held).toEqual([false, false]);
  });

  test('fails by what its work throws, which is given, too', async () => {
    const broken = Object.assign(new Error('no database'), { side: 'source', remedy: 'Start it.' });
    const { result, error } = await run({ perform: () => Promise.reject(broken) });
    expect(error).toBe(broken);
    const failure = { side: 'source', message: 'no database', remedy: 'Start it.' };
    expect(result).toMatchObject({ outcome: 'failed', failure });
    expect(await history()).toEqual([result]);
    expect(await isFree()).toBe(true);
  });

  test('stops when another process has taken its lease, and fails by that', async () => {
    const { state, lose, released } = robbed();
    const running = run({ perform: endless }, { state });
    const reason = Object.assign(new Error('another process has the lease'), { side: 'config' });
    setImmediate(() => lose(reason));
    const { result, error } = await running;
    expect(error).toBe(reason);
    expect(result).toMatchObject({ outcome: 'failed', failure: { message: reason.message } });
    expect(released()).toBe(1);
  });

  test('is interrupted when the caller asks, which is no failure', async () => {
    const stop = new AbortController();
    const running = run({ perform: endless }, { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('enough')));
    expect((await running).result).toMatchObject({ outcome: 'interrupted', failure: undefined });
  });

  test('fails when its time is over', async () => {
    const { result } = await run({ perform: endless, timeout: 10 });
    expect(result).toMatchObject({ outcome: 'failed', failure: { side: 'source' } });
    expect(result.failure?.message).toContain('longer than its timeout of 0.01 s');
  });

  test('that cannot be remembered has failed', async () => {
    const work: RunWork = {
      perform: async (current) => {
        current.rowRead();
        await state.close();
      },
    };
    const { result, error } = await run(work);
    expect(error).toBeInstanceOf(Error);
    expect(result).toMatchObject({ outcome: 'failed', rows: 1 });
    state = openSqliteState(':memory:');
  });

  test('that failed and cannot be remembered tells both', async () => {
    const perform = async () => {
      await state.close();
      throw Object.assign(new Error('no database'), { side: 'source' });
    };
    const { result } = await run({ perform });
    expect(result).toMatchObject({ outcome: 'failed', failure: { message: 'no database' } });
    expect(told).toMatchObject([{ kind: 'end-not-stored', job: job.name, run: 1 }, { kind: 'run-ended' }]);
    state = openSqliteState(':memory:');
  });
});

describe('nothing of a run is left, nor told,', () => {
  test('when another one of the job goes on', async () => {
    const lease = await state.takeLease(job.name);
    await expect(run({ perform: endless })).rejects.toMatchObject({ name: 'JobBusyError', isBusy: true });
    if (lease.kind === 'lease') await lease.release();
    expect([await history(), told]).toEqual([[], []]);
  });

  test('when its precondition does not hold', async () => {
    const precondition = () => Promise.reject(new Error('not like this'));
    await expect(run({ precondition, perform: endless })).rejects.toThrow('not like this');
    expect([await history(), told]).toEqual([[], []]);
    expect(await isFree()).toBe(true);
  });
});
