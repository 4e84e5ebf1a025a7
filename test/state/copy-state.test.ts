import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { StoredState } from '../../src/state/stored-state.ts';
import { hasServer } from '../support/databases.ts';
import { batchOf, letterOf, resultOf, stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, newDatabase, newFile, opened } from './open-state.ts';

dropDatabasesAfterwards();

const NEVER = new AbortController().signal;
const CURSOR = [{ kind: 'number', text: '12345678901234567890' }] as const;

/** Some of everything, and numbers that were given and are not in use any more. */
async function fill(state: StoredState): Promise<void> {
  const lease = await leaseOf(state);
  const run = await state.beginRun('a', 1_000);
  const periods = [{ period: 7, records: 3, sums: { count: '12.50' } }];
  const step = stepOf({
    progress: { collectedTo: 20, cursor: CURSOR, fingerprint: '{"id":["x"]}' },
    collected: { from: 0, to: 20 },
    figures: { length: 'day', periods },
    sent: {
      rules: 'r',
      periods: [{ period: 7, entries: Int32Array.of(1, -1, 0, 5) }],
      settled: { from: 0, to: 20 },
      keptFrom: 0,
    },
    looks: { length: 'day', current: 86_400_000, lookback: 3, periods: [] },
    behind: { rules: 'r', lag: 5, looks: 1, rows: 2, behind: 3, late: 4 },
    deadLetters: [letterOf('kept'), letterOf('gone')],
    backfill: { span: { from: 1, to: 9 }, acknowledgedTo: 5 },
  });
  await state.acknowledged('a', run, step);
  await state.doubtSent('a', 'r', [{ period: 7, ids: Int32Array.of(1, -1) }]);
  await state.doubtSent('a', 'r', [{ period: 7, ids: 'all' }]);
  await state.dataSetChanging('http://127.0.0.1/data/a/b');
  await state.discardDeadLetters([2]);
  for (const at of [1_000, 2_000]) {
    const snapshot = await state.beginPending('a', at, { stamp: 's', rules: '{}' });
    for (const id of ['x', 'y']) await state.addPending(snapshot, batchOf(`{"_id":"${id}${at}"}`));
    await state.sealPending('a', run, snapshot, false, stepOf());
  }
  await state.endRun(run, resultOf({ failure: { side: 'source', message: 'it fell', remedy: undefined } }));
  await state.rememberVerification({
    ...{ job: 'a', startedAt: 3_000, endedAt: 4_000 },
    outcome: { compared: 'sums', source: 9, days: 2, differing: 1, setAside: 0 },
  });
  for (let number = 0; number < 450; number++) await state.beginRun('b', number);
  await lease.release();
}

/** Everything in a file, in order, but what its schema and leases say. */
function contentOf(file: string): unknown {
  const database = new Database(file, { readonly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'leases' ORDER BY name")
    .pluck()
    .all() as string[];
  const content = tables.map((table) => [
    table,
    database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
  ]);
  database.close();
  return content;
}

const places = ['file', ...(hasServer('postgresql') ? (['postgresql'] as const) : [])] as const;

describe.each(places)('a state that is copied to a %s and back', (place) => {
  const elsewhere = async () => (place === 'file' ? newFile() : (await newDatabase(place)).url);

  test('is the same in everything, its numbers included', async () => {
    const [file, back] = [newFile(), newFile()];
    const first = await opened(file);
    await fill(first);
    const second = await opened(await elsewhere());
    const copied = await first.copyTo(second, { replace: false, signal: NEVER });
    expect(copied).toEqual({
      progress: 1,
      collected: 1,
      figures: 1,
      sent_rules: 1,
      sent: 1,
      sent_doubts: 2,
      data_sets: 1,
      lateness: 1,
      rows_behind: 1,
      verifications: 1,
      backfills: 1,
      runs: 451,
      dead_letters: 1,
      pending_snapshots: 2,
      pending_batches: 4,
    });
    const third = await opened(back);
    expect(await second.copyTo(third, { replace: false, signal: NEVER })).toEqual(copied);
    expect(contentOf(back)).toEqual(contentOf(file));
  });

  test('goes on there: no number is given again, and newer records replace what is pending', async () => {
    const first = await opened(newFile());
    await fill(first);
    const second = await opened(await elsewhere());
    await first.copyTo(second, { replace: false, signal: NEVER });
    await leaseOf(second);
    const run = await second.beginRun('a', 3_000);
    expect(run).toBe(452);
    await second.acknowledged('a', run, stepOf({ deadLetters: [letterOf('next')] }));
    expect((await second.deadLetters({ job: 'a' })).map(({ id }) => id)).toEqual([1, 3]);
    const snapshot = await second.beginPending('a', 3_000, { stamp: 's' });
    expect(snapshot).toBe(3);
    await second.addPending(snapshot, batchOf('{"_id":"x1000"}'));
    await second.sealPending('a', run, snapshot, false, stepOf());
    expect((await second.pendingOf('a')).map(({ records }) => records)).toEqual([1, 2, 1]);
  });

  test('is refused where something is, which stays; and replaces it when told to', async () => {
    const first = await opened(newFile());
    await fill(first);
    const second = await opened(await elsewhere());
    await second.setProgress('other', { collectedTo: 1 });
    await expect(first.copyTo(second, { replace: false, signal: NEVER })).rejects.toThrow(
      'the other state is not empty',
    );
    expect(await second.jobs()).toEqual(['other']);
    await first.copyTo(second, { replace: true, signal: NEVER });
    expect(await second.jobs()).toEqual(['a']);
  });

  test('is copied as a whole or not at all', async () => {
    const first = await opened(newFile());
    await fill(first);
    const second = await opened(await elsewhere());
    const stop = new AbortController();
    const copying = first.copyTo(second, { replace: false, signal: stop.signal });
    stop.abort(new Error('the lease is lost'));
    await expect(copying).rejects.toThrow('the lease is lost');
    expect(await second.jobs()).toEqual([]);
  });
});
