import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../src/model/query.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { dialectOf } from '../../src/sources/dialects.ts';
import { ALL_PRODUCTS, createDatabase, type TestDatabase } from '../support/databases.ts';
import { numbersTo } from '../support/number-rows.ts';

const ROWS = 3_000;
/** Within what a database may be mistaken. */
const ABOUT = [ROWS * 0.8, ROWS * 1.25] as const;

const EARLY: Query['parameters'] = {
  from: { kind: 'instant', epochMilliseconds: Date.parse('2015-01-01T00:00:00Z') },
};

describe.each(ALL_PRODUCTS)('the plan of a query: %s', (product, client) => {
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    database = await createDatabase(product);
    const numbers =
      client === 'better-sqlite3'
        ? `(with recursive s (n) as (select 1 union all select n + 1 from s where n < ${ROWS}) select n from s)`
        : numbersTo(client, ROWS);
    const time = client === 'pg' ? 'timestamptz' : 'datetime';
    const statements = [
      `create table visits (id integer primary key, submitted_at ${time}, seen_at ${time}, channel varchar(20))`,
      'create table small (id integer primary key, channel varchar(20))',
      'create index visits_seen_at on visits (seen_at, channel)',
      'create view all_visits as select v.submitted_at, v.channel from visits v where v.channel is not null',
      `insert into visits select n, '2015-06-01 12:00:00', '2015-06-01 12:00:00', 'paper' from ${numbers}`,
      "insert into small values (1, 'paper')",
      { pg: 'analyze', mysql2: 'analyze table visits, small', 'better-sqlite3': 'select 1' }[client],
    ];
    for (const statement of statements) await database.execute(statement);
    source = createSource('visits', database.settings);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  const planOf = (sql: string) =>
    source.plan({ sql, parameters: EARLY, applicationName: 'test' }, new AbortController().signal);
  const scansOf = async (sql: string, least = 1_000) => (await planOf(sql)).scans(least);

  test.each([
    'select channel, count(*) from visits where submitted_at >= :from group by channel order by 1',
    'select v.channel, count(*) from visits as v where v.submitted_at >= :from group by v.channel',
    'select channel, count(*) from all_visits where submitted_at >= :from group by channel',
    'select s.id from small s join visits v on v.channel = s.channel where v.submitted_at >= :from',
    'with v as (select * from visits) select count(*) from v where submitted_at >= :from',
    'select submitted_at from visits union all select submitted_at from visits',
  ])('names the table that is read as a whole, with its rows, columns and indexes: %s', async (sql) => {
    const scans = await scansOf(sql);
    expect(scans).toMatchObject([{ table: 'visits', columns: ['id', 'submitted_at', 'seen_at', 'channel'] }]);
    expect(scans[0]?.rows).toBeGreaterThan(ABOUT[0]);
    expect(scans[0]?.rows).toBeLessThan(ABOUT[1]);
    expect(scans[0]?.indexes).toHaveLength(2);
    expect(scans[0]?.indexes).toEqual(expect.arrayContaining([['id'], ['seen_at', 'channel']]));
  });

  test.each([
    'select channel from visits where id = 7',
    "select channel from visits where seen_at >= '2030-01-01 00:00:00'",
    'select max(id) from visits',
    'select * from small',
  ])('names none where an index is used, or the table is small: %s', async (sql) => {
    expect(await scansOf(sql)).toEqual([]);
  });

  if (client === 'pg')
    test('names a table for its partitions, and none that a LIMIT leaves early', async () => {
      await database.execute('create table "All Visits" (id int, seen_on date) partition by range (id)');
      for (const [from, to] of [
        [0, 1_000],
        [1_000, 2_000],
        [2_000, 4_000],
      ])
        await database.execute(
          `create table visits_${from} partition of "All Visits" for values from (${from}) to (${to})`,
        );
      await database.execute(`insert into "All Visits" select n, '2015-06-01' from ${numbersTo('pg', ROWS)}`);
      await database.execute('analyze "All Visits"');
      const scans = await scansOf('select count(*) from "All Visits"', 2_900);
      expect(scans).toMatchObject([{ table: '"All Visits"', rows: ROWS }]);
      expect(await scansOf('select count(*) from "All Visits" where id < 2000', 2_900)).toEqual([]);
      expect(await scansOf('select * from visits limit 20')).toEqual([]);
      expect(await scansOf('select * from visits order by submitted_at limit 20')).toHaveLength(1);
    });

  test('names a small table where it is asked for such', async () => {
    expect(await scansOf('select * from small', 1)).toMatchObject([{ table: 'small' }]);
  });
});

test('the first form of MySQL tells rows and scans in blocks, those of views and of other names included', async () => {
  const table = (name: string, over: object) => ({
    table: { table_name: name, access_type: 'ALL', rows_examined_per_scan: 2_000_000, ...over },
  });
  const answers = (query_block: object) => async (query: Pick<Query, 'sql'>) => {
    if (query.sql.startsWith('explain')) return [{ explain: JSON.stringify({ query_block }) }];
    if (query.sql.includes('information_schema.views')) return [];
    return [{ index_name: '', name: 'channel', table_schema: 'shop', is_known: 1 }];
  };
  const query = { sql: 'select channel from visits v', parameters: {}, applicationName: 'test' };
  const one = await dialectOf('mysql2').readPlan(
    query,
    answers({ grouping_operation: table('v', { rows_produced_per_join: 600_000, filtered: '30.00' }) }),
  );
  expect(one.rows).toBe(600_000);
  expect(await one.scans(1_000_000)).toEqual([
    { table: 'visits', name: 'visits', rows: 2_000_000, columns: ['channel'], indexes: [] },
  ]);
  const derived = table('<derived2>', { materialized_from_subquery: { query_block: table('v', {}) } });
  const two = await dialectOf('mysql2').readPlan(query, answers({ nested_loop: [derived, table('w', {})] }));
  expect(two.rows).toBeUndefined();
  expect((await two.scans(1_000_000)).map(({ name }) => name)).toEqual(['visits', 'w']);
});
