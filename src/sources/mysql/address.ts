import { existsSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { join } from 'node:path';
import type { ConnectionOptions } from 'mysql2';
import type { ServerRules } from '../dialect.ts';
import type { ServerAddress } from '../server-address.ts';
import type { Encryption } from '../server-encryption.ts';

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

/** Where the server is, as mysql2 wants to be told. */
export function connectionOptions(address: ServerAddress, connectTimeout: number): ConnectionOptions {
  const { host, port, user, password, database, ssl } = address;
  const socket = ADDRESS.socketPath(host, port);
  return {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    ...{ user, password },
    ...(database === undefined ? {} : { database }),
    ...(ssl === false ? {} : { ssl: encryption(ssl) }),
    ...(ssl !== false && isIP(host) !== 0 ? { stream: () => addressedSocket(host, port) } : {}),
    connectTimeout,
    charset: 'utf8mb4',
    // With it the names of functions, e.g. count, could not name columns.
    flags: ['-IGNORE_SPACE'],
    connectAttributes: { program_name: 'pp-db-collector' },
  };
}

/**
 * mysql2 gives Node.js no address to compare with the certificate, which then takes the one of the socket, or else
 * `localhost`.
 */
const addressedSocket = (host: string, port: number) =>
  Object.assign(connect({ host, port, keepAlive: true, noDelay: true }), { _host: host });

/** mysql2 compares the host's name with the certificate only when it is told to. */
const encryption = ({ ca, rejectUnauthorized }: Exclude<Encryption, false>) => ({
  ...(ca === undefined ? {} : { ca }),
  rejectUnauthorized,
  verifyIdentity: rejectUnauthorized,
});
