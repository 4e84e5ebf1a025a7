import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AskedDatabase } from '../../src/first-job/asked-database.ts';
import { planTableJob } from '../../src/first-job/plan-table-job.ts';
import { previewJob } from '../../src/first-job/preview-job.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { dialectOf } from '../../src/sources/dialects.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';

/** As MariaDB tells it, and MySQL in its first form. */
const blocks = (query_block: object) => ({ explain: JSON.stringify({ query_block }) });

describe('a database is asked only what it answers soon, by its plan', () => {
  test.each([
    ['pg', [{ 'query plan': '[{"Plan": {"Plan Rows": 1, "Total Cost": 0.46}}]' }], true],
    ['pg', [{ 'query plan': '[{"Plan": {"Plan Rows": 1, "Total Cost": 900000.01}}]' }], false],
    ['mysql2', [blocks({ message: 'Select tables optimized away' })], true],
    ['mysql2', [blocks({ table: { table_name: 'a', access_type: 'ALL', rows: 90_000_000 } })], false],
    [
      'mysql2',
      [
        blocks({
          nested_loop: [
            { table: { table_name: 'a', access_type: 'ALL', rows_examined_per_scan: 4_000_000 } },
            { table: { table_name: 'b', access_type: 'ref', rows_examined_per_scan: 2_000_000 } },
          ],
        }),
      ],
      false,
    ],
    ['better-sqlite3', [], undefined],
  ])('of %s: %j', async (client, answer, isQuick) => {
    const query = { sql: 'select 1', parameters: {}, applicationName: 'test' };
    expect(await dialectOf(client).readPlan(query, async () => answer)).toMatchObject({ isQuick });
  });
});

describe('of a table that is too large to look at', () => {
  let database: TestDatabase;
  let source: Source;
  beforeAll(async () => {
    database = await createDatabase('sqlite');
    await database.execute('CREATE TABLE visits (seen_on date, page text)');
    await database.execute(
      "INSERT INTO visits VALUES ('2015-01-01', 'a'), ('2015-01-02', 'b'), ('2015-01-03', 'a')",
    );
    source = createSource('visits', database.settings);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  const asked = (isQuick: boolean | undefined): AskedDatabase => ({
    source: { ...source, plan: async () => ({ rows: undefined, isQuick, scans: async () => [] }) },
    catalogue: dialectOf('better-sqlite3').catalogue,
    typesValues: true,
    zones: { database: 'UTC', job: 'Europe/London' },
    signal: new AbortController().signal,
  });
  const wishes = { database: 'visits', dataGroup: 'test', dateColumn: undefined, today: '2015-01-04' };
  const never = () => Promise.reject(new Error('nothing is open'));
  const NOW = Date.parse('2015-01-04T12:00:00Z');

  test('the first day is left out and said to be, and no rows are read', async () => {
    const plan = await planTableJob(asked(false), undefined, wishes, never);
    expect(plan.draft.start).toBeUndefined();
    expect(plan.decisions.find(({ about }) => about === 'start')?.text).toBe(
      '3 days ago, because the table is large and has no index on seen_on, so it was not asked; window.start sets another',
    );
    expect(await previewJob(asked(false), plan, NOW)).toBeUndefined();
  });

  test('a database that gives no plan is tried, and what fails there is left out', async () => {
    const plan = await planTableJob(asked(undefined), undefined, wishes, never);
    expect(plan).toMatchObject({ draft: { start: '2015-01-01' }, newest: '2015-01-03' });
    const slow = { ...plan, draft: { ...plan.draft, query: 'SELECT abs(-9223372036854775808) AS day' } };
    expect(await previewJob(asked(undefined), slow, NOW)).toBeUndefined();
    const failing = { ...source, plan: () => Promise.reject(new Error('no plan')) };
    expect(await planTableJob({ ...asked(false), source: failing }, undefined, wishes, never)).toEqual(plan);
  });

  test('and otherwise they are the first day, and a test of the newest day that is over', async () => {
    const plan = await planTableJob(asked(true), undefined, wishes, never);
    expect(plan).toMatchObject({ draft: { start: '2015-01-01' }, newest: '2015-01-03' });
    const previewed = await previewJob(asked(true), plan, NOW);
    expect(previewed?.test).toMatchObject({
      rows: [{ day: '2015-01-03', count: 1 }],
      records: [{ _timestamp: '2015-01-03T00:00:00Z', count: 1 }],
    });
  });
});
