import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { Collecting } from '../support/collecting.ts';
import { startWriteApi } from '../support/write-api.ts';
import { plans, quiet } from './sent-model/night.ts';
import { listedTable, storedTable, type Table } from './sent-model/table.ts';
import { type Place, World } from './sent-model/world.ts';

/**
 * Nights in which rows come, change, go back and go, runs break, and write APIs lose, refuse and hide records. More plans:
 * SEND_CHANGED_PLANS=3000 npx vitest run test/integration/send-changed-model.test.ts
 */

const MANY = Number(process.env.SEND_CHANGED_PLANS ?? 300);

const TABLES = [
  ['in memory', async () => listedTable(), MANY],
  ['in PostgreSQL', () => storedTable('postgresql'), Math.ceil(MANY / 20)],
] as const;

const DATA_SET = { data_group: 'test', data_type: 'applications', token: 'the-token' };

test.each(TABLES)(
  'after every night the data set is what is promised of a table %s',
  async (_, open, numRuns) => {
    const table = await open();
    onTestFinished(() => table.close());
    const places = [await placeOf(table), await placeOf(table)] as const;
    const property = fc.asyncProperty(plans, async (plan) => {
      await table.clear();
      for (const { collecting } of places) await collecting.client.empty(DATA_SET);
      const state = openSqliteState(':memory:');
      try {
        const world = new World(plan, table, places, state);
        if (plan.isFull) await world.fill();
        for (const night of plan.nights) expect((await world.pass(night)).differences).toEqual([]);
        const rest = quiet(plan.nights.at(-1) as (typeof plan.nights)[0]);
        for (let night = 0; night < 2; night++) expect((await world.pass(rest)).differences).toEqual([]);
        expect((await world.pass(rest)).result).toMatchObject({ records: 0, failure: undefined });
      } finally {
        await state.close();
      }
    });
    await fc.assert(property, { numRuns, endOnFailure: true });
  },
  3_600_000,
);

async function placeOf({ source }: Table): Promise<Place> {
  const api = await startWriteApi({ raw_queries_allowed: true });
  const collecting = new Collecting({ ...source, close: async () => undefined }, api.url);
  onTestFinished(async () => {
    await collecting.close();
    await api.close();
  });
  return { api, collecting };
}
