import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { moneyReader } from '../../src/sources/postgresql/types.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { failureOf, never, partsOf, query, rowsOf, valuesOf, withSource } from './reading.ts';

let database: TestDatabase;
let source: Source;
const role = `reader_${process.pid}_${Date.now()}`;
const PASSWORD = 's3cret&word';

/**
 * Whoever logs in with a password is asked for it only where the server is set up so; the user's rights are what is
 * tested.
 */
const asReader = () => ({
  ...partsOf(database.url),
  user: role,
  password: new Secret(() => PASSWORD),
});

beforeAll(async () => {
  database = await createDatabase('pg');
  for (const sql of [
    "create type mood as enum ('sad', 'ok')",
    'create domain amount as numeric(12,2)',
    'create domain large_amount as amount check (value > 0)',
    'create domain flag as bit(1)',
    'create table applications (id int, channel text)',
    'create table secrets (id int)',
    `create role ${role} login password '${PASSWORD}'`,
    `grant select on applications to ${role}`,
  ])
    await database.execute(sql);
  source = createSource('benefits', database.settings);
});

afterAll(async () => {
  await source.close();
  await database.execute(`drop owned by ${role}`);
  await database.execute(`drop role ${role}`);
  await database.drop();
});

test('every type that can be part of a record arrives as the text that the database prints', async () => {
  const values = await valuesOf(
    source,
    `select 32767::smallint as "smallint", 2147483647::int as "int", 9223372036854775807::bigint as "bigint", 4000000000::oid as oid,
      12345678901234567890.12::numeric as "numeric", 0.10::numeric(5,2) as scaled, 'NaN'::numeric as nan, 1.005::large_amount as domain,
      0.1::real as "real", 0.1::float8 as "double", 'Infinity'::float8 as infinity, 1e300::float8 as large,
      true as "true", false as "false", b'1'::bit(1) as bit, b'1'::flag as flag,
      'x'::text as "text", 'x'::varchar(5) as "varchar", 'x'::char(5) as "char", 'x'::"char" as "char1", 'x'::name as "name", 'x' as literal,
      'ok'::mood as "enum", '9a8b7c6d-0000-4000-8000-000000000000'::uuid as uuid, '10.0.0.1'::inet as inet, '10.0.0.0/8'::cidr as cidr,
      date '2014-06-01' as "date", timestamp '2014-06-01 01:30:00.123456' as "timestamp", timestamptz '2014-06-01 01:30:00+01' as "timestamptz",
      time '12:30:01.5' as "time", timetz '12:30+01' as "timetz", interval '1 day 2 hours' as "interval",
      null::int as nothing, 'infinity'::date as forever, date '0044-03-15 BC' as ides, xmlparse(content '<a/>') as xml`,
  );
  expect(values).toEqual({
    smallint: ['integer', '32767'],
    int: ['integer', '2147483647'],
    bigint: ['integer', '9223372036854775807'],
    oid: ['integer', '4000000000'],
    numeric: ['decimal', '12345678901234567890.12'],
    scaled: ['decimal', '0.10'],
    nan: ['decimal', 'NaN'],
    domain: ['decimal', '1.01'],
    real: ['float', '0.1'],
    double: ['float', '0.1'],
    infinity: ['float', 'Infinity'],
    large: ['float', '1e+300'],
    true: ['boolean', 't'],
    false: ['boolean', 'f'],
    bit: ['boolean', '1'],
    flag: ['boolean', '1'],
    text: ['text', 'x'],
    varchar: ['text', 'x'],
    char: ['padded-text', 'x    '],
    char1: ['text', 'x'],
    name: ['text', 'x'],
    literal: ['text', 'x'],
    enum: ['text', 'ok'],
    uuid: ['text', '9a8b7c6d-0000-4000-8000-000000000000'],
    inet: ['text', '10.0.0.1'],
    cidr: ['text', '10.0.0.0/8'],
    date: ['date', '2014-06-01'],
    timestamp: ['local-datetime', '2014-06-01 01:30:00.123456'],
    timestamptz: ['instant', '2014-06-01 00:30:00+00'],
    time: ['text', '12:30:01.5'],
    timetz: ['text', '12:30:00+01'],
    interval: ['text', '1 day 02:00:00'],
    nothing: ['integer', null],
    forever: ['date', 'infinity'],
    ides: ['date', '0044-03-15 BC'],
    xml: ['text', '<a/>'],
  });
});

