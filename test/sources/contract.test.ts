import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseSection } from '../../src/config/schema/config-schema.ts';
import type { Parameter, Query } from '../../src/model/query.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { ALL_PRODUCTS, type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { endlessQuery, numbersTo } from '../support/number-rows.ts';
import { never, query, rowsOf } from './reading.ts';

/** SQL that differs between the databases. */
const SQL: Readonly<Record<Client, { timestamp: string; zoned: string; slow: string; many: string }>> = {
  pg: {
    timestamp: 'timestamp',
    zoned: 'timestamptz',
    slow: `${endlessQuery('pg')} /* slow */`,
    many: `select n, repeat('x', 100) as filler from ${numbersTo('pg', 200_000)} /* many */`,
  },
  mysql2: {
    timestamp: 'datetime',
    zoned: 'timestamp null',
    slow: `${endlessQuery('mysql2')} /* slow */`,
    many: `select n, repeat('x', 100) as filler from ${numbersTo('mysql2', 200_000)} /* many */`,
  },
  'better-sqlite3': {
    timestamp: 'datetime',
    zoned: 'timestamp',
    slow: 'with recursive s(n) as (select 1 union all select n + 1 from s) select count(*) as n from s',
    many: "with recursive s(n) as (select 1 union all select n + 1 from s limit 200000) select n, printf('%.100c', 'x') as filler from s",
  },
};

const instant = (text: string): Parameter => ({ kind: 'instant', epochMilliseconds: Date.parse(text) });
const date = (text: string): Parameter => ({ kind: 'date', date: text });

