import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CursorValue } from '../../src/model/query.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { PARAMETERS } from '../../src/sources/mysql/parameters.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { numbersTo } from '../support/number-rows.ts';
import { never, query, rowsOf } from './reading.ts';

describe.each(['mariadb', 'mysql'] as const)('%s', (product) => {
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    database = await createDatabase(product);
    await database.execute(`create table events (
    at_local datetime(6), at_seconds datetime, at_zoned timestamp(6) null, on_date date, id bigint, large bigint unsigned,
    amount decimal(12,2), general varchar(20) character set utf8mb4 collate utf8mb4_general_ci,
    exact varchar(20) character set utf8mb4 collate utf8mb4_bin, western varchar(20) character set latin1,
    plain varchar(20) character set ascii, padded char(5) character set utf8mb4,
    ${['at_local', 'at_seconds', 'at_zoned', 'on_date', 'id', 'large', 'amount', 'general', 'exact', 'western', 'plain', 'padded'].map((name) => `key (${name})`).join(', ')})`);
    await database.execute(
      `insert into events select t, t, t, t, n, n, n / 100, name, name, name, name, left(name, 5)
      from (select n, timestamp '2014-06-01 00:00:00.000001' + interval n minute as t, concat('n', lpad(n, 4, '0')) as name
        from ${numbersTo('mysql2', 5_000)}) s`,
    );
    await database.execute(
      "insert into events (general, exact, western, plain, padded) values ('zé', 'zé', 'zé', 'ze', 'zé')",
    );
    await database.execute('analyze table events');
    source = createSource('benefits', database.settings);
  });

  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  const read = async (sql: string, value: CursorValue) =>
    rowsOf(await source.open(query(sql, { value }), never()));

  test.each<[string, CursorValue['kind'], string]>([
    ['at_local', 'datetime', '2014-06-04 11:00:00.000001'],
    ['at_local', 'datetime', '2014-06-04'],
    ['at_seconds', 'datetime', '2014-06-04 11:00:00'],
    ['at_zoned', 'datetime', '2014-06-04 11:00:00.000001'],
    ['on_date', 'datetime', '2014-06-04'],
    ['id', 'number', '4980'],
    ['large', 'number', '18446744073709551000'],
    ['amount', 'number', '49.80'],
    ['general', 'text', 'n4980'],
    ['exact', 'text', 'n4980'],
    ['western', 'text', 'zé'],
    ['plain', 'text', 'n4980'],
    ['padded', 'text', 'n4980'],
  ])('the index on %s serves a %s', async (column, kind, text) => {
    const explain = (value: string) => `explain select * from events where ${column} > ${value}`;
    if (product === 'mariadb') {
      const [plan = []] = await read(explain(':value'), { kind, text });
      // id, select_type, table, type, possible_keys, key
      expect([plan[3], plan[5]]).toEqual(['range', column]);
    } else {
      // It does not tell the columns of an EXPLAIN that is prepared; and it has one column more.
      const value = PARAMETERS.placeholder({ name: 'value', kind, text }, 1).replace('?', `'${text}'`);
      const [plan = []] = await database.execute(
        explain(value).replace('explain', 'explain format=traditional'),
      );
      expect([plan[4], plan[6]]).toEqual(['range', column]);
    }
  });

  test.each([
    ['general', 'zé', []],
    ['general', 'N5000', ['zé']],
    ['exact', 'n5000', ['zé']],
    ['exact', 'zÉ', ['zé']],
    ['western', 'n5000', ['zé']],
    ['western', 'zé', []],
    ['plain', 'n5000', ['ze']],
    ['padded', 'n5000', ['zé']],
  ])(
    'a text is compared with %s as its collation wants: behind %s come %j',
    async (column, text, expected) => {
      const rows = await read(`select ${column} from events where ${column} > :value order by ${column}`, {
        kind: 'text',
        text,
      });
      expect(rows.flat()).toEqual(expected);
    },
  );

  test('no microsecond is lost on the way back', async () => {
    const after = async (text: string) =>
      (
        await read('select id from events where at_local > :value order by at_local limit 1', {
          kind: 'datetime',
          text,
        })
      )[0];
    expect(await after('2014-06-01 00:01:00.000000')).toEqual(['1']);
    expect(await after('2014-06-01 00:01:00.000001')).toEqual(['2']);
  });
});

test.each([
  ['0', 'CAST(? AS SIGNED)'],
  ['-9223372036854775808', 'CAST(? AS SIGNED)'],
  ['9223372036854775807', 'CAST(? AS SIGNED)'],
  ['9223372036854775808', 'CAST(? AS UNSIGNED)'],
  ['18446744073709551616', 'CAST(? AS DECIMAL(65))'],
  ['-9223372036854775809', 'CAST(? AS DECIMAL(65))'],
  ['1.50', 'CAST(? AS DECIMAL(65,2))'],
  ['0.0000000000000000000000000000000000000000001', 'CAST(? AS DECIMAL(65,38))'],
])('the number %s is written as %s', (text, expected) => {
  expect(PARAMETERS.placeholder({ name: 'id', kind: 'number', text }, 1)).toBe(expected);
});
