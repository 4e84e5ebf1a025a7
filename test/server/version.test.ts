import { describe, expect } from 'vitest';
import type { Store } from '../../src/server/store/store.ts';
import { newDataSet, record, STORE_TESTS, UPDATED_AT, WITH_MEMORY } from './store-kinds.ts';

/** What a version of a data set may be trusted for, and the time that it tells. */

describe.each(WITH_MEMORY)('the version of a data set in %s', (_, test) => {
  test('is another one after each change, and none of before', async ({ store }) => {
    const dataSet = newDataSet();
    const changes: readonly (() => Promise<unknown>)[] = [
      () => store.replace(dataSet, [record('x'), record('y')], UPDATED_AT),
      () => store.replace(dataSet, [record('x', 5, 2)], UPDATED_AT),
      () => store.replace(dataSet, [record('x', 6, 2)], UPDATED_AT),
      () => store.remove(dataSet, 'x'),
      () => store.empty(dataSet),
      () => store.replace(dataSet, [record('x'), record('y')], UPDATED_AT),
      () => store.empty(dataSet),
    ];
    const versions = new Set([await store.version(dataSet)]);
    for (const [index, change] of changes.entries()) {
      await change();
      versions.add(await store.version(dataSet));
      expect(versions.size).toBe(index + 2);
    }
  });

  test('stays while nothing changes in it', async ({ store }) => {
    const [dataSet, other] = [newDataSet(), newDataSet()];
    await store.replace(dataSet, [record('x')], UPDATED_AT);
    const version = await store.version(dataSet);
    await store.replace(other, [record('x')], UPDATED_AT);
    await store.replace(dataSet, [], UPDATED_AT);
    await store.remove(dataSet, 'nobody');
    await store.remove(other, 'x');
    await store.empty(other);
    expect(await store.version(dataSet)).toBe(version);
  });

  test('counts every one of many changes at the same time', async ({ store }) => {
    const dataSet = newDataSet();
    const versions = new Set<string>();
    const write = async (writer: number) => {
      for (let day = 1; day < 6; day++) {
        await store.replace(dataSet, [record(`${(writer * day) % 7}`, day)], UPDATED_AT);
        versions.add(await store.version(dataSet));
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
    const last = await store.version(dataSet);
    expect(Math.max(...Array.from(versions, Number))).toBe(Number(last));
    await store.remove(dataSet, '1');
    expect(versions).not.toContain(await store.version(dataSet));
  });
});

describe.each(STORE_TESTS)('the version of a data set in %s', (_, test) => {
  test('is the same for all stores of one place, and stays when they are closed', async ({ storage }) => {
    const stores = [await storage.open(), await storage.open()] as const;
    const versions = () => Promise.all(stores.map((store: Store) => store.version('a')));
    const [before] = await versions();
    for (const store of stores) {
      await store.replace('a', [record('x')], UPDATED_AT);
      const [one, other] = await versions();
      expect(one).toBe(other);
      expect(one).not.toBe(before);
    }
    const [last] = await versions();
    await Promise.all(stores.map((store) => store.close()));
    const later = await storage.open();
    expect(await later.version('a')).toBe(last);
    await later.close();
  });

  test('stays when a change fails', async ({ storage }) => {
    const store = await storage.open();
    await store.replace('a', [record('x')], UPDATED_AT);
    const version = await store.version('a');
    await storage.refuse('broken');
    await expect(store.replace('a', [record('y'), record('broken')], UPDATED_AT)).rejects.toThrow();
    expect(await store.version('a')).toBe(version);
    await store.close();
  });
});

const LATER = '2024-06-12T10:31:00+00:00';

describe.each(WITH_MEMORY)('when a data set was last written to, in %s,', (_, test) => {
  test('is told until it is emptied, whatever is removed and in whichever order clocks write', async ({
    store,
  }) => {
    const dataSet = newDataSet();
    const told = () => store.lastUpdate(dataSet);
    expect(await told()).toBeNull();
    await store.replace(dataSet, [record('x')], UPDATED_AT);
    expect(await told()).toBe(UPDATED_AT);
    await store.replace(dataSet, [record('x'), record('y', 20)], LATER);
    await store.replace(dataSet, [record('z')], UPDATED_AT);
    await store.remove(dataSet, 'y');
    await store.replace(dataSet, [], '2024-06-12T10:32:00+00:00');
    expect(await told()).toBe(LATER);
    await store.empty(dataSet);
    expect(await told()).toBeNull();
    await store.replace(dataSet, [record('x')], UPDATED_AT);
    expect(await told()).toBe(UPDATED_AT);
  });
});

describe.each(STORE_TESTS)('when a data set was last written to, in %s,', (_, test) => {
  test('is the same for all stores of one place', async ({ storage }) => {
    const stores = [await storage.open(), await storage.open()] as const;
    const told = () => Promise.all(stores.map((store) => store.lastUpdate('a')));
    await stores[0].replace('a', [record('x')], UPDATED_AT);
    expect(await told()).toEqual([UPDATED_AT, UPDATED_AT]);
    await stores[1].replace('a', [record('y')], LATER);
    expect(await told()).toEqual([LATER, LATER]);
    await stores[1].empty('a');
    expect(await told()).toEqual([null, null]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('is known of records of an earlier version', async ({ storage }) => {
    const earlier = await storage.open();
    await earlier.replace('a', [record('x')], UPDATED_AT);
    await earlier.replace('a', [record('y', 20)], LATER);
    await earlier.close();
    await storage.execute(
      'file' in storage.storage
        ? `ALTER TABLE data_sets DROP COLUMN updated_at; DROP TABLE wanted_tallies; DROP TRIGGER record_leaves_day;
           DROP TABLE day_changes; ALTER TABLE month_tallies DROP COLUMN days; PRAGMA user_version = 3`
        : `ALTER TABLE changes DROP COLUMN updated_at; DROP TABLE wanted_tallies; DROP TABLE day_changes;
           ALTER TABLE month_tallies DROP COLUMN days; UPDATE write_api_version SET version = 2`,
    );
    const store = await storage.open();
    expect(await store.lastUpdate('a')).toBe(LATER);
    await store.close();
  });
});
