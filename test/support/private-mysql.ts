import { userInfo } from 'node:os';
import { join } from 'node:path';
import { probe } from './private-mariadb.ts';
import { type PrivateServer, type ServerExtras, startPrivateServer } from './private-server.ts';
import { unpackedPackage } from './unpacked-programs.ts';

const MYSQLD = 'usr/sbin/mysqld';

/** The folder of MySQL, which is downloaded the first time. */
export const unpackMysql = (): string =>
  unpackedPackage('mysql-server-core', [MYSQLD], 'name a MySQL server in TEST_MYSQL_URL');

/**
 * Starts a MySQL server.
 *
 * @param survivesKill whether what is committed survives `kill9`; costs time at each commit
 */
export function startMysql({
  survivesKill = false,
  options = [],
  files = {},
}: ServerExtras & { readonly survivesKill?: boolean } = {}): Promise<PrivateServer> {
  const folder = unpackMysql();
  const user = userInfo().username;
  const mysqld = (data: string): readonly [string, ...string[]] => [
    join(folder, MYSQLD),
    ...['--no-defaults', `--basedir=${join(folder, 'usr')}`, `--datadir=${data}`, `--user=${user}`],
    ...[`--lc-messages-dir=${join(folder, 'usr/share/mysql')}`, '--secure-file-priv='],
    '--innodb-redo-log-capacity=8M',
  ];
  return startPrivateServer({
    url: (port) => `mysql://root@127.0.0.1:${port}`,
    user,
    initialise: (data) => [...mysqld(data), '--initialize-insecure'],
    serve: (data, port) => [
      ...mysqld(data),
      ...[`--socket=${data}/socket`, `--pid-file=${data}/pid`, `--port=${port}`, '--bind-address=127.0.0.1'],
      ...['--mysqlx=OFF', '--disable-log-bin', '--innodb-buffer-pool-size=32M', '--performance-schema=OFF'],
      ...[`--innodb-flush-log-at-trx-commit=${survivesKill ? 2 : 0}`],
      ...options,
    ],
    probe,
    files: () => files,
  });
}
