import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { endlessQuery } from '../support/number-rows.ts';
import { startPgbouncer } from '../support/private-pgbouncer.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { failureOf, never, query, rowsOf, withSource } from './reading.ts';

const ROUNDS = 30;
const RUNS = 6;

const postgresUrl = async () => (await fetch(`${inject('serverDesk')}/postgresql`)).text();

describe('PgBouncer in transaction mode, with two sessions for all', () => {
  let bouncer: PrivateServer;
  let database: TestDatabase;

  beforeAll(async () => {
    bouncer = await startPgbouncer(await postgresUrl(), { poolSize: 2 });
    database = await createDatabase('pgbouncer', bouncer.url);
  });
  afterAll(async () => {
    await database.drop();
    await bouncer.stop();
  });

  test('runs that contend for its sessions all read what is theirs', async () => {
    const runs = Array.from({ length: RUNS }, (_, run) =>
      withSource(
        database,
        { max_connections: 1, timezone: run % 2 === 0 ? 'UTC' : 'Asia/Tokyo' },
        async (source) => {
          for (let round = 0; round < ROUNDS; round++) {
            const sql = `select ${run} as run, n, current_setting('TimeZone') as zone, :day as day
            from generate_series(1, ${round % 3 === 0 ? 3_000 : 3}) as s (n)`;
            const parameters = { day: { kind: 'date', date: `2014-06-0${run + 1}` } } as const;
            const rows = await rowsOf(await source.open(query(sql, parameters), never()));
            expect(rows).toHaveLength(round % 3 === 0 ? 3_000 : 3);
            const zone = run % 2 === 0 ? 'UTC' : 'Asia/Tokyo';
            expect(rows.at(-1)).toEqual([String(run), String(rows.length), zone, `2014-06-0${run + 1}`]);
            if (round % 5 === 0) expect(await source.clock(never())).toBeGreaterThan(0);
          }
        },
      ),
    );
    await Promise.all(runs);
  });

  test('what a query leaves in its session is gone when another one has it', async () => {
    await withSource(database, { max_connections: 1 }, async (source) => {
      const sql = `select set_config('TimeZone', 'Asia/Tokyo', false) as a, set_config('statement_timeout', '1', false) as b,
        pg_advisory_lock(7)::text as c`;
      await rowsOf(await source.open(query(sql), never()));
    });
    const locks = `select count(*) from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`;
    expect(await database.execute(locks)).toEqual([['0']]);
    const { default: pg } = await import('pg');
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    const { rows } = await other.query(
      `select current_setting('TimeZone') as zone, current_setting('statement_timeout') as timeout,
        current_setting('transaction_read_only') as read_only, (select count(*)::int from pg_prepared_statements) as statements`,
    );
    await other.end();
    expect(rows).toEqual([
      { zone: expect.not.stringContaining('Tokyo'), timeout: '0', read_only: 'off', statements: 0 },
    ]);
  });

  test('a query that is aborted ends on the server, and is shown there by its name before', async () => {
    const running = `select count(*) from pg_stat_activity where datname = current_database()
      and application_name = 'pp-db-collector/example' and state = 'active'`;
    await withSource(database, {}, async (source) => {
      const abort = new AbortController();
      const reading = rowsOf(await source.open(query(endlessQuery('pg')), abort.signal));
      reading.catch(() => undefined);
      await expect.poll(() => database.execute(running)).toEqual([['1']]);
      abort.abort(new Error('stop'));
      await expect(reading).rejects.toThrow('stop');
      await expect.poll(() => database.execute(running), { timeout: 8_000 }).toEqual([['0']]);
      expect(await rowsOf(await source.open(query('select 1 as one'), never()))).toEqual([['1']]);
    });
  });

  test('the server is inspected through it', async () => {
    const findings = await withSource(database, {}, (source) => source.inspect(never()));
    expect(findings.slice(0, 3).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  test('when it is gone, and back, the next query says so, and works', async () => {
    await withSource(database, { max_connections: 1 }, async (source) => {
      expect(await rowsOf(await source.open(query('select 1 as one'), never()))).toEqual([['1']]);
      await bouncer.kill9();
      expect((await failureOf(source, 'select 1 as one')).message).toMatch(/was lost|nobody listens there/);
      await bouncer.restart();
      expect(await rowsOf(await source.open(query('select 1 as one'), never()))).toEqual([['1']]);
    });
  });
});

test('PgBouncer in statement mode takes no transactions: the error says what to set', async () => {
  const bouncer = await startPgbouncer(await postgresUrl(), { poolMode: 'statement' });
  const database = await createDatabase('pgbouncer', bouncer.url);
  try {
    const failure = await withSource(database, {}, (source) => failureOf(source, 'select 1 as one'));
    expect(failure).toMatchObject({
      side: 'source',
      message: expect.stringContaining('the connection goes through a pooler that takes no transactions'),
      remedy: expect.stringContaining('Set pool_mode of the pooler to transaction or session'),
    });
  } finally {
    await database.drop();
    await bouncer.stop();
  }
});
