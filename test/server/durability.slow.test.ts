import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPostgresqlStore } from '../../src/server/store/postgresql/store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { createDatabase } from '../support/databases.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import { NAME, recordsOf } from './memory-write-api.ts';
import { ServeProcess } from './serve-process.ts';
import { WRITERS, WrittenBatches } from './written-batches.ts';

/** How often a process is killed; DURABILITY_KILLS=500 is for running by hand. */
const KILLS = Number(process.env.DURABILITY_KILLS ?? 4);
/** Milliseconds for one kill, at most. */
const ROUND = 20_000;
/** Milliseconds after the first acknowledgement within which a kill comes. */
const LATEST_KILL = 120;

interface Killed {
  readonly server: ServeProcess;
  /** Opens what the killed server leaves, once nobody works on it any more. */
  readonly left: () => Promise<Store>;
}

async function onSqlite(): Promise<Killed> {
  const server = new ServeProcess('{ file: store.sqlite }');
  onTestFinished(() => server.remove());
  return { server, left: async () => openSqliteStore(server.file('store.sqlite')) };
}

async function onPostgresql(): Promise<Killed> {
  const { url, execute, drop } = await createDatabase('pg');
  const server = new ServeProcess(`{ url: "${url}" }`);
  onTestFinished(async () => {
    await server.remove();
    await drop();
  });
  const hasSessions = async () =>
    (
      await execute(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%serve'",
      )
    ).length > 0;
  const left = async () => {
    // What the server was doing goes on in the database until it sees that nobody listens.
    while (await hasSessions()) await delay(10);
    return openPostgresqlStore(url);
  };
  return { server, left };
}

/** Waits until something was acknowledged, and then so long that every part of a write is hit now and then. */
async function momentToKill(batches: WrittenBatches, round: number): Promise<void> {
  while (batches.acknowledged === 0) await delay(1);
  await delay((round * 37) % LATEST_KILL);
}

describe.each([
  ['SQLite', onSqlite],
  ['PostgreSQL', onPostgresql],
] as const)('with records in %s', (_, create) => {
  test(`a server that is killed ${KILLS} times while several clients write keeps all that it acknowledged, and every batch whole`, {
    timeout: KILLS * ROUND,
  }, async () => {
    const { server, left } = await create();
    for (let round = 0; round < KILLS; round++) {
      const batches = new WrittenBatches();
      await server.start();
      const writing = batches.write(server);
      await momentToKill(batches, round);
      await server.kill9();
      await writing;
      const store = await left();
      batches.expectIn(await recordsOf(store, NAME));
      expect(batches.otherAnswers).toEqual([]);
      await store.empty(NAME);
      await store.close();
    }
  });
});

test('a server whose database is killed keeps all that it acknowledged, and goes on when the database is back', {
  timeout: 120_000,
}, async () => {
  const database = await startPostgresql();
  onTestFinished(() => database.stop());
  const server = new ServeProcess(`{ url: "${database.url}" }`);
  onTestFinished(() => server.remove());
  await server.start();
  for (let round = 0; round < Math.min(KILLS, 20); round++) {
    const batches = new WrittenBatches();
    const writing = batches.write(server);
    await momentToKill(batches, round);
    await database.kill9();
    await vi.waitUntil(() => batches.otherAnswers.length >= WRITERS, { timeout: ROUND });
    batches.stop();
    await writing;
    expect(new Set(batches.otherAnswers)).toEqual(new Set([500]));
    await database.restart();
    const store = await openPostgresqlStore(database.url);
    batches.expectIn(await recordsOf(store, NAME));
    await store.empty(NAME);
    await store.close();
    expect(await server.post([{ _id: 'after', _timestamp: '2024-03-05T00:00:00Z' }])).toBe(200);
  }
});
