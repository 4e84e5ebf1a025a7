import pg from 'pg';
import { findProgram, type PrivateServer, startPrivateServer, versionedFolders } from './private-server.ts';

const FOLDERS = [...versionedFolders('/usr/lib/postgresql', 'bin'), '/usr/local/bin', '/opt/homebrew/bin'];

export const hasPostgresql = (): boolean => findProgram('initdb', FOLDERS) !== undefined;

/** Starts a PostgreSQL server from the programs that are installed. */
export function startPostgresql(): Promise<PrivateServer> {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => findProgram(name, FOLDERS));
  if (initdb === undefined || postgres === undefined)
    throw new Error('these tests need a PostgreSQL server of their own: apt-get install postgresql');
  return startPrivateServer({
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    user: 'postgres',
    initialise: (folder) => [
      initdb,
      '-D',
      folder,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-sync',
    ],
    serve: (folder, port) => [
      postgres,
      ...['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'],
      ...['-c', 'max_connections=50', '-c', 'shared_buffers=32MB'],
    ],
    probe,
  });
}

export async function probe(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}
