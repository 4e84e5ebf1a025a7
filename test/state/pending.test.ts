import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Batch } from '../../src/model/batch.ts';
import type { State } from '../../src/model/state.ts';
import { batchOf, keysOf, letterOf, NOTHING, stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, newFile, opened, PLACES } from './open-state.ts';

dropDatabasesAfterwards();

const ONE = batchOf('{"a":1}', '{"a":"ä"}');
const TWO = batchOf('{"a":2}');

async function stateWithLease(place: string): Promise<State> {
  const state = await opened(place);
  await leaseOf(state);
  return state;
}

async function store(
  state: State,
  takenAt: number,
  replace: boolean,
  ...batches: (typeof ONE)[]
): Promise<number> {
  const snapshot = await state.beginPending('a', takenAt);
  for (const batch of batches) await state.addPending(snapshot, batch);
  await state.sealPending('a', 1, snapshot, replace, stepOf());
  return snapshot;
}

describe.each(PLACES)('pending records in %s', (place) => {
  test('are given back byte for byte, oldest snapshot first, batch by batch', async () => {
    const state = await stateWithLease(place);
    const later = await store(state, 2_000, false, TWO);
    const earlier = await store(state, 1_000, false, ONE, TWO);
    expect(await state.pendingOf('a')).toEqual([
      { id: earlier, run: 1, takenAt: 1_000, mustEmpty: false, records: 3 },
      { id: later, run: 1, takenAt: 2_000, mustEmpty: false, records: 1 },
    ]);
    expect(await state.pendingOf('b')).toEqual([]);
    const first = await state.nextPending(earlier, undefined);
    expect(first?.batch).toStrictEqual(ONE);
    const second = await state.nextPending(earlier, first?.id);
    expect(second?.batch).toStrictEqual(TWO);
    expect(await state.nextPending(earlier, second?.id)).toBeUndefined();
  });

  test('do not count before they are sealed, and are gone when the next snapshot begins', async () => {
    const state = await stateWithLease(place);
    await leaseOf(state, 'b');
    const sealed = await store(state, 1, false, ONE);
    const unsealed = await state.beginPending('a', 2);
    await state.addPending(unsealed, ONE);
    const other = await state.beginPending('b', 3);
    expect((await state.pendingOf('a')).map(({ id }) => id)).toEqual([sealed]);
    const next = await state.beginPending('a', 4);
    await expect(state.addPending(unsealed, ONE)).rejects.toThrow(
      'pending records that this run stored are gone',
    );
    expect(await state.nextPending(unsealed, undefined)).toBeUndefined();
    await state.addPending(other, ONE);
    await state.discardPending(next);
    await state.discardPending(next);
    await expect(state.sealPending('a', 1, next, false, stepOf())).rejects.toThrow('are gone');
    expect((await state.pendingOf('a')).map(({ id }) => id)).toEqual([sealed]);
  });

  test('are removed batch by batch with what the run remembers, the snapshot with its last one', async () => {
    const state = await stateWithLease(place);
    const run = await state.beginRun('a', 1);
    const snapshot = await store(state, 1_000, false, ONE, TWO);
    const first = (await state.nextPending(snapshot, undefined))?.id ?? 0;
    const counts = { ...NOTHING, records: 2 };
    await state.pendingAcknowledged('a', run, first, stepOf({ counts, deadLetters: [letterOf('x')] }));
    expect(await state.pendingOf('a')).toEqual([
      { id: snapshot, run: 1, takenAt: 1_000, mustEmpty: false, records: 1 },
    ]);
    expect(await keysOf(state, 'a')).toEqual(['x']);
    const second = (await state.nextPending(snapshot, undefined))?.id ?? 0;
    await state.pendingAcknowledged('a', run, second, stepOf({ progress: { collectedTo: 1_000 } }));
    expect(await state.pendingOf('a')).toEqual([]);
    expect(await state.progressOf('a')).toEqual({ collectedTo: 1_000 });
  });

  test('that replace the data set take the place of older snapshots and dead letters', async () => {
    const state = await stateWithLease(place);
    await store(state, 1_000, false, ONE);
    await store(state, 3_000, false, ONE);
    await state.acknowledged(
      'a',
      1,
      stepOf({ deadLetters: [letterOf('x', { reading: { run: 1, row: 3 } })] }),
    );
    // Stored last it is the newest, whatever the clock said.
    await store(state, 2_000, true, ONE, TWO);
    expect((await state.pendingOf('a')).map(({ takenAt, mustEmpty }) => [takenAt, mustEmpty])).toEqual([
      [2_000, true],
    ]);
    expect(await keysOf(state, 'a')).toEqual(['x']);
    const newest = await state.beginPending('a', 1_000);
    await state.sealPending(
      'a',
      2,
      newest,
      true,
      stepOf({ deadLetters: [letterOf('y', { reading: { run: 2, row: 1 } })] }),
    );
    expect(await keysOf(state, 'a')).toEqual(['y']);
    expect((await state.pendingOf('a')).map(({ id }) => id)).toEqual([newest]);
  });

  test('that replace the data set empty it once', async () => {
    const state = await stateWithLease(place);
    const replacing = await store(state, 2_000, true, ONE, TWO);
    await state.pendingEmptied(replacing);
    expect((await state.pendingOf('a'))[0]).toEqual({
      id: replacing,
      run: 1,
      takenAt: 2_000,
      mustEmpty: false,
      records: 3,
    });
  });

  test('of a snapshot without rows: none are left to deliver, but a data set that is replaced must still be emptied', async () => {
    const state = await stateWithLease(place);
    await store(state, 1_000, false);
    expect(await state.pendingOf('a')).toEqual([]);
    const replacing = await store(state, 2_000, true);
    expect(await state.pendingOf('a')).toEqual([
      { id: replacing, run: 1, takenAt: 2_000, mustEmpty: true, records: 0 },
    ]);
    await state.pendingEmptied(replacing);
    expect(await state.pendingOf('a')).toEqual([]);
  });

  test('that a run never sealed are gone when the next run begins, those of other jobs are not', async () => {
    const state = await stateWithLease(place);
    await leaseOf(state, 'b');
    const [cutOff, other] = [await state.beginPending('a', 1), await state.beginPending('b', 1)];
    await state.addPending(cutOff, ONE);
    await state.addPending(other, ONE);
    await state.beginRun('a', 2);
    expect(await state.nextPending(cutOff, undefined)).toBeUndefined();
    expect((await state.nextPending(other, undefined))?.batch).toStrictEqual(ONE);
  });

  test('are sealed together with the step, or not at all', async () => {
    const state = await stateWithLease(place);
    const kept = await store(state, 1, false, ONE);
    const snapshot = await state.beginPending('a', 2);
    const broken = letterOf('x', { cause: null as never });
    await expect(
      state.sealPending(
        'a',
        1,
        snapshot,
        true,
        stepOf({ progress: { collectedTo: 2 }, deadLetters: [broken] }),
      ),
    ).rejects.toThrow(/not.null/i);
    expect((await state.pendingOf('a')).map(({ id }) => id)).toEqual([kept]);
    expect(await state.progressOf('a')).toBeUndefined();
    await state.sealPending('a', 1, snapshot, true, stepOf({ progress: { collectedTo: 2 } }));
    expect((await state.pendingOf('a')).map(({ id }) => id)).toEqual([snapshot]);
    expect(await state.progressOf('a')).toEqual({ collectedTo: 2 });
  });

  test('of which a newer version is delivered are removed, and the snapshot with its last one', async () => {
    const state = await stateWithLease(place);
    const three = batchOf('{"_id":"x","n":"ä"}', '{"_id":"y"}', '{"_id":"z"}');
    const snapshot = await state.beginPending('a', 1_000);
    await state.addPending(snapshot, three);
    await state.sealPending('a', 5, snapshot, false, stepOf());
    const arrived = (key: string, run: number) =>
      state.acknowledged('a', 6, stepOf({ delivered: [{ key, reading: { run, row: 1 } }] }));
    await arrived('y', 5);
    expect((await state.nextPending(snapshot, undefined))?.batch).toStrictEqual(three);
    await arrived('y', 6);
    expect((await state.nextPending(snapshot, undefined))?.batch).toStrictEqual(
      batchOf('{"_id":"x","n":"ä"}', '{"_id":"z"}'),
    );
    await arrived('x', 6);
    expect((await state.pendingOf('a')).map(({ records }) => records)).toEqual([1]);
    await arrived('z', 7);
    expect(await state.pendingOf('a')).toEqual([]);
  });

  test('are replaced by newer versions in snapshots that may share their keys', async () => {
    const state = await stateWithLease(place);
    const storeStamped = async (run: number, stamp: string | undefined, ...records: readonly string[]) => {
      const snapshot = await state.beginPending('a', run, { stamp });
      await state.addPending(snapshot, batchOf(...records));
      await state.sealPending('a', run, snapshot, false, stepOf());
    };
    const waiting = async () =>
      Promise.all(
        (await state.pendingOf('a')).map(async ({ id, run }) => {
          const next = await state.nextPending(id, undefined);
          return `${run} ${next?.batch.bytes.toString('utf8')}`;
        }),
      );
    await storeStamped(1, '05:00', '{"_id":"x"}', '{"_id":"y"}');
    await storeStamped(2, '06:00', '{"_id":"x"}');
    expect(await waiting()).toEqual(['1 [{"_id":"x"},{"_id":"y"}]', '2 [{"_id":"x"}]']);
    await storeStamped(3, '05:00', '{"_id":"y"}');
    expect(await waiting()).toEqual(['1 [{"_id":"x"}]', '2 [{"_id":"x"}]', '3 [{"_id":"y"}]']);
    await storeStamped(4, undefined, '{"_id":"x"}', '{"_id":"q"}');
    expect(await waiting()).toEqual(['3 [{"_id":"y"}]', '4 [{"_id":"x"},{"_id":"q"}]']);
  });

  test('that are too old are removed and counted', async () => {
    const state = await stateWithLease(place);
    await store(state, 1_000, false, ONE, TWO);
    const young = await store(state, 2_000, false, ONE);
    expect(await state.expirePending('a', 2_000)).toBe(3);
    expect((await state.pendingOf('a')).map(({ id }) => id)).toEqual([young]);
    expect(await state.expirePending('a', 2_000)).toBe(0);
  });
});

