import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { GroupsPlan } from '../../src/server/read/read-plan.ts';
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

  test('is read in place of the records of days in which nothing changes, in a month that changes', async ({
    storage,
  }) => {
    const store = await storage.open();
    const [plan = FRACTIONS] = PLANS.slice(2);
    const answer = async () => (await keptAnswersOf(store, 'a', [plan]))[0]?.map(({ count }) => count);
    // The 4th and the 9th of January, three and one of one group.
    const changed = [recordOf(1, 15, 0), recordOf(2, 15, 0), recordOf(3, 15, 0)];
    await store.replace('a', [...changed, recordOf(4, 20, 0)], UPDATED_AT);
    expect(await answer()).toEqual([4]);
    const isSqlite = 'file' in storage.storage;
    const forgetNinth = isSqlite
      ? `UPDATE month_tallies SET days = json_set(days, '$."09"[1]', json('[]'))`
      : `UPDATE month_tallies SET days = jsonb_set(days::jsonb, '{09,1}', '[]')`;
    // It is kept a moment after it was answered.
    await expect
      .poll(async () => {
        await store.replace('a', changed, UPDATED_AT);
        await answer();
        await storage.execute(forgetNinth);
        await store.replace('a', changed, UPDATED_AT);
        return answer();
      })
      .toEqual([3]);
    await store.replace('a', [recordOf(4, 20, 0)], UPDATED_AT);
    expect(await answer()).toEqual([4]);
    await store.close();
  });

  test('is removed when nobody, of whichever process, has wanted it for a week', async ({ storage }) => {
    const stores = [await storage.open(), await storage.open()] as const;
    await stores[0].replace('a', [recordOf(1, 15, 0)], UPDATED_AT);
    const [own = FRACTIONS, others = FRACTIONS, noneOfTheirs = FRACTIONS] = PLANS;
    const answers = () => keptAnswersOf(stores[0], 'a', [own, others, noneOfTheirs]);
    const right = await answers();
    // It is kept a moment after it was answered.
    await expect
      .poll(async () => {
        await storage.execute("UPDATE month_tallies SET tallies = '[]'");
        return answers();
      })
      .toEqual([[], [], []]);
    const say = async (day: number, ...wanted: readonly (readonly GroupsPlan[])[]) => {
      const now = Date.UTC(2024, 3, day);
      await Promise.all(
        wanted.map((plans, index) => stores[index]?.keepWanted(new Map([['a', plans]]), now)),
      );
    };
    await say(1, [own], [others]);
    await say(2, [own], [others]);
    expect(await answers()).toEqual([[], [], []]);
    await say(8, [own]);
    await say(9, [own]);
    expect(await answers()).toEqual([[], [], right[2]]);
    await say(10, [own]);
    expect(await answers()).toEqual([[], right[1], right[2]]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('stays when another store says what it wants of another data set', async ({ storage }) => {
    const stores = [await storage.open(), await storage.open()] as const;
    const [plan = FRACTIONS] = PLANS;
    for (const dataSet of ['a', 'b']) await stores[0].replace(dataSet, [recordOf(1, 15, 0)], UPDATED_AT);
    const answers = () => Promise.all(['a', 'b'].map((dataSet) => keptAnswersOf(stores[0], dataSet, [plan])));
    await expect
      .poll(async () => {
        await storage.execute("UPDATE month_tallies SET tallies = '[]'");
        return answers();
      })
      .toEqual([[[]], [[]]]);
    const day = Date.UTC(2024, 3, 1);
    for (let round = 0; round < 20; round++)
      await Promise.all(
        stores.map((store, index) =>
          store.keepWanted(new Map([[index === 0 ? 'a' : 'b', [plan]]]), day + round * 86_400_000),
        ),
      );
    expect(await answers()).toEqual([[[]], [[]]]);
    await Promise.all(stores.map((store) => store.close()));
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

  test('is what the records say when an earlier version kept the months, and not their days', async ({
    storage,
  }) => {
    const earlier = await storage.open();
    await earlier.replace('a', [recordOf(1, 15, 0), recordOf(2, 50, 0)], UPDATED_AT);
    await expectSame(earlier, 'a');
    await earlier.close();
    const isSqlite = 'file' in storage.storage;
    await storage.execute(
      `${isSqlite ? 'DROP TRIGGER record_leaves_day;' : ''} DROP TABLE day_changes;
       ALTER TABLE month_tallies DROP COLUMN days;
       ${isSqlite ? 'PRAGMA user_version = 5' : 'UPDATE write_api_version SET version = 4'}`,
    );
    const store = await storage.open();
    await expectSame(store, 'a');
    for (const day of [16, 15, 50]) {
      await store.replace('a', [recordOf(1, day, 0)], UPDATED_AT);
      await expectSame(store, 'a');
    }
    await store.close();
  });

  test('is nothing yet of the records of an earlier version', async ({ storage }) => {
    const earlier = await storage.open();
    await earlier.replace('a', [recordOf(1, 15, 0), recordOf(2, 50, 0)], UPDATED_AT);
    await earlier.close();
    const isSqlite = 'file' in storage.storage;
    await storage.execute(
      isSqlite
        ? `DROP TRIGGER record_leaves_month; DROP TABLE changes; DROP TRIGGER record_leaves_day;
           DROP TABLE day_changes; DROP TABLE month_tallies; DROP TABLE wanted_tallies; ALTER TABLE data_sets DROP COLUMN updated_at; PRAGMA user_version = 2`
        : `DROP FUNCTION count_changes CASCADE; DROP TABLE changes; DROP TABLE day_changes;
           DROP TABLE month_tallies; DROP TABLE wanted_tallies; UPDATE write_api_version SET version = 1`,
    );
    const store = await storage.open();
    await expectSame(store, 'a');
    await store.replace('a', [recordOf(1, 50, 0)], UPDATED_AT);
    await expectSame(store, 'a');
    await store.close();
  });
});
