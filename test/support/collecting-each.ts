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
 * Makes all of it anew for each test of a file, or of a `describe`, and hands it over.
 *
 * @param tables statements that make the tables of the database
 */
export function collectingEach<Api extends { readonly url: string; close(): Promise<void> }>(
  product: Parameters<typeof createDatabase>[0],
  startApi: () => Promise<Api>,
  tables: readonly string[],
  handOver: (place: CollectingPlace<Api>) => void,
): void {
  let place: CollectingPlace<Api>;
  beforeEach(async () => {
    const database = await createDatabase(product);
    for (const table of tables) await database.execute(table);
    const api = await startApi();
    const collecting = new Collecting(createSource('source', database.settings), api.url);
    place = { database, api, collecting };
    handOver(place);
  });
  afterEach(async () => {
    await place.collecting.close();
    await place.api.close();
    await place.database.drop();
  });
}
