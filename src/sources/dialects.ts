import type { Dialect } from './dialect.ts';
import { mysql } from './mysql/dialect.ts';
import { postgresql } from './postgresql/dialect.ts';
import { sqlite } from './sqlite/dialect.ts';

/** The databases that can be read: a new one is a folder beside these and its name here. */
export const DIALECTS = [postgresql, mysql, sqlite] as const satisfies readonly Dialect[];

/** The one that may keep the collector's state, too. */
export const STATE_DIALECT = postgresql;

export type Client = (typeof DIALECTS)[number]['client'];

/** As the configuration calls them. */
export const CLIENTS: readonly Client[] = DIALECTS.map(({ client }) => client);

/** By the name that the configuration has for it; undefined for a name that is none. */
export const findDialect = (client: string | undefined): Dialect | undefined =>
  DIALECTS.find((dialect) => dialect.client === client);

export function dialectOf(client: string): Dialect {
  const dialect = findDialect(client);
  if (dialect === undefined) throw new Error(`no kind of database is called ${client}`);
  return dialect;
}
