import { createConnection } from 'mysql2';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { numbersTo } from '../support/number-rows.ts';
import { failureOf, never, partsOf, query, rowsOf, withSource } from './reading.ts';

describe('PostgreSQL', () => {
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    database = await createDatabase('pg');
    source = createSource('benefits', database.settings);
    await database.execute('create table first (id int)');
    await database.execute('create table second (id int)');
    await database.execute(`create function fails(code text) returns int language plpgsql stable as
      $$ begin raise exception 'the server gives up' using errcode = code; end $$`);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  /** Another session that holds a transaction open. */
  const withOther = async (use: (other: pg.Client) => Promise<void>) => {
    const other = new pg.Client({ connectionString: database.url });
    other.on('error', () => undefined);
    await other.connect();
    await other.query('begin').then(() => use(other));
    await other.end();
  };
  const waiting = async () =>
    (
      await database.execute(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    )[0]?.[0] !== '0';

  test.each([
    ['40001', 'hot_standby_feedback'],
    ['40P01', 'the log of the server names the other query'],
    ['53100', 'Make room on the disk of the server'],
    ['53200', 'more memory'],
    ['53400', 'temp_file_limit'],
    ['55P03', 'somebody else holds the table locked'],
    ['57P03', 'Wait until the server has done starting'],
    ['25P04', 'transaction_timeout'],
  ])('the code %s has a remedy of its own', async (code, remedy) => {
    expect(await failureOf(source, `select fails('${code}') as n`)).toMatchObject({
      side: 'source',
      code,
      message: 'database benefits: the server gives up',
      remedy: expect.stringContaining(remedy),
    });
  });

  test('a deadlock that ends this query', async () => {
    await withOther(async (other) => {
      await other.query('lock table second in access exclusive mode');
      const failure = failureOf(source, 'select count(*) as n from first, second');
      await expect.poll(waiting).toBe(true);
      const locked = other.query('lock table first in access exclusive mode').catch(() => undefined);
      expect(await failure).toMatchObject({
        code: '40P01',
        remedy: expect.stringContaining('the next run, which starts again'),
      });
      await locked;
    });
  });

  test('a table that somebody holds locked for longer than the user may wait', async () => {
    const [[name] = []] = await database.execute('select current_database()');
    await database.execute(`alter database ${name} set lock_timeout = '100ms'`);
    await withOther(async (other) => {
      await other.query('lock table first in access exclusive mode');
      const failure = await withSource(database, {}, (fresh) =>
        failureOf(fresh, 'select count(*) as n from first'),
      );
      expect(failure).toMatchObject({ code: '55P03', remedy: expect.stringContaining('lock_timeout') });
    });
  });

  test('a user who has no connection left', async () => {
    const role = `few_${process.pid}_${Date.now()}`;
    await database.execute(`create role ${role} login connection limit 0`);
    const connection = { ...partsOf(database.url), user: role };
    const failure = await withSource(database, { connection }, (few) => failureOf(few, 'select 1 as one'));
    expect(failure).toMatchObject({
      code: '53300',
      message: `database benefits: the server has no connection left: too many connections for role "${role}"`,
      remedy: expect.stringContaining('CONNECTION LIMIT'),
    });
    await database.execute(`drop role ${role}`);
  });

  const inEncoding = async (encoding: string, use: (source: Source) => Promise<void>) => {
    const name = `${new URL(database.url).pathname.slice(1)}_${encoding.toLowerCase()}`;
    await database.execute(
      `create database ${name} template template0 encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
    );
    const connection = { ...partsOf(database.url), database: name };
    try {
      await withSource(database, { connection }, use);
    } finally {
      await database.execute(`drop database ${name} with (force)`);
    }
  };

  test('bytes that are no UTF-8, and the way to read them', () =>
    inEncoding('SQL_ASCII', async (ascii) => {
      const name = 'chr(79) || chr(114) || chr(233)';
      const failure = await failureOf(ascii, `select ${name} as name`);
      expect(failure).toMatchObject({
        code: '22021',
        remedy: expect.stringContaining('convert_from(convert(convert_to(name'),
      });
      const remedy = /e\.g\. (.*) AS name\.$/.exec(failure.remedy ?? '')?.[1] ?? '';
      const rows = await ascii.open(
        query(`select ${remedy} as name from (select ${name} as name) as t`),
        never(),
      );
      expect(await rowsOf(rows)).toEqual([['Oré']]);
    }));

  test('a character in a comment that the encoding of the database lacks', () =>
    inEncoding('LATIN1', async (latin) => {
      expect(await failureOf(latin, 'select 1 as one -- 📮')).toMatchObject({
        code: '22P05',
        remedy: expect.stringContaining('if it stands in a text or a comment of it'),
      });
    }));
});

describe.each(['mariadb', 'mysql'] as const)('%s', (product) => {
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    database = await createDatabase(product);
    source = createSource('benefits', database.settings);
    for (const [number, text] of [
      [1205, 'waited too long'],
      [1213, 'deadlock'],
      [3024, 'too long'],
      [1040, 'too many'],
      [1114, 'full'],
      [1412, 'changed'],
    ] as const)
      await database.execute(`create function fails_${number}() returns int no sql
        begin signal sqlstate 'HY000' set mysql_errno = ${number}, message_text = '${text}'; return 1; end`);
    await database.execute('create table events (id int primary key)');
    await database.execute('insert into events values (1)');
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  test.each([
    [1205, 'who holds rows or the table locked'],
    [1213, 'SHOW ENGINE INNODB STATUS'],
    [3024, 'query_timeout'],
    [1040, 'max_connections'],
    [1114, 'Make room on the disk'],
    [1412, 'changed while it was read'],
  ])('the error %i has a remedy of its own', async (number, remedy) => {
    expect(await failureOf(source, `select fails_${number}() as n`)).toMatchObject({
      side: 'source',
      remedy: expect.stringContaining(remedy),
    });
  });

  test.each(['max_user_connections 1', 'max_queries_per_hour 1'])('a user with %s', async (limit) => {
    const user = `few_${process.pid}_${limit.slice(4, 6)}`;
    await database.execute(`create user ${user}@'%' identified by 'quite-secret' with ${limit}`);
    await database.execute(`grant select on *.* to ${user}@'%'`);
    const { host, port, database: name } = partsOf(database.url);
    const holder = createConnection({ host, port, user, password: 'quite-secret' });
    holder.on('error', () => undefined);
    await new Promise((resolve) => holder.query('select 1', resolve));
    const connection = new Secret(() => `mysql://${user}:quite-secret@${host}:${port}/${name}`);
    const failure = await withSource(database, { connection }, (few) => failureOf(few, 'select 1 as one'));
    expect(failure.message).toMatch(/has exceeded the 'max_\w+' resource/);
    expect(failure.remedy).toContain(`Have the limit of user ${user} raised`);
    holder.destroy();
    await database.execute(`drop user ${user}@'%'`);
  });

  test('what GROUP_CONCAT and JSON_ARRAYAGG put together is not cut', async () => {
    const sql = `select length(group_concat(n)) as joined, length(json_arrayagg(n)) as listed from ${numbersTo('mysql2', 300_000)}`;
    const whole = Array.from({ length: 300_000 }, (_, index) => String(index + 1)).join(',').length;
    const [[joined, listed] = []] = await rowsOf(await source.open(query(sql), never()));
    expect(Number(joined)).toBe(whole);
    expect(Number(listed)).toBeGreaterThan(whole);
  });
});
