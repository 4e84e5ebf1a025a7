import type { StateAddress } from '../../src/state/postgresql/connections.ts';
import { openPostgresqlState } from '../../src/state/postgresql/open-state.ts';
import { openSqliteState, type StateOptions } from '../../src/state/sqlite/open-state.ts';
import type { StoredState } from '../../src/state/stored-state.ts';

/** Where a server is, as the program is told. */
export function addressOf(url: string): StateAddress {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = pathname.slice(1);
  return { host: hostname, port: Number(port) || 5432, user: username, password, database, ssl: false };
}

/** @param place the path of a file, `:memory:`, or the URL of a database */
export async function openPlace(place: string, options: StateOptions = {}): Promise<StoredState> {
  return place.startsWith('postgres:')
    ? openPostgresqlState(() => addressOf(place), options)
    : openSqliteState(place, options);
}
