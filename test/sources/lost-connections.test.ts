import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DatabaseSection } from '../../src/config/schema/config-schema.ts';
import { Secret } from '../../src/config/secret.ts';
import type { Query } from '../../src/model/query.ts';
import type { ResultSet, Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { createDatabase, SERVERS, type ServerClient, type TestDatabase } from '../support/databases.ts';
import { endlessQuery, numbersTo } from '../support/number-rows.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const SQL: Readonly<Record<ServerClient, { slow: string; many: string; running: string; kill: string }>> = {
  pg: {
    slow: endlessQuery('pg'),
    many: `select n, repeat('x', 100) as filler from ${numbersTo('pg', 200_000)}`,
    running:
      "select pid from pg_stat_activity where datname = current_database() and application_name = 'pp-db-collector/lost'",
    kill: "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'pp-db-collector/lost'",
  },
  mysql2: {
    slow: endlessQuery('mysql2'),
    many: `select n, repeat('x', 100) as filler from ${numbersTo('mysql2', 200_000)}`,
    running:
      "select id from information_schema.processlist where db = database() and id <> connection_id() and command <> 'Sleep'",
    kill: 'select id from information_schema.processlist where db = database() and id <> connection_id()',
  },
};

const query = (sql: string): Query => ({ sql, parameters: {}, applicationName: 'pp-db-collector/lost' });
/** Less than the limit by which the query would end in any case. */
const EARLY = { timeout: 8_000 };
const never = () => new AbortController().signal;

async function countOf(result: ResultSet): Promise<number> {
  let count = 0;
  for await (const batch of result.batches) count += batch.length;
  return count;
}

describe.each(SERVERS)('%s', (product, client) => {
  const { slow, many, running, kill } = SQL[client];
  let database: TestDatabase;
  let proxy: TcpProxy;
  let source: Source;

  /** One connection only, so that a place that is lost is missed. */
  const throughProxy = (settings: Partial<DatabaseSection>): Source => {
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const connection = new Secret(() => url.href);
    return createSource('benefits', { ...database.settings, max_connections: 1, connection, ...settings });
  };
  const isRunning = async () => (await database.execute(running)).length > 0;
  const killAll = async () => {
    const found = await database.execute(kill);
    const gone = (error: { readonly code?: string }) => {
      // The session of an earlier test ended by itself in the meantime.
      if (error.code !== 'ER_NO_SUCH_THREAD') throw error;
      return [];
    };
    if (client === 'mysql2') for (const [id] of found) await database.execute(`kill ${id}`).catch(gone);
  };
  const rowsAgain = (again: Source) => again.open(query('select 1 as one'), never()).then(countOf);
  const worksAgain = async (again: Source) => expect(await rowsAgain(again)).toBe(1);

  beforeAll(async () => {
    database = await createDatabase(product);
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    const { hostname, port } = new URL(database.url);
    proxy = await startTcpProxy({ host: hostname, port: Number(port || (client === 'pg' ? 5432 : 3306)) });
    source = throughProxy({});
  });
  afterEach(async () => {
    await source.close();
    await proxy.close();
  });

  test('an aborted query no longer runs on the server', async () => {
    const abort = new AbortController();
    const reading = countOf(await source.open(query(slow), abort.signal));
    reading.catch(() => undefined);
    await expect.poll(isRunning).toBe(true);
    abort.abort(new Error('stop'));
    await expect(reading).rejects.toThrow('stop');
    await expect.poll(isRunning, EARLY).toBe(false);
    await worksAgain(source);
  });

  test('a result that is closed early no longer runs on the server', async () => {
    const result = await source.open(query(many), never());
    for await (const _ of result.batches) break;
    await result.close();
    await expect.poll(isRunning, EARLY).toBe(false);
    await worksAgain(source);
  });

  test.each([
    ['while the query runs', slow],
    ['in the middle of the rows', many],
  ])('a connection that the server ends %s is an error', async (_, sql) => {
    const result = await source.open(query(sql), never());
    const reading = (async () => {
      for await (const _ of result.batches) await delay(20);
    })();
    reading.catch(() => undefined);
    await expect.poll(isRunning).toBe(true);
    await killAll();
    await expect(reading).rejects.toMatchObject({
      side: 'source',
      message: expect.stringMatching(/^database benefits: the connection to 127\.0\.0\.1:\d+ was lost/),
      remedy: expect.stringContaining('next run'),
    });
    await worksAgain(source);
  });

  test.each([
    ['while the query runs', slow],
    ['in the middle of the rows', many],
  ])('a connection that the network cuts %s is an error', async (_, sql) => {
    const result = await source.open(query(sql), never());
    const reading = (async () => {
      for await (const _ of result.batches) await delay(20);
    })();
    reading.catch(() => undefined);
    await expect.poll(isRunning).toBe(true);
    proxy.reset();
    await expect(reading).rejects.toThrow('was lost');
    // With the connection a pooler forgets whose query it was: the server's own time limit ends it.
    await expect.poll(isRunning, product === 'pgbouncer' ? {} : EARLY).toBe(false);
    await worksAgain(source);
  });

  test('a connection that was cut between two runs is replaced', async () => {
    await worksAgain(source);
    proxy.reset();
    await expect.poll(() => rowsAgain(source)).toBe(1);
  });

  test('a server that falls silent is an error after query_timeout and a grace', async () => {
    const hurried = throughProxy({ query_timeout: 300 });
    const result = await hurried.open(query(many), never());
    const reading = (async () => {
      for await (const _ of result.batches) proxy.freeze();
    })();
    await expect(reading).rejects.toMatchObject({
      side: 'source',
      message: expect.stringMatching(/has not answered for 1\.3 s$/),
    });
    await result.close();
    await hurried.close();
  });

  test('a clock that does not answer is an error, and its connection is replaced', async () => {
    const hurried = throughProxy({ query_timeout: 300 });
    expect(await hurried.clock(never())).toBeGreaterThan(0);
    proxy.freeze();
    await expect(hurried.clock(never())).rejects.toThrow(/has not answered for 1\.3 s$/);
    proxy.thaw();
    await expect.poll(() => hurried.clock(never())).toBeGreaterThan(0);
    await hurried.close();
  });

  test('a server that accepts and says nothing is an error after connect_timeout', async () => {
    proxy.freeze();
    const hurried = throughProxy({ connect_timeout: 200 });
    await expect(hurried.open(query('select 1 as one'), never())).rejects.toMatchObject({
      side: 'source',
      message: `database benefits: cannot connect to 127.0.0.1:${proxy.port}: there was no answer in time`,
      remedy: expect.stringContaining('databases.benefits.connection'),
    });
    await hurried.close();
  });

  test('a port on which nobody listens is an error', async () => {
    await proxy.close();
    await expect(source.open(query('select 1 as one'), never())).rejects.toThrow(
      `cannot connect to 127.0.0.1:${proxy.port}: nobody listens there`,
    );
    await expect(source.clock(never())).rejects.toMatchObject({
      side: 'source',
      message: `database benefits: cannot connect to 127.0.0.1:${proxy.port}: nobody listens there`,
      remedy: expect.stringContaining('databases.benefits.connection'),
    });
    await source.close();
    proxy = await startTcpProxy({ host: '127.0.0.1', port: 9 });
  });

  test('while nobody reads the server waits', async () => {
    const result = await source.open(query(many.replace("'x', 100", "'x', 1000")), never());
    const batches = result.batches[Symbol.asyncIterator]();
    await batches.next();
    await delay(300);
    const whole = 200_000 * 1_010;
    expect(proxy.received()).toBeLessThan(whole / 10);
    await result.close();
  });
});
