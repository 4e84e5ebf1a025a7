import { join } from 'node:path';
import type { ServerRules } from '../dialect.ts';
import type { ServerAddress } from '../server-address.ts';

export const ADDRESS: ServerRules = {
  kind: 'server',
  protocols: ['postgres:', 'postgresql:'],
  port: 5432,
  socket: '/var/run/postgresql',
  /** A path is that of the socket's folder. */
  socketPath: (host, port) => (host.startsWith('/') ? join(host, `.s.PGSQL.${port}`) : undefined),
};

/** Where the server is, as pg wants to be told. Everything that it would take from the environment is given. */
export function connectionOptions(address: ServerAddress, connectTimeout: number): object {
  return {
    host: address.host,
    port: address.port,
    user: address.user,
    // A function, because pg looks elsewhere for a password that is empty.
    password: () => address.password,
    database: address.database ?? address.user,
    ssl: address.ssl,
    sslnegotiation: 'postgres',
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    application_name: 'pp-db-collector',
    client_encoding: 'UTF8',
  };
}
