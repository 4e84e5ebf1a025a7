import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type { JobLease, State } from '../../src/model/state.ts';
import type { StateOptions } from '../../src/state/sqlite/open-state.ts';
import type { StoredState } from '../../src/state/stored-state.ts';
import { createDatabase, hasServer, type TestDatabase } from '../support/databases.ts';
import { openPlace } from './open-place.ts';

/** Servers that keep a state. */
export const SERVERS = (['postgresql', 'pgbouncer'] as const).filter(hasServer);

/** Where a state may live; what holds of one shall hold of all. */
export const PLACES = ['memory', 'file', ...SERVERS] as const;

/** A path for a state, in a folder that is not there yet and goes with the test. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'new', 'collector.sqlite');
}

type Server = (typeof SERVERS)[number];

/** Databases that no test uses: to make one takes longer than most tests. */
const spare: { readonly server: Server; readonly database: TestDatabase }[] = [];

/** To be called once in a file whose tests use servers: its databases go with it. */
export function dropDatabasesAfterwards(): void {
  afterAll(async () => {
    for (const { database } of spare.splice(0)) await database.drop();
  });
}

/** A database without a state, for one test. */
export async function newDatabase(server: Server): Promise<TestDatabase> {
  const index = spare.findIndex((each) => each.server === server);
  const [found] = index === -1 ? [] : spare.splice(index, 1);
  const database = found?.database ?? (await createDatabase(server));
  onTestFinished(async () => {
    await database.execute('DROP SCHEMA IF EXISTS pp_db_collector CASCADE');
    spare.push({ server, database });
  });
  return database;
}

/** A state that is closed with the test. @param place one of PLACES, the path of a file, or a URL */
export async function opened(place: string, options: StateOptions = {}): Promise<StoredState> {
  const state = await openPlace(await urlOrFile(place), options);
  onTestFinished(() => state.close());
  return state;
}

async function urlOrFile(place: string): Promise<string> {
  const server = SERVERS.find((each) => each === place);
  if (server !== undefined) return (await newDatabase(server)).url;
  return place === 'memory' ? ':memory:' : place === 'file' ? newFile() : place;
}

export async function leaseOf(state: State, job = 'a'): Promise<JobLease> {
  const lease = await state.takeLease(job);
  if (lease.kind === 'busy') throw new Error(`the lease is held by ${lease.holder}`);
  return lease;
}
