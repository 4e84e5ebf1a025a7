import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  MAXIMUM_GROUPS,
  type ReadPlan,
  type ReadResult,
  ReadTooSlow,
} from '../../src/server/read/read-plan.ts';
import { openPostgresql } from '../../src/server/store/postgresql/open.ts';
import { PostgresqlReads } from '../../src/server/store/postgresql/reads.ts';
import { openSqlite } from '../../src/server/store/sqlite/open.ts';
import { readSqlite, SqliteReads } from '../../src/server/store/sqlite/reads.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { memoryWriteApi, NAME, PATH } from './memory-write-api.ts';
import { UPDATED_AT } from './store-kinds.ts';

/** What reads may cost: time, connections, groups. */

const MANY_RECORDS = `
  INSERT INTO data_sets (key, name) VALUES (1, 'a');
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 120000)
  INSERT INTO records (data_set, id, timestamp, updated_at, json)
  SELECT 1, n, '2024-03-05T00:00:00+00:00', '', '{"kind":1}' FROM numbers`;

const FINDS_NOTHING: ReadPlan = {
  kind: 'records',
  filters: [{ kind: 'equals', field: 'kind', text: 'x' }],
};

test('SQLite gives a query up when its time is over, although it finds nothing', async () => {
  const database = openSqlite(':memory:');
  onTestFinished(() => void database.close());
  database.exec(MANY_RECORDS);
  const readWithin = (timeout: number) => {
    const reads = new SqliteReads(database, timeout);
    return readSqlite(async (question) => reads.answer(question), 'a', FINDS_NOTHING);
  };
  await expect(readWithin(10)).rejects.toThrow(ReadTooSlow);
  expect((await readWithin(60_000)).kind).toBe('records');
});

test('too many groups are refused', async () => {
  const { app, store } = memoryWriteApi();
  const records = Array.from({ length: MAXIMUM_GROUPS + 1 }, (_, index) => ({
    id: String(index),
    timestamp: '2024-03-05T00:00:00+00:00',
    json: `{"each":${index},"most":${Math.min(index, MAXIMUM_GROUPS - 1)}}`,
  }));
  await store.replace(NAME, records, UPDATED_AT);
  expect((await app.inject({ url: `${PATH}?group_by=each` })).statusCode).toBe(400);
  expect((await app.inject({ url: `${PATH}?group_by=most` })).json().data).toHaveLength(MAXIMUM_GROUPS);
}, 30_000);

describe('PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createDatabase('pg');
    pool = await openPostgresql(database.url);
    await pool.query(`
      INSERT INTO data_sets (name) VALUES ('a');
      INSERT INTO records (data_set, id, timestamp, updated_at, position, json)
      SELECT key, n, '2024-03-05T00:00:00+00:00', '', n, '{"kind":1}' FROM data_sets, generate_series(1, 20000) AS n`);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('gives a query up when its time is over, and the connection with nothing left on it', async () => {
    await expect(new PostgresqlReads(pool, 1).read('a', FINDS_NOTHING)).rejects.toThrow(ReadTooSlow);
    await expect(new PostgresqlReads(pool, 1).read('a', COUNTS)).rejects.toThrow(ReadTooSlow);
    expect(await unfinished()).toBe(0);
  });

  test('is read by groups and written to while as many clients as may do not take their records', async () => {
    const reads = new PostgresqlReads(pool);
    const all: ReadPlan = { kind: 'records', filters: [] };
    const stalled = await Promise.all([1, 2, 3].map(() => begun(reads.read('a', all))));
    const waiting = begun(reads.read('a', all));
    expect(await unfinished()).toBe(3);
    expect(await reads.read('a', COUNTS)).toMatchObject({ groups: [{ count: 20_000 }] });
    await pool.query("UPDATE records SET updated_at = 'x'");
    await stalled[0]?.return?.();
    stalled.push(await waiting);
    for (const each of stalled) await each.return?.();
    expect(await unfinished()).toBe(0);
  });

  test('is told to stop what nobody waits for any more, and the connection is not used again', async () => {
    const blocker = await pool.connect();
    await blocker.query('BEGIN; LOCK TABLE records');
    for (const plan of [COUNTS, FINDS_NOTHING]) {
      const controller = new AbortController();
      const reading = new PostgresqlReads(pool).read('a', plan, controller.signal);
      await expect.poll(() => waiting()).toBe(1);
      controller.abort(new Error('gone'));
      await expect(reading).rejects.toThrow('gone');
      await expect.poll(() => waiting()).toBe(0);
    }
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await new PostgresqlReads(pool).read('a', COUNTS)).toMatchObject({ groups: [{ count: 20_000 }] });
    expect(await unfinished()).toBe(0);
  });

  const COUNTS: ReadPlan = { kind: 'groups', filters: [], fields: ['kind'], collected: [] };

  async function begun(reading: Promise<ReadResult>): Promise<AsyncIterator<unknown>> {
    const result = await reading;
    if (result.kind !== 'records') throw new Error(result.kind);
    const records = result.records[Symbol.asyncIterator]();
    await records.next();
    return records;
  }

  /** Statements that wait for a lock. */
  async function waiting(): Promise<number> {
    const { rows } = await pool.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows.length;
  }

  /** Connections in the midst of a transaction. */
  async function unfinished(): Promise<number> {
    const { rows } = await pool.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    );
    return rows.length;
  }
});
