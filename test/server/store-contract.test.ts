import { describe, expect } from 'vitest';
import type { Store } from '../../src/server/store/store.ts';
import { recordsOf } from './memory-write-api.ts';
import { newDataSet, record, STORE_TESTS, UPDATED_AT, WITH_MEMORY } from './store-kinds.ts';

/** What the write API may expect of a store, whichever it is. */

const idsOf = async (store: Store, dataSet: string) => (await recordsOf(store, dataSet)).map(({ id }) => id);

describe.each(WITH_MEMORY)('a store in %s', (_, test) => {
  test('is read by timestamp, then in the order of arrival, however many pages it fills', async ({
    store,
  }) => {
    const dataSet = newDataSet();
    const records = Array.from({ length: 2_500 }, (_, index) =>
      record(`id-${(index * 7_919) % 2_500}`, 28 - Math.floor(index / 100)),
    );
    await store.replace(dataSet, records.slice(0, 1_400), UPDATED_AT);
    await store.replace(dataSet, records.slice(1_400), UPDATED_AT);
    const ordered = records.toSorted((left, right) =>
      left.timestamp < right.timestamp ? -1 : left.timestamp > right.timestamp ? 1 : 0,
    );
    expect(await recordsOf(store, dataSet)).toEqual(
      ordered.map((each) => ({ ...each, updatedAt: UPDATED_AT })),
    );
  });

  test('replaces the record of the same id, which keeps its place', async ({ store }) => {
    const dataSet = newDataSet();
    await store.replace(dataSet, [record('z'), record('y')], UPDATED_AT);
    await store.replace(dataSet, [record('x'), record('z', 5, 2)], '2024-06-13T10:30:00+00:00');
    expect(await recordsOf(store, dataSet)).toEqual([
      { ...record('z', 5, 2), updatedAt: '2024-06-13T10:30:00+00:00' },
      { ...record('y'), updatedAt: UPDATED_AT },
      { ...record('x'), updatedAt: '2024-06-13T10:30:00+00:00' },
    ]);
  });

  test('keeps the last of several records with one id', async ({ store }) => {
    const dataSet = newDataSet();
    await store.replace(dataSet, [record('x', 5, 1), record('y'), record('x', 5, 2)], UPDATED_AT);
    await store.replace(dataSet, [record('y', 5, 3), record('y', 5, 4)], UPDATED_AT);
    const kept = await recordsOf(store, dataSet);
    expect(kept.map(({ json }) => json)).toEqual([record('x', 5, 2).json, record('y', 5, 4).json]);
  });

  test('gives the JSON text back as it came, to the last digit and blank', async ({ store }) => {
    const dataSet = newDataSet();
    const timestamp = '2024-03-05T00:00:00.123456+00:00';
    const json = [
      '{"_id":"x","b":1.50,"a":9223372036854775807,"c":-9223372036854775808,"d":1e5,"e":0.1000000000000000055511151231257827}',
      '{"_id":"y", "é\\"\\\\\\n{}":"\\u00e9 ‘ 😀 \\\\ , NULL","b":1,"b":-0}',
      `{"_id":"${'z'.repeat(2_600)}","text":"${'long '.repeat(20_000)}"}`,
    ];
    const records = json.map((text) => ({ id: String(JSON.parse(text)._id), timestamp, json: text }));
    await store.replace(dataSet, records, UPDATED_AT);
    expect(await recordsOf(store, dataSet)).toEqual(
      records.map((each) => ({ ...each, updatedAt: UPDATED_AT })),
    );
  });

  test('can be written while it is read', async ({ store }) => {
    const dataSet = newDataSet();
    await store.replace(dataSet, [record('x'), record('y')], UPDATED_AT);
    for await (const { id } of store.records(dataSet)) await store.remove(dataSet, id);
    expect(await store.summary(dataSet)).toEqual({ records: 0, from: null, to: null });
  });

  test('lets data sets share nothing, not even ids', async ({ store }) => {
    const [a, b] = [newDataSet(), newDataSet()];
    await store.replace(a, [record('x', 5)], UPDATED_AT);
    await store.replace(b, [record('x', 6), record('y', 7)], UPDATED_AT);
    expect(await store.remove(a, 'y')).toBe(false);
    await store.empty(a);
    expect(await idsOf(store, a)).toEqual([]);
    expect(await store.summary(b)).toEqual({
      records: 2,
      from: '2024-03-06T00:00:00+00:00',
      to: '2024-03-07T00:00:00+00:00',
    });
  });

  test('holds nothing of a data set that was never written', async ({ store }) => {
    const dataSet = newDataSet();
    expect(await store.summary(dataSet)).toEqual({ records: 0, from: null, to: null });
    expect(await idsOf(store, dataSet)).toEqual([]);
    expect(await store.remove(dataSet, 'x')).toBe(false);
    await store.empty(dataSet);
    await store.replace(dataSet, [], UPDATED_AT);
    expect(await idsOf(store, dataSet)).toEqual([]);
  });

  test('removes one record, and says when there is none', async ({ store }) => {
    const dataSet = newDataSet();
    await store.replace(dataSet, [record('x'), record('y')], UPDATED_AT);
    expect([await store.remove(dataSet, 'x'), await store.remove(dataSet, 'x')]).toEqual([true, false]);
    expect(await idsOf(store, dataSet)).toEqual(['y']);
  });

  test('takes batches of the same records from many writers at once, each whole', async ({ store }) => {
    const dataSet = newDataSet();
    const ids = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    const batch = (writer: number) => {
      const records = ids.map((id) => record(id, 5, writer));
      return writer % 2 === 0 ? records : records.reverse();
    };
    await Promise.all(
      Array.from({ length: 40 }, (_, writer) => store.replace(dataSet, batch(writer), UPDATED_AT)),
    );
    const counts = (await recordsOf(store, dataSet)).map(({ json }) => JSON.parse(json).count);
    expect(counts).toHaveLength(ids.length);
    expect(new Set(counts).size).toBe(1);
  });

  test('is emptied of whole batches while others write', async ({ store }) => {
    const dataSet = newDataSet();
    const batch = (from: number) =>
      Array.from({ length: 1_000 }, (_, index) => record(`id-${from + ((index * 37) % 1_000)}`));
    for (let round = 0; round < 5; round++) {
      await store.replace(dataSet, batch(0), UPDATED_AT);
      await Promise.all([store.replace(dataSet, batch(500), UPDATED_AT), store.empty(dataSet)]);
      expect([0, 1_000]).toContain((await store.summary(dataSet)).records);
    }
  });
});

