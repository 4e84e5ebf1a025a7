import { resolve } from 'node:path';
import type { ConfigFile, DatabaseSettings } from './schema/config-schema.ts';
import { Secret } from './secret.ts';

/** The same settings with absolute paths; relative ones are relative to the folder of config.yaml. */
export function resolvePaths(config: ConfigFile, folder: string): ConfigFile {
  const absolute = (path: string) => resolve(folder, path);
  const { write_api, databases, collectors, state } = config;
  return {
    ...config,
    write_api:
      write_api.ca_file === undefined ? write_api : { ...write_api, ca_file: absolute(write_api.ca_file) },
    databases: Object.fromEntries(
      Object.entries(databases).map(([name, database]) => [name, resolveDatabase(database, absolute)]),
    ),
    collectors: absolute(collectors),
    state: 'file' in state ? { file: absolute(state.file) } : state,
  };
}

function resolveDatabase(database: DatabaseSettings, absolute: (path: string) => string): DatabaseSettings {
  const { connection } = database;
  if (connection instanceof Secret) return database;
  const { filename, ssl } = connection;
  const caFile = typeof ssl === 'object' ? ssl.ca_file : undefined;
  return {
    ...database,
    connection: {
      ...connection,
      ...(filename === undefined ? {} : { filename: absolute(filename) }),
      ...(typeof ssl === 'object' && caFile !== undefined
        ? { ssl: { ...ssl, ca_file: absolute(caFile) } }
        : {}),
    },
  };
}
