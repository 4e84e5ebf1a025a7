import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { test as base } from 'vitest';
import { openPostgresqlStore } from '../../src/server/store/postgresql/store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import type { NewRecord } from '../../src/server/store/stored-record.ts';
import { createDatabase, hasServer } from '../support/databases.ts';

/** A place for records, of which any number of stores can be opened. */
export interface Storage {
  open(): Promise<Store>;
  /** Makes the database refuse records of an id from now on. */
  refuse(id: string): Promise<void>;
  /** What another process opens it by. */
  readonly storage: { readonly file: string } | { readonly url: string };
  /** SQL behind the store's back. */
  execute(sql: string): Promise<void>;
  /** Removes the place, when all its stores are closed. */
  remove(): Promise<void>;
}

export const UPDATED_AT = '2024-06-12T10:30:00+00:00';

/** A record as it comes out of the checks. */
export function record(id: string, day = 5, count = 1): NewRecord {
  const timestamp = `2024-03-${String(day).padStart(2, '0')}T00:00:00+00:00`;
  return { id, timestamp, json: JSON.stringify({ _id: id, _timestamp: timestamp, count }) };
}

/** A name that no other test uses. */
export const newDataSet = (): string => `data_set_${randomUUID()}`;

export async function sqliteStorage(): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'write-api-'));
  const file = join(folder, 'write-api.sqlite');
  const execute = async (sql: string) => {
    const database = new Database(file);
    database.exec(sql);
    database.close();
  };
  return {
    open: async () => openSqliteStore(file),
    refuse: (id) =>
      execute(`CREATE TRIGGER refuse BEFORE INSERT ON records WHEN new.id = '${id}'
        BEGIN SELECT RAISE(ABORT, 'refused'); END`),
    storage: { file },
    execute,
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

export async function postgresqlStorage(): Promise<Storage> {
  const { url, execute, drop } = await createDatabase('pg');
  return {
    open: () => openPostgresqlStore(url),
    refuse: async (id) => {
      await execute(`ALTER TABLE pp_db_collector_write_api.records ADD CHECK (id <> '${id}')`);
    },
    storage: { url },
    execute: async (sql) => {
      await execute(`SET search_path = pp_db_collector_write_api; ${sql}`);
    },
    remove: drop,
  };
}

/** Those that these tests have. */
export const STORAGES = (
  [
    ['SQLite', sqliteStorage],
    ['PostgreSQL', postgresqlStorage],
  ] as const
).filter(([name]) => name === 'SQLite' || hasServer('postgresql'));

/** Tests that share a `store` of one kind; those that open stores themselves have a `storage` of their own. */
export function storeTest(create: () => Promise<Storage>) {
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  const newStorage = async ({}, { onCleanup }: { onCleanup(remove: () => Promise<void>): void }) => {
    const storage = await create();
    onCleanup(() => storage.remove());
    return storage;
  };
  return base
    .extend('storage', newStorage)
    .extend('sharedStorage', { scope: 'file' }, newStorage)
    .extend('store', { scope: 'file' }, async ({ sharedStorage }, { onCleanup }) => {
      const store = await sharedStorage.open();
      onCleanup(() => store.close());
      return store;
    });
}

/** Those of each kind that there is here, for `describe.each`. */
export const STORE_TESTS = STORAGES.map(([kind, create]) => [kind, storeTest(create)] as const);

const memory = async (): Promise<Storage> => ({
  open: async () => openSqliteStore(':memory:'),
  refuse: async () => undefined,
  storage: { file: ':memory:' },
  execute: async () => undefined,
  remove: async () => undefined,
});

/** The same and one that forgets. */
export const WITH_MEMORY = [['memory', storeTest(memory)] as const, ...STORE_TESTS];
