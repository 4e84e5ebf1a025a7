import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Store } from '../../src/server/store/store.ts';
import { kill9 } from '../support/kill9.ts';
import { answerOf, FRACTIONS, keptAnswersOf, PLANS, recordOf, tenthsOf } from './kept-plans.ts';
import { newDataSet, STORE_TESTS, UPDATED_AT, WITH_MEMORY } from './store-kinds.ts';

/** What is kept of months, beside what the records say. */

const numbers = fc.tuple(fc.nat(40), fc.nat(80), fc.nat(10_000));
const operations = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.array(numbers, { minLength: 1, maxLength: 25 }).map((all) => ({ all })) },
    { weight: 2, arbitrary: fc.nat(40).map((id) => ({ id })) },
    { weight: 1, arbitrary: fc.constant('empty' as const) },
  ),
  { minLength: 1, maxLength: 8 },
);
type Operation = typeof operations extends fc.Arbitrary<readonly (infer Each)[]> ? Each : never;

async function perform(store: Store, dataSet: string, operation: Operation): Promise<void> {
  if (operation === 'empty') await store.empty(dataSet);
  else if ('id' in operation) await store.remove(dataSet, `id-${operation.id}`);
  else
    await store.replace(
      dataSet,
      operation.all.map((each) => recordOf(...each)),
      UPDATED_AT,
    );
}

async function expectSame(store: Store, dataSet: string): Promise<void> {
  const [fractions = [], ...answers] = await keptAnswersOf(store, dataSet, [FRACTIONS, ...PLANS]);
  for (const [index, plan] of PLANS.entries())
    expect(answers[index]).toEqual(await answerOf(store, dataSet, plan));
  const sums = fractions.map(({ period, values, collected: [amount] }) => {
    const [whole = '', tenth = '0'] = (amount?.exact ?? String(amount?.integers)).split('.');
    return [`${period?.slice(0, 7)} ${values[0]}`, BigInt(whole + tenth)] as const;
  });
  expect(new Map(sums)).toEqual(await tenthsOf(store, dataSet));
}

describe.each(WITH_MEMORY)('what is kept in %s', (_, test) => {
  test('is what the records say, after whatever was stored, replaced and removed', async ({ store }) => {
    await fc.assert(
      fc.asyncProperty(operations, async (all) => {
        const dataSet = newDataSet();
        for (const operation of all) {
          await perform(store, dataSet, operation);
          await expectSame(store, dataSet);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe.each(STORE_TESTS)('what is kept in %s', (_, test) => {
  test('is read in place of the records, until something changes in its month', async ({ storage }) => {
    const store = await storage.open();
    await store.replace('a', [recordOf(1, 15, 0), recordOf(2, 50, 0)], UPDATED_AT);
    const answer = async () => (await keptAnswersOf(store, 'a', PLANS.slice(2, 3)))[0] ?? [];
    const right = await answer();
    expect(right).toHaveLength(2);
    // It is kept a moment after it was answered.
    await expect
      .poll(async () => {
        await storage.execute("UPDATE month_tallies SET tallies = '[]'");
        return (await answer()).length;
      })
      .toBe(0);
    await store.replace('a', [recordOf(2, 50, 0)], UPDATED_AT);
    expect(await answer()).toEqual(right.filter(({ period }) => period?.startsWith('2024-02')));
    await store.close();
  });

  test('is removed for plans that are not there any more', async ({ storage }) => {
    const store = await storage.open();
    await store.replace('a', [recordOf(1, 15, 0)], UPDATED_AT);
    const [stays = FRACTIONS, goes = FRACTIONS] = PLANS;
    const answers = () => keptAnswersOf(store, 'a', [stays, goes]);
    const [, right] = await answers();
    // It is kept a moment after it was answered.
    await expect
      .poll(async () => {
        await storage.execute("UPDATE month_tallies SET tallies = '[]'");
        return answers();
      })
      .toEqual([[], []]);
    await store.keepOnly(
      new Map([
        ['a', [stays]],
        ['b', [goes]],
      ]),
    );
    expect(await answers()).toEqual([[], right]);
    await store.close();
  });

  test('is not added up for who does not want it any more', async ({ storage }) => {
    const store = await storage.open();
    await store.replace('a', [recordOf(1, 15, 0)], UPDATED_AT);
    await expect(store.sums('a', PLANS, AbortSignal.abort(new Error('given up')))).rejects.toThrow(
      'given up',
    );
    await store.close();
  });

  test('is what the records say while several stores of one place write and read', async ({ storage }) => {
    const stores = await Promise.all([storage.open(), storage.open()]);
    const write = async (store: Store, writer: number) => {
      for (let round = 0; round < 12; round++) {
        const records = Array.from({ length: 8 }, (_, index) =>
          recordOf(
            (round * 5 + index * (writer + 1)) % 40,
            (round * 13 + index * 9) % 80,
            round * 31 + index,
          ),
        );
        await store.replace('a', records, UPDATED_AT);
        if (round % 4 === 3) await store.remove('a', `id-${round}`);
        if (round === 7 && writer === 0) await store.empty('a');
      }
    };
    const read = async (store: Store) => {
      for (let round = 0; round < 5; round++)
        for (const plan of PLANS) await keptAnswersOf(store, 'a', [plan]);
    };
    await Promise.all(stores.flatMap((store, index) => [write(store, index), read(store)]));
    for (const store of stores) await expectSame(store, 'a');
    await Promise.all(stores.map((store) => store.close()));
  });

  test('is what the records say after a kill in the midst of it', async ({ storage }) => {
    for (let round = 0; round < 4; round++) {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'kept-writer.ts'), JSON.stringify(storage.storage), String(round)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      try {
        // A line for each round of writing and reading.
        for (let lines = 0; lines < 3 + round; lines++) await once(child.stdout, 'data');
      } finally {
        await kill9(child);
      }
      const store = await storage.open();
      await expectSame(store, 'a');
      await store.close();
    }
  });

  test('is nothing yet of the records of an earlier version', async ({ storage }) => {
    const earlier = await storage.open();
    await earlier.replace('a', [recordOf(1, 15, 0), recordOf(2, 50, 0)], UPDATED_AT);
    await earlier.close();
    const isSqlite = 'file' in storage.storage;
    await storage.execute(
      isSqlite
        ? `DROP TRIGGER record_leaves_month; DROP TABLE changes; DROP TABLE month_tallies;
           ALTER TABLE data_sets DROP COLUMN updated_at; PRAGMA user_version = 2`
        : `DROP FUNCTION count_changes CASCADE; DROP TABLE changes; DROP TABLE month_tallies;
           UPDATE write_api_version SET version = 1`,
    );
    const store = await storage.open();
    await expectSame(store, 'a');
    await store.replace('a', [recordOf(1, 50, 0)], UPDATED_AT);
    await expectSame(store, 'a');
    await store.close();
  });
});
