import { afterEach, beforeEach } from 'vitest';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting } from './collecting.ts';
import { createDatabase, type TestDatabase } from './databases.ts';

/** What a test collects from, what it collects into, and what does it. */
export interface CollectingPlace<Api> {
  readonly database: TestDatabase;
  readonly api: Api;
  readonly collecting: Collecting;
}

/**
 * Makes all of it anew for each test of a file, or of a `describe`. What is returned gives that of the test that runs.
 *
 * @param tables statements that make the tables of the database
 */
export function collectingEach<Api extends { readonly url: string; close(): Promise<void> }>(
  product: Parameters<typeof createDatabase>[0],
  startApi: () => Promise<Api>,
  tables: readonly string[],
): CollectingPlace<Api> {
  let database: TestDatabase;
  let api: Api;
  let collecting: Collecting;
  beforeEach(async () => {
    database = await createDatabase(product);
    for (const table of tables) await database.execute(table);
    api = await startApi();
    collecting = new Collecting(createSource('source', database.settings), api.url);
  });
  afterEach(async () => {
    await collecting.close();
    await api.close();
    await database.drop();
  });
  return {
    get database() {
      return database;
    },
    get api() {
      return api;
    },
    get collecting() {
      return collecting;
    },
  };
}