test('pending records are still there after the file is opened again, what was not sealed is not', async () => {
  const file = newFile();
  const state = await stateWithLease(file);
  const snapshot = await store(state, 1_000, true, ONE);
  await state.beginPending('a', 2_000);
  await state.close();
  const again = await opened(file);
  expect(await again.pendingOf('a')).toEqual([
    { id: snapshot, run: 1, takenAt: 1_000, mustEmpty: true, records: 2 },
  ]);
  expect((await again.nextPending(snapshot, undefined))?.batch).toStrictEqual(ONE);
});

test('the place of delivered records is used again: the file does not grow', async () => {
  const file = newFile();
  const state = await stateWithLease(file);
  const large = new Batch(Buffer.alloc(500_000, 'x'), [499_999]);
  const sizes: number[] = [];
  for (let round = 0; round < 12; round++) {
    const snapshot = await store(state, round, false, large, large, large, large);
    for (;;) {
      const batch = await state.nextPending(snapshot, undefined);
      if (batch === undefined) break;
      await state.pendingAcknowledged('a', 1, batch.id, stepOf());
    }
    sizes.push(statSync(file).size + statSync(`${file}-wal`).size);
  }
  expect(Math.max(...sizes)).toBeLessThan(25_000_000);
  expect(sizes.at(-1)).toBeLessThanOrEqual((sizes[3] ?? 0) * 1.3);
  await state.close();
  expect(statSync(file).size).toBeLessThan(4_000_000);
});
