import { userInfo } from 'node:os';
import { parseLoginUrl } from '../config/login-url.ts';
import { Secret } from '../config/secret.ts';
import type { ServerRules } from './dialect.ts';
import { type Encryption, encrypted, encryptionOf } from './server-encryption.ts';
import type { AddressParts, DatabaseSettings, Location } from './session.ts';
import { SourceError } from './source-error.ts';

/** Where a database server is and how to log in: everything a driver would otherwise take from the environment. */
export interface ServerAddress {
  /** A path stands for a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  readonly ssl: Encryption;
}

/** Reads the settings anew, so that a rotated password is taken. Throws SourceError. */
export function serverAddress(
  name: string,
  { connection }: Pick<DatabaseSettings, 'connection'>,
  rules: ServerRules,
): ServerAddress {
  return connection instanceof Secret
    ? fromUrl(name, reveal(name, connection), rules)
    : fromMapping(name, connection, rules);
}

/** What messages say of the server. */
export function locateServer(name: string, settings: DatabaseSettings, rules: ServerRules): Location {
  const { host, port, user, password, database = '' } = serverAddress(name, settings, rules);
  return { location: rules.socketPath(host, port) ?? `${host}:${port}`, user, password, database };
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

function fromMapping(name: string, mapping: AddressParts, rules: ServerRules): ServerAddress {
  const { ssl } = mapping;
  return {
    host: mapping.host ?? 'localhost',
    port: mapping.port ?? rules.port,
    user: mapping.user ?? userInfo().username,
    password: mapping.password === undefined ? '' : reveal(name, mapping.password),
    database: mapping.database,
    ssl:
      typeof ssl === 'object'
        ? encrypted(name, ssl.ca_file, ssl.reject_unauthorized)
        : ssl === true && encrypted(name, undefined, true),
  };
}

function fromUrl(name: string, text: string, rules: ServerRules): ServerAddress {
  const url = parseLoginUrl(text);
  if ('fault' in url) {
    const [protocol] = rules.protocols;
    const { fault, suggestion = `write it as ${protocol}//user:password@host:port/database` } = url;
    throw new SourceError(`database ${name}: its connection is not ${fault}`, {
      remedy: `In databases.${name}.connection ${suggestion}; or write a mapping, whose password is taken as it stands.`,
    });
  }
  return {
    host: url.host || 'localhost',
    port: url.port ?? rules.port,
    user: url.user || userInfo().username,
    password: url.password,
    database: url.path || undefined,
    ssl: encryptionOf(name, url.parameters, rules),
  };
}
