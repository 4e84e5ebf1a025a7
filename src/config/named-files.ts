import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Finding, findingAt, type KeyPath } from './finding.ts';
import type { ConfigFile, DatabaseSection } from './schema/config-schema.ts';
import { Secret } from './secret.ts';
import { systemReason } from './yaml/source-file.ts';
import { placeOf, type Tree } from './yaml/tree.ts';

/** The files and folders that config.yaml names. */

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

function resolveDatabase(database: DatabaseSection, absolute: (path: string) => string): DatabaseSection {
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

/** The files with certificate authorities must be there when the configuration is read, not at the first request. */
export function checkFiles(config: ConfigFile, tree: Tree): Finding[] {
  return Array.from(certificateFiles(config)).flatMap(([path, file]) => {
    const got = certificateMistake(file);
    if (got === undefined) return [];
    const message = `expected a readable PEM file with certificates, got ${got}`;
    return [findingAt(placeOf(tree, path), path, { code: 'unreadable-file', message })];
  });
}

export function* certificateFiles({
  write_api,
  databases,
}: ConfigFile): Iterable<readonly [KeyPath, string]> {
  if (write_api.ca_file !== undefined) yield [['write_api', 'ca_file'], write_api.ca_file];
  for (const [name, { connection }] of Object.entries(databases)) {
    if (connection instanceof Secret || typeof connection.ssl !== 'object') continue;
    const { ca_file: file } = connection.ssl;
    if (file !== undefined) yield [['databases', name, 'connection', 'ssl', 'ca_file'], file];
  }
}

function certificateMistake(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1').includes('-----BEGIN ') ? undefined : 'a file without any';
  } catch (error) {
    return systemReason(error);
  }
}