test.each([
  [`'{"a":1}'::jsonb`, "Select a value of it, e.g. data->>'key', or data::text."],
  ["'{1,2}'::int[]", "Select it as text, e.g. array_to_string(data, ','), or one element."],
  ["'\\xdead'::bytea", "Select it as text, e.g. encode(data, 'hex')."],
  ["'{ok}'::mood[]", "Select it as text, e.g. array_to_string(data, ','), or one element."],
  ["'(1,2)'::point", 'Select it as text: data::text.'],
  ["'[1,2)'::int4range", 'Select it as text: data::text.'],
  ["'a'::tsvector", 'Select it as text: data::text.'],
  ["b'101'", 'Select it as text: data::text.'],
  ["row(1, 'a')", 'Select it as text: data::text.'],
  ['a from applications a right join (values (1)) v on true', 'Select its parts, e.g. (a).part, or a::text.'],
])('%s cannot be part of a record, and the remedy says what can', async (expression, remedy) => {
  const sql = expression.startsWith('a from') ? `select ${expression}` : `select ${expression} as data`;
  expect(await source.describe(query(sql), never())).toMatchObject([{ kind: 'unsupported', remedy }]);
});

test('a remedy quotes a name that needs it', async () => {
  const columns = await source.describe(query(`select '{}'::json as "Some ""Data"""`), never());
  expect(columns[0]?.remedy).toContain(`"Some ""Data"""->>'key'`);
});

test('types are called what the database calls them', async () => {
  const columns = await source.describe(
    query("select now() as a, 1::large_amount as b, 'ok'::mood as c, '{1}'::int[] as d"),
    never(),
  );
  expect(columns.map(({ type }) => type)).toEqual([
    'timestamp with time zone',
    'numeric',
    'mood',
    'integer[]',
  ]);
});

test('money becomes a decimal', async () => {
  const values = await valuesOf(
    source,
    'select 1234.5::money as a, (-0.05)::money as b, null::money as c, 1 as d',
  );
  expect(values).toEqual({
    a: ['decimal', '1234.50'],
    b: ['decimal', '-0.05'],
    c: ['decimal', null],
    d: ['integer', '1'],
  });
});

test.each([
  ['$1.00', '$1,234,567.89', '1234567.89'],
  ['1,00 €', '-1.234,50 €', '-1234.50'],
  ['￥1', '￥1,234', '1234'],
  ['$1.00', '($2.00)', '-2.00'],
  ['$1.00', '$0.05', '0.05'],
  ['1.000 BD', '12.345 BD', '12.345'],
])('where one unit of money is %s, %s is %s', (unit, text, expected) => {
  expect(moneyReader(unit)(text)).toBe(expected);
});

test('the session is in the zone of the database, whatever the zone of this process', async () => {
  const sql = "select timestamptz '2014-06-01 00:00:00+00' as a, current_setting('TimeZone') as zone";
  expect(
    await withSource(database, { timezone: 'Europe/London' }, (london) => valuesOf(london, sql)),
  ).toEqual({
    a: ['instant', '2014-06-01 01:00:00+01'],
    zone: ['text', 'Europe/London'],
  });
});

test('SQL means what it means to a client of the server, whatever backslashes mean there', async () => {
  const other = await createDatabase('pg');
  const parameters = { from: { kind: 'date', date: '2014-06-01' } } as const;
  const read = async (sql: string) => {
    const one = createSource('benefits', other.settings);
    try {
      return await rowsOf(await one.open(query(sql, parameters), never()));
    } finally {
      await one.close();
    }
  };
  try {
    expect(await read("select length('a\\\\b') as n, 'x\\' || :from::text as b")).toEqual([
      ['4', 'x\\2014-06-01'],
    ]);
    const [[name] = []] = await other.execute('select current_database()');
    await other.execute(`alter database ${name} set standard_conforming_strings = off`);
    expect(await read("select length('a\\\\b') as n, 'it\\'s :to' || :from::text as b")).toEqual([
      ['3', "it's :to2014-06-01"],
    ]);
  } finally {
    await other.drop();
  }
});

