import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/collect/interfaces.ts';
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

describe.each(SERVERS)('%s', (_name, client, start) => {
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
  test('a parameter and a literal mean the same in every sql_mode of the server', async () => {
    await database.execute(
      "set global sql_mode = 'NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES'",
    );
    const parameters = { from: { kind: 'date', date: "2014-06-01' or 1 = 1 -- \\" } } as const;
    const other = createSource('benefits', database.settings);
    const sql = `select cast('a' as char(5)) as fixed, '\\\\' as backslash, @@sql_mode as mode from ${numbersTo('mysql2', 1)}`;
    expect(await other.open(query(sql), never()).then(rowsOf)).toEqual([['a', '\\', 'ANSI_QUOTES']]);
    const unmoved = await other
      .open(query('select 1 as n where :from < 2', parameters), never())
      .then(rowsOf);
    expect(unmoved).toEqual([]);
    await other.close();
  });
});
