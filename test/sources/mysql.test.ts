import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { excessRights } from '../../src/sources/mysql/inspection.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { numbersTo } from '../support/number-rows.ts';
import { failureOf, never, partsOf, query, rowsOf, valuesOf, withSource } from './reading.ts';

const PASSWORD = 's3cret&word';

describe.each(['mariadb', 'mysql'] as const)('%s', (product) => {
  let database: TestDatabase;
  let source: Source;
  const isMariadb = product === 'mariadb';
  const role = `reader_${process.pid}`;

  const asReader = (password = PASSWORD) => ({
    ...partsOf(database.url),
    user: role,
    password: new Secret(() => password),
  });

  beforeAll(async () => {
    database = await createDatabase(product);
    for (const sql of [
      'create table applications (id int, channel varchar(20) collate utf8mb4_unicode_ci)',
      "insert into applications values (1, '2014-06-01'), (2, '2014-06-02')",
      'create table secrets (id int)',
      `create user ${role}@'%' identified by '${PASSWORD}'`,
      `grant select on applications to ${role}@'%'`,
    ])
      await database.execute(sql);
    source = createSource('benefits', database.settings);
  });

  afterAll(async () => {
    await source.close();
    await database.execute(`drop user ${role}@'%'`);
    await database.drop();
  });

  test('every type that can be part of a record arrives as the text that the database prints', async () => {
    await database.execute(`create table types (tiny tinyint, bool1 bool, small smallint, medium mediumint, plain int, big bigint,
    huge bigint unsigned, padded int(5) zerofill, year year, exact decimal(30,2), single float, twice double, bit1 bit(1),
    fixed char(5), variable varchar(20) character set latin1, long_text longtext, choice enum('a','b'), choices set('x','y'),
    ${isMariadb ? 'identity uuid, address inet6, ' : ''}at_time time(3), on_date date, at_datetime datetime(6), at_timestamp timestamp(3) null)`);
    await database.execute(`insert into types values (-128, 1, 2, 3, 4, 9223372036854775807, 18446744073709551615, 42, 2014,
    12345678901234567890.10, 0.1, 0.30000000000000004, b'1', 'ab', 'é''"\\\\', '📮', 'b', 'x,y',
    ${isMariadb ? "'9a8b7c6d-0000-4000-8000-000000000000', '::1', " : ''}'12:30:01.5', '2014-06-01', '2014-06-01 01:30:00.123456', '2014-06-01 01:30:00.5')`);
    expect(
      await valuesOf(source, 'select types.*, null as nothing, count(*) over () as n from types'),
    ).toEqual({
      tiny: ['integer', '-128'],
      bool1: ['integer', '1'],
      small: ['integer', '2'],
      medium: ['integer', '3'],
      plain: ['integer', '4'],
      big: ['integer', '9223372036854775807'],
      huge: ['integer', '18446744073709551615'],
      padded: ['integer', '00042'],
      year: ['integer', '2014'],
      exact: ['decimal', '12345678901234567890.10'],
      single: ['float', '0.1'],
      twice: ['float', '0.30000000000000004'],
      bit1: ['boolean', '1'],
      fixed: ['padded-text', 'ab'],
      variable: ['text', `é'"\\`],
      long_text: ['text', '📮'],
      choice: ['text', 'b'],
      choices: ['text', 'x,y'],
      ...(isMariadb && {
        identity: ['text', '9a8b7c6d-0000-4000-8000-000000000000'],
        address: ['text', '::1'],
      }),
      at_time: ['text', '12:30:01.500'],
      on_date: ['date', '2014-06-01'],
      at_datetime: ['local-datetime', '2014-06-01 01:30:00.123456'],
      at_timestamp: ['local-datetime', '2014-06-01 01:30:00.500'],
      nothing: ['text', null],
      n: ['integer', '1'],
    });
  });

  test('impossible dates arrive as they are stored', async () => {
    await database.execute('create table dates (d date, t datetime)');
    await database.execute("insert ignore into dates values ('0000-00-00', '0000-00-00 00:00:00')");
    expect(await valuesOf(source, 'select * from dates')).toEqual({
      d: ['date', '0000-00-00'],
      t: ['local-datetime', '0000-00-00 00:00:00'],
    });
  });

  test('columns that cannot be part of a record have a remedy', async () => {
    await database.execute(
      'create table others (j json, b blob, v varbinary(5), f binary(3), g geometry, `odd name` bit(8))',
    );
    expect(await source.describe(query('select * from others'), never())).toMatchObject([
      { kind: 'unsupported', type: 'json', remedy: "Select a value of it, e.g. JSON_VALUE(j, '$.key')." },
      { kind: 'unsupported', type: 'blob', remedy: 'Select it as text, e.g. HEX(b).' },
      { kind: 'unsupported', remedy: 'Select it as text, e.g. HEX(v).' },
      { kind: 'unsupported', remedy: 'Select it as text, e.g. HEX(f).' },
      { kind: 'unsupported', type: 'geometry', remedy: 'Select it as text, e.g. ST_AsText(g).' },
      { kind: 'unsupported', type: 'bit', remedy: 'Select it as a number: `odd name` + 0.' },
    ]);
  });

  test('a parameter compares with a text of any collation', async () => {
    const parameters = {
      from: { kind: 'instant', epochMilliseconds: Date.parse('2014-06-02T00:00:00Z') },
    } as const;
    const sql = 'select id from applications where channel >= :from';
    expect(await rowsOf(await source.open(query(sql, parameters), never()))).toEqual([['2']]);
  });

  test('the session is in UTC, and the next one as new', async () => {
    await withSource(database, { max_connections: 1 }, async (one) => {
      expect(await valuesOf(one, 'select @@time_zone as zone, from_unixtime(0) as epoch')).toMatchObject({
        zone: ['text', '+00:00'],
        epoch: ['local-datetime', '1970-01-01 00:00:00'],
      });
      await valuesOf(one, "select @leftover := 1 as a, get_lock('leftover', 1) as b");
      expect(await valuesOf(one, "select @leftover as a, is_free_lock('leftover') as b")).toMatchObject({
        a: [expect.any(String), null],
        b: ['integer', '1'],
      });
    });
  });

  test('an error in mid-stream is an error, not the end', async () => {
    const sql = `select n, (select 1 union select if(n < 5000, 1, 2)) as x from ${numbersTo('mysql2', 10_000)}`;
    expect(await failureOf(source, sql)).toMatchObject({
      side: 'source',
      message: 'database benefits: Subquery returns more than 1 row',
    });
    expect(await valuesOf(source, 'select 1 as n')).toEqual({ n: ['integer', '1'] });
  });

  describe('errors name the database, the place and the remedy', () => {
    test.each([
      [
        'select id from nowhere',
        /^database benefits: Table 'test_\w+\.nowhere' doesn't exist, at line 1, column 16 of the query$/,
        /^Correct the name of the table: the database has applications\b/,
      ],
      [
        'select chanel from applications',
        /^database benefits: Unknown column 'chanel' in '(SELECT|field list)', at line 1, column 8 of the query$/,
        'Did you mean channel?',
      ],
      [
        'select nothing(1)',
        /^database benefits: FUNCTION test_\w+\.nothing does not exist, at line 1, column 8 of the query$/,
        'Correct the name of the function.',
      ],
      [
        "select '📮',\n  id frm applications where",
        /^database benefits: syntax error near "applications", at line 2, column 10 of the query$/,
        'Correct the SQL.',
      ],
      [
        'select 1 +',
        /^database benefits: syntax error: the query ends too early, at line 1, column 11 of the query$/,
        'Correct the SQL.',
      ],
      [
        'analyze delete from applications',
        /^database benefits: the query is not one that gives rows$/,
        'Write one SELECT.',
      ],
    ])('%s', async (sql, message, remedy) => {
      expect(await failureOf(source, sql)).toMatchObject({
        side: 'source',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      });
    });

    test('a table that the user may not read', async () => {
      const error = await withSource(database, { connection: asReader() }, (reader) =>
        failureOf(reader, 'select * from secrets'),
      );
      expect(error.message).toMatch(
        /^database benefits: SELECT command denied to user '\w+'@'[^']+' for table (`test_\w+`.`secrets`|'secrets')$/,
      );
      expect(error.remedy).toBe(`Let user ${role} read it: GRANT SELECT ON … TO …`);
    });

    test('a wrong password', async () => {
      const error = await withSource(database, { connection: asReader('wr0ng') }, (wrong) =>
        failureOf(wrong, 'select 1'),
      );
      expect(error.message).toBe(`database benefits: the server refuses user ${role}, or its password`);
      expect(JSON.stringify(error)).not.toContain('wr0ng');
    });

    test('a database that does not exist', async () => {
      const connection = {
        ...asReader(),
        user: 'root',
        password: new Secret(() => ''),
        database: 'no_such_database',
      };
      const error = await withSource(database, { connection }, (wrong) => failureOf(wrong, 'select 1'));
      expect(error.message).toBe('database benefits: the server has no database no_such_database');
    });

    test('a zone that the server does not know', async () => {
      const described = withSource(database, { timezone: 'Mars/Phobos' }, (mars) =>
        mars.describe(query('select 1'), never()),
      );
      await expect(described).rejects.toMatchObject({
        message: 'database benefits: the server does not know the time zone Mars/Phobos',
        remedy: expect.stringMatching(
          /mysql_tzinfo_to_sql .* or set databases\.benefits\.timezone to UTC\.$/,
        ),
      });
    });

    test('a password that the server repeats is not shown', async () => {
      const error = await withSource(database, { connection: asReader() }, (reader) =>
        failureOf(reader, `select \`${PASSWORD}\` from applications`),
      );
      expect(error.message).toMatch(
        /^database benefits: Unknown column '<secret>' in '(SELECT|field list)', at line 1, column 8 of the query$/,
      );
    });
  });

  test('a user who may only read is found to be so', async () => {
    const inspected = () =>
      withSource(database, { connection: asReader() }, (reader) => reader.inspect(never()));
    expect((await inspected()).map(({ ok }) => ok)).toEqual([true, true, true, true]);
    await database.execute(`grant insert on applications to ${role}@'%'`);
    const [, , , rights] = await inspected();
    expect(rights).toMatchObject({ ok: false, text: 'the user may do more than read: INSERT' });
  });
});

test.each([
  [['GRANT USAGE ON *.* TO `a`@`%`', 'GRANT SELECT, SHOW VIEW ON `b`.* TO `a`@`%`'], []],
  [['GRANT SELECT (`a`, `b`), INSERT (`a`) ON `b`.`c` TO `a`@`%`'], ['INSERT']],
  [['GRANT SELECT ON `b`.* TO `a`@`%` WITH GRANT OPTION'], ['GRANT OPTION']],
  [['GRANT ALL PRIVILEGES ON *.* TO `a`@`%`'], ['ALL PRIVILEGES']],
  [['GRANT `reading` TO `a`@`%`'], []],
])('%j grants more than reading: %j', (grants, expected) => {
  expect(excessRights(grants)).toEqual(expected);
});
