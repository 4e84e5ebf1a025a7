import pg from 'pg';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPostgresqlStore } from '../../src/server/store/postgresql/store.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { recordsOf } from './memory-write-api.ts';
import { record, UPDATED_AT } from './store-kinds.ts';

const SCHEMA = 'pp_db_collector_write_api';

let database: TestDatabase;

beforeEach(async () => {
  database = await createDatabase('pg');
});
afterEach(() => database.drop());

const urlWith = (parts: Partial<URL>): string => Object.assign(new URL(database.url), parts).href;

/** What opening fails with; nothing of it repeats a password. */
async function failureOf(url: string) {
  const error = await openPostgresqlStore(url).then(
    () => undefined,
    (reason: unknown) => reason as Error & { side: string; remedy: string },
  );
  expect(`${error?.message} ${error?.remedy}`).not.toContain('hunter2');
  return error;
}

describe('the schema', () => {
  test('is made beside what else the database holds', async () => {
    await database.execute('CREATE TABLE records (something integer)');
    const store = await openPostgresqlStore(database.url);
    await store.replace('a', [record('x')], UPDATED_AT);
    await store.close();
    expect(await database.execute('SELECT count(*) FROM records')).toEqual([['0']]);
    expect(await database.execute(`SELECT id FROM ${SCHEMA}.records`)).toEqual([['x']]);
  });

  test('may have been made by an administrator for a user who may make none', async () => {
    const user = `writer_${crypto.randomUUID().slice(0, 8)}`;
    await database.execute(`CREATE ROLE ${user} LOGIN PASSWORD 'hunter2'`);
    const url = urlWith({ username: user, password: 'hunter2' });
    try {
      expect(await failureOf(url)).toMatchObject({
        side: 'config',
        remedy: expect.stringContaining('GRANT'),
      });
      await database.execute(`CREATE SCHEMA ${SCHEMA} AUTHORIZATION ${user}`);
      const store = await openPostgresqlStore(url);
      await store.replace('a', [record('x')], UPDATED_AT);
      await store.close();
    } finally {
      await database.execute(`DROP OWNED BY ${user} CASCADE`);
      await database.execute(`DROP ROLE ${user}`);
    }
  });

  test('of something else is refused and left alone', async () => {
    await database.execute(`CREATE SCHEMA ${SCHEMA}`);
    await database.execute(`CREATE TABLE ${SCHEMA}.records (something integer)`);
    expect(await failureOf(database.url)).toMatchObject({
      side: 'config',
      message: expect.stringContaining("not the write API's"),
    });
    expect(await database.execute(`SELECT tablename FROM pg_tables WHERE schemaname = '${SCHEMA}'`)).toEqual([
      ['records'],
    ]);
  });

  test('of a newer version is refused with a remedy', async () => {
    await (await openPostgresqlStore(database.url)).close();
    await database.execute(`UPDATE ${SCHEMA}.write_api_version SET version = 99`);
    expect(await failureOf(database.url)).toMatchObject({
      message: expect.stringContaining('newer'),
      remedy: 'Run the newer pp-db-collector.',
    });
    expect(await database.execute(`SELECT version FROM ${SCHEMA}.write_api_version`)).toEqual([['99']]);
  });
});

describe('a database that cannot be used', () => {
  test.each([
    ['no server', { port: '1' }, 'source', 'ECONNREFUSED'],
    ['no such database', { pathname: '/nothing' }, 'config', 'no such database'],
    ['no such user', { username: 'nobody_here' }, 'source', 'refuses the user'],
    ['no such host', { hostname: 'nowhere.invalid' }, 'source', 'nowhere.invalid'],
  ] as const)('is told with a remedy: %s', async (_, parts, side, what) => {
    expect(await failureOf(urlWith({ password: 'hunter2', ...parts }))).toMatchObject({
      side,
      message: expect.stringContaining(what),
      remedy: expect.stringMatching(/\.$/),
    });
  });
});

test('commits are on disk even where the database would not wait for it', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await database.execute(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  await database.execute(`CREATE TABLE seen (setting text)`);
  const store = await openPostgresqlStore(database.url);
  await database.execute(`
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO public.seen VALUES (current_setting(''synchronous_commit'')); RETURN NULL; END'`);
  await database.execute(
    `CREATE TRIGGER note AFTER INSERT ON ${SCHEMA}.records EXECUTE FUNCTION public.note()`,
  );
  await store.replace('a', [record('x')], UPDATED_AT);
  await store.close();
  expect(await database.execute('SELECT DISTINCT setting FROM seen')).toEqual([['on']]);
});

test('a change whose connection is lost fails, and the next is stored', async () => {
  const store = await openPostgresqlStore(database.url);
  await store.replace('a', [record('x')], UPDATED_AT);
  const blocker = new pg.Client({ connectionString: database.url });
  blocker.on('error', () => undefined);
  await blocker.connect();
  await blocker.query(`BEGIN; LOCK TABLE ${SCHEMA}.records`);
  const outcomes = Promise.allSettled([
    store.replace('a', [record('y')], UPDATED_AT),
    store.empty('a'),
    store.remove('a', 'x'),
  ]);
  const writing = `FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%serve' AND wait_event_type = 'Lock'`;
  while ((await database.execute(`SELECT ${writing}`)).length < 3);
  await database.execute(`SELECT pg_terminate_backend(pid) ${writing}`);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await blocker.end();
  await store.replace('a', [record('z')], UPDATED_AT);
  expect((await recordsOf(store, 'a')).map(({ id }) => id)).toEqual(['x', 'z']);
  await store.close();
});

test('connections that are lost while nothing runs on them are not noticed', async () => {
  const store = await openPostgresqlStore(database.url);
  await Promise.all(
    Array.from({ length: 5 }, (_, index) => store.replace('a', [record(`${index}`)], UPDATED_AT)),
  );
  const emitted = vi.spyOn(pg.Pool.prototype, 'emit');
  onTestFinished(() => emitted.mockRestore());
  const ended = await database.execute(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%serve'`,
  );
  await expect
    .poll(() => emitted.mock.calls.filter(([event]) => event === 'remove'))
    .toHaveLength(ended.length);
  await store.replace('a', [record('x')], UPDATED_AT);
  expect((await store.summary('a')).records).toBe(6);
  await store.close();
});
