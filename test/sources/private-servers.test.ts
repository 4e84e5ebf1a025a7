import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { endlessQuery, numbersTo } from '../support/number-rows.ts';
import { startMariadb } from '../support/private-mariadb.ts';
import { startMysql } from '../support/private-mysql.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { never, query, rowsOf } from './reading.ts';

const SERVERS = [
  ['PostgreSQL', 'pg', startPostgresql],
  ['MariaDB', 'mysql2', startMariadb],
  ['MySQL', 'mysql2', startMysql],
] as const;

describe.each(SERVERS)('%s', (product, client, start) => {
  const slow = endlessQuery(client);
  const many = `select n from ${numbersTo(client, 1_000_000)}`;
  let server: PrivateServer;
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    server = await start();
    database = await createDatabase(client, server.url);
    source = createSource('benefits', { ...database.settings, max_connections: 1 });
  });
  afterAll(async () => {
    await source?.close();
    await server?.stop();
  });

  test.each([
    ['in mid-query', slow],
    ['in the middle of the rows', many],
  ])('a server killed %s is an error at once; when it is back, it is read again', async (_, sql) => {
    const result = await source.open(query(sql), never());
    const reading = (async () => {
      for await (const _ of result.batches) await server.kill9();
    })();
    reading.catch(() => undefined);
    if (sql === slow) await server.kill9();
    await expect(reading).rejects.toMatchObject({
      side: 'source',
      message: expect.stringContaining('was lost'),
    });
    await result.close();
    await expect(source.open(query('select 1 as one'), never())).rejects.toThrow('nobody listens there');
    await server.restart();
    expect(await source.open(query('select 1 as one'), never()).then(rowsOf)).toEqual([['1']]);
  });

  if (client !== 'mysql2') return;

  // Its own server, because the mode is that of every new connection.
  describe('SQL means what it means to a client of the server', () => {
    const parameters = { from: { kind: 'date', date: '2014-06-01' } } as const;
    const inMode = async (mode: string, sql: string) => {
      await database.execute(`set global sql_mode = '${mode}'`);
      const other = createSource('benefits', database.settings);
      try {
        return await other.open(query(sql, parameters), never()).then(rowsOf);
      } finally {
        await other.close();
      }
    };

    beforeAll(async () => {
      await database.execute('create table files (path varchar(20), fixed char(5))');
      await database.execute("insert into files values (concat('C:', char(92), 'temp'), 'a')");
    });

    test.each([
      ['', "select count(*) as n from files where path = 'C:\\\\temp' and :from > date '2014-01-01'", '1'],
      ['', "select count(*) as n from files where path = 'C:\\temp' and :from > date '2014-01-01'", '0'],
      ['', `select "it\\"s :to" as n from files where :from > date '2014-01-01'`, 'it"s :to'],
      ['', "select '1' || '0' as n from files", '1'],
      [
        'NO_BACKSLASH_ESCAPES',
        "select count(*) as n from files where path = 'C:\\temp' and :from > date '2014-01-01'",
        '1',
      ],
      ['NO_BACKSLASH_ESCAPES', "select 'C:\\' as n from files where :from > date '2014-01-01'", 'C:\\'],
      ['NO_BACKSLASH_ESCAPES', `select "C:\\" as n from files where :from > date '2014-01-01'`, 'C:\\'],
      ['ANSI_QUOTES', `select "path" as n from files where :from > date '2014-01-01'`, 'C:\\temp'],
      [
        'ANSI_QUOTES',
        `select "a\\:to" as n from (select path as "a\\:to" from files) f where :from > date '2014-01-01'`,
        'C:\\temp',
      ],
      [
        'ANSI_QUOTES,NO_BACKSLASH_ESCAPES',
        `select "path" as n from files where 'a\\' < concat(:from) or 1`,
        'C:\\temp',
      ],
      ['PIPES_AS_CONCAT', "select '1' || '0' as n from files where :from > date '2014-01-01'", '10'],
      ['PAD_CHAR_TO_FULL_LENGTH', 'select char_length(fixed) as n from files', '5'],
    ])('in the mode %j: %s', async (mode, sql, expected) => {
      expect(await inMode(mode, sql)).toEqual([[expected]]);
    });

    const MARIADB_ONLY = [
      [
        'MSSQL',
        "select [a:to] as n from (select path as [a:to] from files) f where :from > date '2014-01-01'",
      ],
      ['ORACLE', `select "path" as n from files where :from > date '2014-01-01'`],
    ] as const;
    test.each(product === 'MariaDB' ? MARIADB_ONLY : [])('in the mode %j: %s', async (mode, sql) => {
      expect(await inMode(mode, sql)).toEqual([['C:\\temp']]);
    });

    test.each([
      '',
      'NO_BACKSLASH_ESCAPES',
      'ANSI_QUOTES',
      'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT',
    ])('a parameter cannot leave its place in the mode %j', async (mode) => {
      for (const text of ["' or 1 = 1 -- ", "\\' or 1 = 1 -- ", '" or 1 = 1 -- ', 'x\\']) {
        await database.execute(`set global sql_mode = '${mode}'`);
        const other = createSource('benefits', database.settings);
        const result = other.open(
          query('select 1 as n from files where path = :p', { p: { kind: 'text', text } }),
          never(),
        );
        expect(await result.then(rowsOf)).toEqual([]);
        await other.close();
      }
    });
  });
});
