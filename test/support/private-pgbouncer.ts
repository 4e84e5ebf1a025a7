import { installDebianPackage } from './debian-package.ts';
import { probe } from './private-postgresql.ts';
import { findProgram, type PrivateServer, startPrivateServer } from './private-server.ts';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Brings the program onto this machine, where it is missing; throws an error that says what to do. */
export function installPgbouncer(): string {
  const find = () => findProgram('pgbouncer', FOLDERS);
  if (find() === undefined) installDebianPackage('pgbouncer');
  const program = find();
  if (program === undefined) throw new Error(`pgbouncer is in none of ${FOLDERS.join(', ')}`);
  return program;
}

/**
 * Starts a PgBouncer before a PostgreSQL server, for all of its databases.
 *
 * @param postgresUrl the server, and the user for all connections
 * @param poolSize sessions of the server for each database
 */
export function startPgbouncer(
  postgresUrl: string,
  { poolMode = 'transaction', poolSize = 20 } = {},
): Promise<PrivateServer> {
  const program = installPgbouncer();
  const { hostname, port, username } = new URL(postgresUrl);
  const settings = (ownPort: number) => `[databases]
* = host=${hostname} port=${port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = trust
auth_file = users.txt
pool_mode = ${poolMode}
default_pool_size = ${poolSize}
max_client_conn = 200
server_login_retry = 1
`;
  return startPrivateServer({
    url: (ownPort) => `postgres://${username}@127.0.0.1:${ownPort}/postgres`,
    user: 'postgres',
    initialise: (folder) => ['mkdir', folder],
    serve: (folder) => ['env', `--chdir=${folder}`, program, '--quiet', 'settings.ini'],
    // In statement pooling there are no transactions, but single questions are answered.
    probe,
    files: (ownPort) => ({ 'settings.ini': settings(ownPort), 'users.txt': `"${username}" ""\n` }),
  });
}