test('an instant is the same for columns with a zone, without one and for dates', async () => {
  const sql = `select timestamptz '2014-05-31 23:00+00' = :from as zoned, timestamp '2014-06-01 00:00' = :from as local,
    date '2014-06-01' = :from as day, date_trunc('day', :from)::text as truncated, :from::date::text as date`;
  const parameters = {
    from: { kind: 'instant', epochMilliseconds: Date.parse('2014-05-31T23:00:00Z') },
  } as const;
  const [row] = await withSource(database, { timezone: 'Europe/London' }, async (london) =>
    rowsOf(await london.open(query(sql, parameters), never())),
  );
  expect(row).toEqual(['t', 't', 't', '2014-06-01 00:00:00+01', '2014-06-01']);
});

test('the session shows the application and cannot write; the next one has settings of its own', async () => {
  await withSource(database, { max_connections: 1, query_timeout: 5_000 }, async (one) => {
    const sql =
      "select current_setting('application_name') as name, current_setting('transaction_read_only') as read_only, current_setting('statement_timeout') as timeout";
    expect(await valuesOf(one, sql)).toEqual({
      name: ['text', 'pp-db-collector/example'],
      read_only: ['text', 'on'],
      timeout: ['text', '5s'],
    });
    await valuesOf(
      one,
      "select set_config('TimeZone', 'Asia/Tokyo', false) as a, pg_advisory_lock(1)::text as b",
    );
    expect(await valuesOf(one, "select current_setting('TimeZone') as zone")).toEqual({
      zone: ['text', 'UTC'],
    });
    expect(
      await database.execute(
        "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
      ),
    ).toEqual([['0']]);
  });
});

test('a consumer may take longer than query_timeout between batches', async () => {
  await withSource(database, { query_timeout: 300 }, async (hurried) => {
    const result = await hurried.open(query('select generate_series(1, 7000) as n'), never());
    let count = 0;
    for await (const batch of result.batches) {
      count += batch.length;
      await delay(400);
    }
    expect(count).toBe(7_000);
  });
});

test('a consumer may take longer than the server lets others be idle in a transaction', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await database.execute(`alter database ${name} set idle_in_transaction_session_timeout = '1s'`);
  try {
    await withSource(database, {}, async (patient) => {
      const sql = "select current_setting('idle_in_transaction_session_timeout'), generate_series(1, 2500)";
      const result = await patient.open(query(sql), never());
      let count = 0;
      for await (const batch of result.batches) {
        expect(batch.at(0)).toBe('0');
        count += batch.length;
        await delay(1_500);
      }
      expect(count).toBe(2_500);
    });
  } finally {
    await database.execute(`alter database ${name} reset idle_in_transaction_session_timeout`);
  }
});

test('an error in mid-stream is an error, not the end', async () => {
  expect(
    await failureOf(source, 'select 1 / (5000 - n) as x from generate_series(1, 10000) as n'),
  ).toMatchObject({
    message: 'database benefits: division by zero',
    code: '22012',
  });
});

