import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerRules } from '../dialect.ts';

const SOCKETS = ['mysqld.sock', 'mysql.sock'];

export const ADDRESS: ServerRules = {
  kind: 'server',
  protocols: ['mysql:', 'mariadb:'],
  port: 3306,
  socket: '/run/mysqld/mysqld.sock',
  /** A path is that of the socket, or of its folder. */
  socketPath(host) {
    if (!host.startsWith('/')) return undefined;
    return SOCKETS.map((name) => join(host, name)).find((path) => existsSync(path)) ?? host;
  },
};
