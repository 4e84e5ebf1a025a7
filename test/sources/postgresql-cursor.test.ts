import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CursorValue, Parameter } from '../../src/model/query.ts';
import type { Source } from '../../src/model/source.ts';
import { compileCursor } from '../../src/records/cursor.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { never, query, rowsOf } from './reading.ts';

let database: TestDatabase;
let source: Source;

beforeAll(async () => {
  database = await createDatabase('pg');
  await database.execute("create type mood as enum ('sad', 'ok', 'great')");
  await database.execute(
    `create table events (zoned timestamptz, local timestamp, day date, large bigint, small smallint, amount numeric, code uuid,
      name text, padded char(5), mood mood, clock time)`,
  );
  await database.execute(
    `insert into events select timestamptz '2014-06-01 00:00:00.000001+00' + n * interval '1 microsecond',
      timestamp '2014-06-01 00:00:00.000001' + n * interval '1 microsecond', date '2014-06-01' + n, 9007199254740992 + n, n,
      n * 0.00000000000000000001, ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'n' || n, 'n' || n,
      (enum_range(null::mood))[1 + n], time '10:00' + n * interval '1 microsecond'
     from generate_series(0, 2) n`,
  );
  source = createSource('benefits', database.settings);
});

afterAll(async () => {
  await source.close();
  await database.drop();
});

const failureOf = (sql: string, parameters: Readonly<Record<string, Parameter>>) =>
  source
    .open(query(sql, parameters), never())
    .then(rowsOf)
    .then(
      () => new Error('the query did not fail'),
      (error: Error & { remedy?: string }) => error,
    );

test.each(['zoned', 'local', 'day', 'large', 'small', 'amount', 'code', 'name', 'padded', 'mood', 'clock'])(
  'the last value of %s brings the next one, alone and beside another column',
  async (column) => {
    for (const sql of [
      `select ${column} from events where ${column} > :${column} order by ${column} limit 1`,
      `select ${column} from events where (${column}, small) > (:${column}, 2) order by ${column} limit 1`,
    ]) {
      const all = await rowsOf(
        await source.open(query(`select ${column} from events order by ${column}`), never()),
      );
      const result = await source.open(query(`select ${column} from events where small = 0`), never());
      const cursor = compileCursor([column], result.columns);
      const seen: unknown[] = [];
      let [row] = await rowsOf(result);
      for (; row !== undefined && seen.length < 5; ) {
        seen.push(row);
        const value = cursor.valuesOf(row)[0] as CursorValue;
        [row] = await rowsOf(await source.open(query(sql, { [column]: value }), never()));
      }
      expect(seen).toEqual(all);
    }
  },
);

test('an index serves the comparison of whole positions', async () => {
  await database.execute(
    "create table many as select now() + n * interval '1 second' as at, n as id from generate_series(1, 20000) n",
  );
  await database.execute('create index on many (at, id)');
  await database.execute('analyze many');
  const position = {
    at: { kind: 'datetime', text: '2100-01-01 00:00:00+00' },
    id: { kind: 'number', text: '7' },
  } as const;
  const plan = await rowsOf(
    await source.open(
      query('explain select * from many where (at, id) > (:at, :id) order by at, id', position),
      never(),
    ),
  );
  expect(plan.flat().join('\n')).toMatch(/Index Cond: \(ROW\(at, id\) > ROW/);
});

test('the hour that comes twice when the clocks go back is read once, in its order', async () => {
  const london = createSource('benefits', { ...database.settings, timezone: 'Europe/London' });
  await database.execute(
    "create table autumn as select timestamptz '2014-10-25 23:00+00' + n * interval '10 minutes' as at from generate_series(0, 23) n",
  );
  const seen: unknown[] = [];
  let position: Parameter = { kind: 'instant', epochMilliseconds: 0 };
  for (let page = 0; page < 30; page++) {
    const sql = 'select at from autumn where at > :at order by at limit 5';
    const result = await london.open(query(sql, { at: position }), never());
    const cursor = compileCursor(['at'], result.columns);
    const positions = (await rowsOf(result)).map((row) => cursor.valuesOf(row));
    for (const [index, next] of positions.slice(1).entries()) {
      expect(cursor.compare(positions[index] ?? [], next)).toBeLessThan(0);
    }
    if (positions.length === 0) break;
    seen.push(...positions);
    position = positions.at(-1)?.[0] as CursorValue;
  }
  expect(seen).toHaveLength(24);
  expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(24);
  await london.close();
});

describe('where the server does not find the type of a parameter, the remedy is a cast', () => {
  const at: Parameter = { kind: 'datetime', text: '2014-06-01 00:00:00+00' };
  const id: Parameter = { kind: 'number', text: '1' };
  const cast = (example: string) =>
    `Cast ${example.split('::')[0]} to the type of the column with which the query compares it, e.g. ${example}.`;

  test.each([
    [
      'select 1 as one where :at is not null',
      'could not determine data type of parameter :at',
      cast(':at::timestamptz'),
    ],
    [
      'select 1 as one from events where :id is null',
      'could not determine data type of parameter :id',
      cast(':id::bigint'),
    ],
    [
      "select date_trunc('day', :at) as one",
      'function date_trunc(unknown, unknown) is not unique, at line 1, column 8 of the query',
      cast(':at::timestamptz'),
    ],
    [
      'select zoned from events where zoned > (select :at)',
      'operator does not exist: timestamp with time zone > text, at line 1, column 38 of the query',
      'Correct the name, or cast the operands so that their types fit; parameters as well, e.g. :at::timestamptz.',
    ],
    [
      'select zoned from events where large > :at',
      'invalid input syntax for type bigint: ":at"',
      cast(':at::timestamptz'),
    ],
  ])('%s', async (sql, what, remedy) => {
    const parameters = { ...(sql.includes(':at') ? { at } : {}), ...(sql.includes(':id') ? { id } : {}) };
    expect(await failureOf(sql, parameters)).toMatchObject({
      side: 'source',
      message: expect.stringContaining(`database benefits: ${what}`),
      remedy,
    });
  });

  test('and with the cast it works', async () => {
    const sql =
      'select small from events where zoned > now() - (now() - :at::timestamptz) and :id::int is not null';
    expect(await rowsOf(await source.open(query(sql, { at, id }), never()))).toHaveLength(3);
  });

  test('but an error about something else keeps its own remedy', async () => {
    expect(await failureOf("select '1x'::int as one from events where small >= :id", { id })).toMatchObject({
      message: expect.stringContaining('invalid input syntax for type integer: "1x"'),
      remedy: 'Correct the query, or the data that it reads.',
    });
    expect(await failureOf('select chanel1 from events where small >= :id', { id })).toMatchObject({
      message: 'database benefits: column "chanel1" does not exist, at line 1, column 8 of the query',
    });
  });
});
