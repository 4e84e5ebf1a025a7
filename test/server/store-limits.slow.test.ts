import { describe, expect } from 'vitest';
import { recordsOf } from './memory-write-api.ts';
import { newDataSet, record, UPDATED_AT, WITH_MEMORY } from './store-kinds.ts';

describe.each(WITH_MEMORY)('a store in %s', (_, test) => {
  test('takes the most records that a request may hold', async ({ store }) => {
    const dataSet = newDataSet();
    const records = Array.from({ length: 100_000 }, (_, index) => record(`id-${index}`));
    await store.replace(dataSet, records, UPDATED_AT);
    await store.replace(dataSet, [record('last')], UPDATED_AT);
    expect((await store.summary(dataSet)).records).toBe(100_001);
    const ids = (await recordsOf(store, dataSet)).map(({ id }) => id);
    expect([ids[0], ids[99_999], ids[100_000]]).toEqual(['id-0', 'id-99999', 'last']);
  });
});