describe('errors name the database, the place and the remedy', () => {
  test.each([
    [
      'select id\nfrom nowhere',
      'relation "nowhere" does not exist, at line 2, column 6 of the query',
      'Correct the name of the table: the database has applications and secrets.',
    ],
    [
      "select '📮', chanel from applications",
      'column "chanel" does not exist, at line 1, column 13 of the query',
      'Perhaps you meant to reference the column "applications.channel".',
    ],
    [
      'select nothing(1)',
      'function nothing(integer) does not exist, at line 1, column 8 of the query',
      'No function matches the given name and argument types. You might need to add explicit type casts.',
    ],
    [
      'select 1 from applications where a.id = 1',
      'missing FROM-clause entry for table "a", at line 1, column 34 of the query',
      'Correct the name of the table, or put its schema before it.',
    ],
    [
      'select a.id from applications as a, (select a.id) as b',
      'invalid reference to FROM-clause entry for table "a", at line 1, column 45 of the query',
      'There is an entry for table "a", but it cannot be referenced from this part of the query.',
    ],
    ['selec 1', 'syntax error at or near "selec", at line 1, column 1 of the query', 'Correct the SQL.'],
    [
      'delete from applications returning id',
      'cannot execute DELETE in a read-only transaction',
      'The collector reads only: write a SELECT, and have data prepared by the database itself.',
    ],
    ['insert into applications values (1)', 'the query is not one that gives rows', 'Write one SELECT.'],
  ])('%s', async (sql, what, remedy) => {
    expect(await failureOf(source, sql)).toMatchObject({
      side: 'source',
      message: `database benefits: ${what}`,
      remedy,
    });
  });

  test('places are those of the query as written, before parameters were put in', async () => {
    const parameters = { from_date: { kind: 'date', date: '2014-06-01' } } as const;
    const sql = 'select :from_date, :from_date,\n  :from_date, chanel from applications';
    await expect(source.open(query(sql, parameters), never())).rejects.toThrow(
      'at line 2, column 15 of the query',
    );
  });

  test('a table that the user may not read', async () => {
    const error = await withSource(database, { connection: asReader() }, (reader) =>
      failureOf(reader, 'select * from secrets'),
    );
    expect(error).toMatchObject({
      message: 'database benefits: permission denied for table secrets',
      remedy: `Let user ${role} read it: GRANT SELECT ON … TO …`,
    });
  });

  test('a database that does not exist', async () => {
    const connection = { ...asReader(), database: 'no_such_database' };
    const error = await withSource(database, { connection }, (wrong) => failureOf(wrong, 'select 1'));
    expect(error.message).toBe('database benefits: the server has no database no_such_database');
  });

  test('a user that does not exist', async () => {
    const connection = { ...asReader(), user: 'nobody_at_all' };
    const error = await withSource(database, { connection }, (wrong) => failureOf(wrong, 'select 1'));
    expect(error.message).toBe('database benefits: the server refuses user nobody_at_all, or its password');
    expect(error.remedy).toContain('databases.benefits.connection');
  });

  test('a zone that the server does not know', async () => {
    const described = withSource(database, { timezone: 'Mars/Phobos' }, (mars) =>
      mars.describe(query('select 1'), never()),
    );
    await expect(described).rejects.toMatchObject({
      message: 'database benefits: the server does not know the time zone Mars/Phobos',
      remedy: 'Set databases.benefits.timezone to one of pg_timezone_names.',
    });
  });

  test('a password that the server repeats, and parameters, are not shown', async () => {
    const error = await withSource(database, { connection: asReader() }, (reader) =>
      failureOf(reader, `select '${PASSWORD}'::int`),
    );
    expect(error.message).toBe(
      'database benefits: invalid input syntax for type integer: "<secret>", at line 1, column 8 of the query',
    );
    const encoded = await withSource(database, { connection: asReader() }, (reader) =>
      failureOf(reader, `select '${Buffer.from(`user:${PASSWORD}`).toString('base64')}'::int`),
    );
    expect(encoded.message).toMatch(/integer: "\w{6,7}<secret>\w?=*", at line 1, column 8 of the query$/);
    const parameters = { from: { kind: 'instant', epochMilliseconds: 0 } } as const;
    const repeated = source.open(query('select :from::text::int as n', parameters), never()).then(rowsOf);
    await expect(repeated).rejects.toThrow(/type integer: ":from"$/);
  });
});

test('a user who may only read is found to be so', async () => {
  const inspected = () =>
    withSource(database, { connection: asReader() }, (reader) => reader.inspect(never()));
  expect((await inspected()).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  await database.execute(`grant insert on applications to ${role}`);
  const [, , , rights] = await inspected();
  expect(rights).toMatchObject({ ok: false, text: 'the user may do more than read: write to applications' });
});
