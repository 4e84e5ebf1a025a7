import { userInfo } from 'node:os';
import { parseLoginUrl } from '../config/login-url.ts';
import { Secret } from '../config/secret.ts';
import type { ServerRules } from './dialect.ts';
import { type AddressPlace, type Encryption, encrypted, encryptionOf } from './server-encryption.ts';
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
  const where = {
    what: `database ${name}`,
    key: `databases.${name}.connection`,
    otherwise: '; or write a mapping, whose password is taken as it stands',
  };
  return connection instanceof Secret
    ? addressIn(connection, where, rules)
    : fromMapping(where, connection, rules);
}

/** The address that a URL says, which is read anew. Throws SourceError. */
export function addressIn(url: Secret, where: AddressPlace, rules: ServerRules): ServerAddress {
  return fromUrl(where, reveal(where, url), rules);
}

/** What messages say of the server. */
export function locateServer(name: string, settings: DatabaseSettings, rules: ServerRules): Location {
  const { host, port, user, password, database = '' } = serverAddress(name, settings, rules);
  return { location: rules.socketPath(host, port) ?? `${host}:${port}`, user, password, database };
}

function reveal({ what, key }: AddressPlace, secret: Secret): string {
  try {
    return secret.reveal();
  } catch {
    throw new SourceError(`${what}: the file that holds its connection or password cannot be read`, {
      remedy: `Check the \${file:…} of ${key} and the permissions of that file.`,
    });
  }
}

function fromMapping(where: AddressPlace, mapping: AddressParts, rules: ServerRules): ServerAddress {
  const { ssl } = mapping;
  return {
    host: mapping.host ?? 'localhost',
    port: mapping.port ?? rules.port,
    user: mapping.user ?? userInfo().username,
    password: mapping.password === undefined ? '' : reveal(where, mapping.password),
    database: mapping.database,
    ssl:
      typeof ssl === 'object'
        ? encrypted(where, ssl.ca_file, ssl.reject_unauthorized)
        : ssl === true && encrypted(where, undefined, true),
  };
}

function fromUrl(where: AddressPlace, text: string, rules: ServerRules): ServerAddress {
  const url = parseLoginUrl(text);
  if ('fault' in url) {
    const [protocol] = rules.protocols;
    const { fault, suggestion = `write it as ${protocol}//user:password@host:port/database` } = url;
    throw new SourceError(`${where.what}: its connection is not ${fault}`, {
      remedy: `In ${where.key} ${suggestion}${where.otherwise ?? ''}.`,
    });
  }
  return {
    host: url.host || 'localhost',
    port: url.port ?? rules.port,
    user: url.user || userInfo().username,
    password: url.password,
    database: url.path || undefined,
    ssl: encryptionOf(where, url.parameters, rules),
  };
}
