import { createConnection } from 'mysql2';
import { findProgram, type PrivateServer, type ServerExtras, startPrivateServer } from './private-server.ts';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/libexec', '/usr/local/bin', '/opt/homebrew/bin'];

export const hasMariadb = (): boolean => findProgram('mariadbd', FOLDERS) !== undefined;

/**
 * Starts a MariaDB server from the programs that are installed.
 *
 * @param survivesKill whether what is committed survives `kill9`; costs time at each commit
 */
export function startMariadb({
  survivesKill = false,
  options = [],
  files = {},
}: ServerExtras & { readonly survivesKill?: boolean } = {}): Promise<PrivateServer> {
  const [mariadbd, install] = ['mariadbd', 'mariadb-install-db'].map((name) => findProgram(name, FOLDERS));
  if (mariadbd === undefined || install === undefined)
    throw new Error('these tests need a MariaDB server of their own: apt-get install mariadb-server');
  return startPrivateServer({
    url: (port) => `mysql://root@127.0.0.1:${port}`,
    user: 'mysql',
    initialise: (folder) => [
      install,
      ...[
        '--no-defaults',
        `--datadir=${folder}`,
        '--skip-test-db',
        '--auth-root-authentication-method=normal',
      ],
    ],
    serve: (folder, port) => [
      mariadbd,
      ...['--no-defaults', `--datadir=${folder}`, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--innodb-buffer-pool-size=16M'],
      ...[`--innodb-flush-log-at-trx-commit=${survivesKill ? 2 : 0}`, '--skip-name-resolve'],
      ...options,
    ],
    probe,
    files: () => files,
  });
}

/** The version that a server tells; that of MariaDB names it. */
export async function probe(url: string): Promise<string> {
  const connection = createConnection({ uri: url, connectTimeout: 3_000 });
  try {
    return await new Promise((resolve, reject) => {
      connection.on('error', reject);
      connection.query({ sql: 'select version()', rowsAsArray: true }, (error, rows) =>
        error === null ? resolve(String((rows as unknown as string[][])[0]?.[0])) : reject(error),
      );
    });
  } finally {
    connection.destroy();
  }
}
