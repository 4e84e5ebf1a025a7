import { readFileSync } from 'node:fs';
import { type Finding, findingAt, type KeyPath } from '../finding.ts';
import type { ConfigFile } from '../schema/config-schema.ts';
import { Secret } from '../secret.ts';
import { systemReason } from '../yaml/source-file.ts';
import { placeOf, type Tree } from '../yaml/tree.ts';

/** The files with certificate authorities must be there when the configuration is read, not at the first request. */
export function checkFiles(config: ConfigFile, tree: Tree): Finding[] {
  return Array.from(certificateFiles(config)).flatMap(([path, file]) => {
    const got = certificateMistake(file);
    if (got === undefined) return [];
    const message = `expected a readable PEM file with certificates, got ${got}`;
    return [findingAt(placeOf(tree, path), path, { code: 'unreadable-file', message })];
  });
}

function* certificateFiles({ write_api, databases }: ConfigFile): Iterable<readonly [KeyPath, string]> {
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
