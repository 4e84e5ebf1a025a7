import { join } from 'node:path';
import pg from 'pg';
import {
  findProgram,
  type PrivateServer,
  type ServerExtras,
  startPrivateServer,
  versionedFolders,
} from './private-server.ts';
import { unpackedPackage } from './unpacked-programs.ts';

const FOLDERS = [...versionedFolders('/usr/lib/postgresql', 'bin'), '/usr/local/bin', '/opt/homebrew/bin'];

export const hasPostgresql = (): boolean => findProgram('initdb', FOLDERS) !== undefined;

/** Starts a PostgreSQL server from the programs that are installed. */
export function startPostgresql(extras: ServerExtras = {}): Promise<PrivateServer> {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => findProgram(name, FOLDERS));
  if (initdb === undefined || postgres === undefined)
    throw new Error('these tests need a PostgreSQL server of their own: apt-get install postgresql');
  return start(initdb, postgres, extras);
}

const NEWEST = 'usr/lib/postgresql/18/bin';

/** The folder of PostgreSQL 18, which is downloaded the first time. */
export const unpackPostgresql18 = (): string =>
  unpackedPackage(
    'postgresql-18',
    [`${NEWEST}/initdb`, `${NEWEST}/postgres`],
    'name a server of that version in TEST_POSTGRES_18_URL',
  );

export function startPostgresql18(extras: ServerExtras = {}): Promise<PrivateServer> {
  const folder = unpackPostgresql18();
  return start(join(folder, NEWEST, 'initdb'), join(folder, NEWEST, 'postgres'), extras);
}

const start = (initdb: string, postgres: string, { options = [], files = {} }: ServerExtras) =>
  startPrivateServer({
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    user: 'postgres',
    initialise: (folder) => [
      initdb,
      ...['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    ],
    serve: (folder, port) => [
      postgres,
      ...['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'],
      ...['-c', 'max_connections=50', '-c', 'shared_buffers=32MB'],
      ...options,
    ],
    probe,
    files: () => files,
  });

/** The version that a server tells. */
export async function probe(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ version: string }>('select version()');
  await client.end();
  return rows[0]?.version ?? '';
}