describe.each(STORE_TESTS)('what is stored in %s', (_, test) => {
  test('is there for every store of the same place, at once and after all are closed', async ({
    storage,
  }) => {
    const [one, other] = [await storage.open(), await storage.open()];
    await one.replace('a', [record('x')], UPDATED_AT);
    await other.replace('a', [record('y')], UPDATED_AT);
    expect(await recordsOf(one, 'a')).toEqual(await recordsOf(other, 'a'));
    await Promise.all([one.close(), other.close()]);
    const later = await storage.open();
    expect((await recordsOf(later, 'a')).map(({ id }) => id)).toEqual(['x', 'y']);
    await later.close();
  });

  test('is nothing of a batch of which one record cannot be stored, and all of those sent with it', async ({
    storage,
  }) => {
    const store = await storage.open();
    await store.replace('a', [record('x')], UPDATED_AT);
    await storage.refuse('broken');
    const many = Array.from({ length: 175 }, (_, index) => record(`many-${index}`));
    const outcomes = await Promise.allSettled([
      store.replace('a', [record('y')], UPDATED_AT),
      store.replace('a', [...many, record('broken')], UPDATED_AT),
      store.replace('new', [record('x'), record('broken')], UPDATED_AT),
      store.replace('a', [record('z')], UPDATED_AT),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    ]);
    expect((await recordsOf(store, 'a')).map(({ id }) => id).sort()).toEqual(['x', 'y', 'z']);
    expect(await recordsOf(store, 'new')).toEqual([]);
    await store.close();
  });

  test('may be opened for the first time by several at once', async ({ storage }) => {
    const stores = await Promise.all([storage.open(), storage.open(), storage.open()]);
    await Promise.all(stores.map((store, index) => store.replace('a', [record(`${index}`)], UPDATED_AT)));
    expect(await stores[0]?.summary('a')).toMatchObject({ records: 3 });
    await Promise.all(stores.map((store) => store.close()));
  });
});
