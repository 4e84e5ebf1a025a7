import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseLoginUrl } from '../config/login-url.ts';
import type { DatabaseSettings } from '../config/schema/config-schema.ts';
import { Secret } from '../config/secret.ts';
import { type Encryption, encrypted, encryptionOf } from './server-encryption.ts';
import type { Location } from './session.ts';
import { SourceError } from './source-error.ts';

/** Where a database server is and how to log in: everything a driver would otherwise take from the environment. */
export interface ServerAddress {
  /** A path stands for a Unix socket: of PostgreSQL its folder, of MySQL its file or the folder of that. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  readonly ssl: Encryption;
}

type Mapping = Exclude<DatabaseSettings['connection'], Secret>;

const DEFAULT_PORTS = { pg: 5432, mysql2: 3306 } as const;

/** Reads the settings anew, so that a rotated password is taken. Throws SourceError. */
export function serverAddress(name: string, settings: DatabaseSettings): ServerAddress {
  const { connection, client } = settings;
  const defaultPort = client === 'mysql2' ? DEFAULT_PORTS.mysql2 : DEFAULT_PORTS.pg;
  return connection instanceof Secret
    ? fromUrl(name, reveal(name, connection), defaultPort)
    : fromMapping(name, connection, defaultPort);
}

/** What messages say of the server. */
export function locateServer(name: string, settings: DatabaseSettings): Location {
  const { host, port, user, password, database = '' } = serverAddress(name, settings);
  return {
    location: socketPath({ host, port }, settings.client) ?? `${host}:${port}`,
    user,
    password,
    database,
  };
}

const MYSQL_SOCKETS = ['mysqld.sock', 'mysql.sock'];

/** The file of a Unix socket; undefined: the server is reached by the network. */
export function socketPath(
  { host, port }: Pick<ServerAddress, 'host' | 'port'>,
  client: DatabaseSettings['client'],
): string | undefined {
  if (!host.startsWith('/')) return undefined;
  if (client === 'pg') return join(host, `.s.PGSQL.${port}`);
  return MYSQL_SOCKETS.map((name) => join(host, name)).find((path) => existsSync(path)) ?? host;
}

function reveal(name: string, secret: Secret): string {
  try {
    return secret.reveal();
  } catch {
    throw new SourceError(`database ${name}: the file that holds its connection or password cannot be read`, {
      remedy: `Check the \${file:…} of databases.${name}.connection and the permissions of that file.`,
    });
  }
}

function fromMapping(name: string, mapping: Mapping, defaultPort: number): ServerAddress {
  const { ssl } = mapping;
  return {
    host: mapping.host ?? 'localhost',
    port: mapping.port ?? defaultPort,
    user: mapping.user ?? userInfo().username,
    password: mapping.password === undefined ? '' : reveal(name, mapping.password),
    database: mapping.database,
    ssl:
      typeof ssl === 'object'
        ? encrypted(name, ssl.ca_file, ssl.reject_unauthorized)
        : ssl === true && encrypted(name, undefined, true),
  };
}

function fromUrl(name: string, text: string, defaultPort: number): ServerAddress {
  const url = parseLoginUrl(text);
  if ('fault' in url) {
    const { fault, suggestion = 'write it as postgres://user:password@host:port/database' } = url;
    throw new SourceError(`database ${name}: its connection is not ${fault}`, {
      remedy: `In databases.${name}.connection ${suggestion}; or write a mapping, whose password is taken as it stands.`,
    });
  }
  return {
    host: url.host || 'localhost',
    port: url.port ?? defaultPort,
    user: url.user || userInfo().username,
    password: url.password,
    database: url.path || undefined,
    ssl: encryptionOf(name, url.parameters),
  };
}