describe.each(ALL_PRODUCTS)('%s', (product, client) => {
  const { timestamp, zoned, slow, many } = SQL[client];
  let database: TestDatabase;
  let source: Source;

  const withSettings = (settings: Partial<DatabaseSection>): Source =>
    createSource('benefits', { ...database.settings, ...settings });
  const all = async (sql: string, parameters?: Query['parameters']) =>
    rowsOf(await source.open(query(sql, parameters), never()));

  beforeAll(async () => {
    database = await createDatabase(product);
    await database.execute(
      `create table events (id bigint, channel varchar(20), code char(5), amount decimal(12,2), on_date date, at_time ${timestamp}, at_zoned ${zoned})`,
    );
    const [first, second] = ['2014-06-01', '2014-06-02'];
    await database.execute(
      `insert into events values
        (1, 'digital', 'ab   ', 1.50, '${first}', '${first} 00:00:00', '${first} 00:00:00'),
        (9223372036854775807, 'post 📮 ''"\\\\', 'c', 0.10, '${second}', '${second} 00:00:00', '${second} 00:00:00'),
        (3, null, null, null, null, null, null)`,
    );
    source = createSource('benefits', database.settings);
  });

  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  test('names columns and their kinds, in their order', async () => {
    const columns = await source.describe(query('select * from events'), never());
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['id', 'integer'],
      ['channel', 'text'],
      ['code', 'padded-text'],
      ['amount', 'decimal'],
      ['on_date', 'date'],
      ['at_time', 'local-datetime'],
      ['at_zoned', client === 'pg' ? 'instant' : 'local-datetime'],
    ]);
  });

  test('guesses by its plan how many rows a query has, or does not', async () => {
    const guess = async (sql: string, parameters?: Query['parameters']) =>
      (await source.plan(query(sql, parameters), never())).rows;
    const guessed = await guess('-- of all\nselect * from events where at_time > :from order by id', {
      from: instant('2013-01-01T00:00:00Z'),
    });
    if (client === 'better-sqlite3') expect(guessed).toBeUndefined();
    else expect(guessed).toBeGreaterThan(0);
    if (product === 'mariadb') expect(await guess('select a.id from events a, events b')).toBeUndefined();
    if (client === 'pg' || product === 'mysql')
      expect(await guess('select a.id from events a, events b limit 2')).toBe(2);
    if (client === 'pg') await expect(guess('select * from nothing')).rejects.toThrow('nothing');
    expect(await all('select id from events where id = 3')).toHaveLength(1);
  });

  test('gives values as the database prints them, nulls as null', async () => {
    const rows = await all('select id, channel, amount, on_date from events order by on_date');
    const texts = rows.map((row) => row.map((value) => (value === null ? null : String(value))));
    const backslashes = client === 'mysql2' ? '\\' : '\\\\';
    const cents = client === 'better-sqlite3' ? ['1.5', '0.1'] : ['1.50', '0.10'];
    expect(texts.toSorted((a, b) => String(a[3]).localeCompare(String(b[3])))).toEqual([
      ['1', 'digital', cents[0], '2014-06-01'],
      ['9223372036854775807', `post 📮 '"${backslashes}`, cents[1], '2014-06-02'],
      ['3', null, null, null],
    ]);
  });

  test('gives both columns of one name', async () => {
    const result = await source.open(query('select id, channel as id from events where id = 1'), never());
    expect(result.columns.map(({ name }) => name)).toEqual(['id', 'id']);
    expect((await rowsOf(result)).map((row) => row.map(String))).toEqual([['1', 'digital']]);
  });

  test('gives columns for an empty result', async () => {
    const result = await source.open(query('select id, channel from events where 1 = 0'), never());
    expect(result.columns).toHaveLength(2);
    expect(await rowsOf(result)).toEqual([]);
  });

  test.each(['on_date', 'at_time', 'at_zoned'])('compares instants with the column %s', async (column) => {
    const sql = `select id from events where ${column} >= :from and ${column} < :to`;
    const parameters = { from: instant('2014-06-01T00:00:00Z'), to: instant('2014-06-02T00:00:00Z') };
    expect((await all(sql, parameters)).flat().map(String)).toEqual(['1']);
  });

  test('compares dates with a date column', async () => {
    const sql = 'select id from events where on_date >= :from_date and on_date < :to_date';
    const parameters = { from_date: date('2014-06-01'), to_date: date('2014-06-02') };
    expect((await all(sql, parameters)).flat().map(String)).toEqual(['1']);
  });

  test('binds a parameter wherever its name stands, and nowhere else', async () => {
    const sql = `select ':from' as a, 'it''s :from' as b -- :nobody
      /* :nobody */ from events where :from <= at_time and at_time < :to and:from<= at_time`;
    const parameters = { from: instant('2014-06-01T00:00:00Z'), to: instant('2014-06-02T00:00:00Z') };
    expect(await all(sql, parameters)).toEqual([[':from', "it's :from"]]);
  });

  test('refuses a parameter that has no value, with its place', async () => {
    await expect(
      source.open(query('select 1\nwhere 1 = :n', { from: date('2014-06-01') }), never()),
    ).rejects.toMatchObject({
      side: 'source',
      message: 'database benefits: the query uses :n, which has no value, at line 2, column 11 of the query',
      remedy: 'Use :from.',
    });
  });

  test('gives every row of a large result once and in order', async () => {
    const numbers = (await all(many)).map(([n]) => Number(n));
    expect(numbers).toHaveLength(200_000);
    expect(numbers.every((n, index) => n === index + 1)).toBe(true);
  });

  test('gives batches of at most 20,000 rows, and all of them, to a slow consumer', async () => {
    const result = await source.open(query(many), never());
    const sizes: number[] = [];
    for await (const batch of result.batches) {
      sizes.push(batch.length);
      const rows = batch.rows();
      if (sizes.length <= 5) await delay(50);
      // The next batch has been asked for meanwhile, and has a memory of its own.
      expect(batch.rows()).toEqual(rows);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(200_000);
  });

  test.each([
    'insert into events (id) values (7)',
    'insert into events (id) values (7) returning id',
    'update events set id = 7',
    'delete from events',
    'drop table events',
    'create table others (id int)',
    'commit',
    'rollback',
    'begin',
    client === 'pg' ? 'set transaction read write' : 'analyze',
    client === 'pg' ? "select set_config('transaction_read_only', 'off', true)" : 'vacuum',
    client === 'mysql2' ? 'analyze table events' : 'reindex events',
    client === 'mysql2' ? 'analyze delete from events' : 'explain delete from nothing_there',
  ])('refuses to run: %s', async (sql) => {
    await expect(source.open(query(sql), never()).then(rowsOf)).rejects.toMatchObject({ side: 'source' });
    expect((await database.execute('select count(*) from events')).flat().map(String)).toEqual(['3']);
  });

  test.each(['select 1; delete from events', 'commit; delete from events', 'select 1;\nselect 2'])(
    'refuses more than one statement: %s',
    async (sql) => {
      await expect(source.open(query(sql), never())).rejects.toThrow(
        'more than one statement, the second at line',
      );
      expect((await database.execute('select count(*) from events')).flat().map(String)).toEqual(['3']);
    },
  );

  test('takes a semicolon and a comment after the statement', async () => {
    expect((await all('select id from events where id = 1; -- that is all\n')).flat().map(String)).toEqual([
      '1',
    ]);
  });

  test.each(['', '  ', '-- nothing', ';'])('refuses the empty query %j', async (sql) => {
    await expect(source.open(query(sql), never())).rejects.toThrow('database benefits: the query is empty');
  });

  test('describes a query without running it', async () => {
    expect(await source.describe(query(slow), never())).toMatchObject([{ name: 'n' }]);
  });

  test('fails with the reason of the signal in mid-query, and can be used again', async () => {
    const one = withSettings({ max_connections: 1 });
    const abort = new AbortController();
    const result = await one.open(query(slow), abort.signal);
    const reading = rowsOf(result);
    setTimeout(() => abort.abort(new Error('the run is over')), 50);
    await expect(reading).rejects.toThrow('the run is over');
    await result.close();
    expect((await rowsOf(await one.open(query('select 1 as one'), never()))).flat().map(String)).toEqual([
      '1',
    ]);
    await one.close();
  });

  test('wraps a reason that is no error', async () => {
    const abort = new AbortController();
    const result = await source.open(query(slow), abort.signal);
    const reading = rowsOf(result);
    setTimeout(() => abort.abort('enough'), 50);
    await expect(reading).rejects.toMatchObject({ side: 'source', cause: 'enough' });
  });

  test('refuses at once when the signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(source.open(query('select 1 as one'), signal)).rejects.toThrow('too late');
  });

  test('stops waiting for a connection when the signal is aborted, and loses no place', async () => {
    const one = withSettings({ max_connections: 1 });
    const holding = await one.open(query(many), never());
    const abort = new AbortController();
    const waiting = one.open(query('select 1 as one'), abort.signal);
    abort.abort(new Error('no time'));
    await expect(waiting).rejects.toThrow('no time');
    await holding.close();
    expect(await one.open(query('select 1 as one'), never()).then(rowsOf)).toHaveLength(1);
    await one.close();
  });

  test('ends a query that takes longer than query_timeout', async () => {
    const hurried = withSettings({ query_timeout: 1_500 });
    await expect(hurried.open(query(slow), never()).then(rowsOf)).rejects.toMatchObject({
      message: 'database benefits: the query took longer than query_timeout (1.5 s) and was cancelled',
      remedy: expect.stringContaining('databases.benefits.query_timeout'),
    });
    expect(await hurried.open(query('select 1 as one'), never()).then(rowsOf)).toHaveLength(1);
    await hurried.close();
  });

  test('runs no more than max_connections queries at a time, and all of them', async () => {
    const two = withSettings({ max_connections: 2 });
    const results = await Promise.all(
      Array.from({ length: 6 }, () => two.open(query('select 1 as one'), never()).then(rowsOf)),
    );
    expect(results).toHaveLength(6);
    await two.close();
  });

  test('gives places back after errors', async () => {
    const one = withSettings({ max_connections: 1 });
    for (const sql of ['select nope from events', 'select * from nowhere', 'selec 1', 'drop table events']) {
      await expect(one.open(query(sql), never())).rejects.toMatchObject({ side: 'source' });
    }
    expect(await one.open(query('select 1 as one'), never()).then(rowsOf)).toHaveLength(1);
    await one.close();
  });

  test('may be closed early, twice, and after the end', async () => {
    const one = withSettings({ max_connections: 1 });
    const unread = await one.open(query(many), never());
    await Promise.all([unread.close(), unread.close()]);
    const begun = await one.open(query(many), never());
    for await (const _ of begun.batches) break;
    await begun.close();
    const finished = await one.open(query('select 1 as one'), never());
    expect(await rowsOf(finished)).toHaveLength(1);
    await finished.close();
    await one.close();
  });

  test('closes while a query runs', async () => {
    const closing = withSettings({});
    const reading = rowsOf(await closing.open(query(slow), never()));
    reading.catch(() => undefined);
    await closing.close();
    await expect(reading).rejects.toMatchObject({ side: 'source' });
  });

  test('may be walked once only', async () => {
    const result = await source.open(query('select 1 as one'), never());
    await rowsOf(result);
    await expect(rowsOf(result)).rejects.toThrow('can be walked once');
  });

  test('says at what place a table, a column and a word are unknown', async () => {
    const messageOf = (sql: string) =>
      source.open(query(sql, { from: date('2014-06-01') }), never()).then(
        () => 'no error',
        (error: Error) => error.message,
      );
    expect(await messageOf('select id from nowhere where 1 = 1')).toContain('nowhere');
    expect(await messageOf('select nope from events')).toContain('nope');
    const syntax = await messageOf("select :from as f,\n  id frm events where ':x' = 'é'");
    expect(syntax).toContain('at line 2, column 10 of the query');
  });

  test('says what there is in the place of what is unknown', async () => {
    const remedyOf = (sql: string) => source.open(query(sql), never()).catch(({ remedy }) => remedy);
    expect(await remedyOf('select chanel from events')).toMatch(
      client === 'pg' ? /^Perhaps you meant .*"events.channel"\.$/ : /^Did you mean channel\?$/,
    );
    expect(await remedyOf('select e.unheard_of from events as e')).toBe(
      'Correct the name of the column: events has id, channel, code, amount, on_date, at_time and at_zoned.',
    );
    expect(await remedyOf('select id from evnts')).toBe('Did you mean events?');
  });

  test('is inspected', async () => {
    const findings = await source.inspect(never());
    const version = {
      postgresql: 'PostgreSQL 1',
      'postgresql-18': 'PostgreSQL 18.',
      pgbouncer: 'PostgreSQL 1',
      mariadb: 'MariaDB 1',
      mysql: 'MySQL ',
      sqlite: 'SQLite 3',
    }[product];
    expect(findings[0]).toEqual({ ok: true, text: expect.stringContaining(version) });
    expect(findings[1]?.text).toMatch(/time zone (UTC|\+00:00), read-only/);
    expect(findings[2]).toMatchObject({ ok: true });
    expect(findings[3]?.ok).toBe(client === 'better-sqlite3');
  });
});
