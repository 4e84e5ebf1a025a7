import { readFileSync } from 'node:fs';
import type { ServerRules } from './dialect.ts';
import { SourceError } from './source-error.ts';

/** What messages say of an address: of what it is, and which key of the configuration holds it. */
export interface AddressPlace {
  /** Such as `database benefits`. */
  readonly what: string;
  readonly key: string;
  /** What may be written there in place of a URL, as the end of a sentence. */
  readonly otherwise?: string;
}

/** How the connection to a server is encrypted; false: it is not. */
export type Encryption = false | { readonly ca: string | undefined; readonly rejectUnauthorized: boolean };

/** The parameters of URLs by the names that the databases' own clients have for them; every database takes all. */
const NAMES: Readonly<Record<string, 'mode' | 'authority'>> = {
  sslmode: 'mode',
  'ssl-mode': 'mode',
  sslrootcert: 'authority',
  'ssl-ca': 'authority',
};

const KNOWN = 'Known are sslmode (disable, require, verify-ca, verify-full) and sslrootcert, each once';

/** Only where a mapping may stand in place of a URL are there keys for the rest. */
const known = ({ otherwise }: AddressPlace) =>
  otherwise === undefined ? `${KNOWN}.` : `${KNOWN}; everything else has a key of its own.`;

const SOCKETS = new Set(['socketPath', 'socket', 'unix_socket', 'host']);
const asHost = ({ otherwise }: AddressPlace, { protocols: [protocol], socket }: ServerRules) =>
  `Write the path of a Unix socket as the host: ${protocol}//user@${encodeURIComponent(socket)}/database` +
  `${otherwise === undefined ? '' : `, or host: ${socket} in a mapping`}.`;

/**
 * What a URL's parameters mean to the databases' own clients, except that nothing is encrypted by chance: whatever asks
 * for encryption gets it or is refused. Unknown parameters are refused, not dropped.
 */
export function encryptionOf(
  where: AddressPlace,
  parameters: URLSearchParams,
  rules: ServerRules,
): Encryption {
  const given = new Map<'mode' | 'authority', string>();
  for (const [parameter, value] of parameters) {
    const meaning = Object.hasOwn(NAMES, parameter) ? NAMES[parameter] : undefined;
    if (meaning === undefined)
      throw notUnderstood(where, parameter, SOCKETS.has(parameter) ? asHost(where, rules) : known(where));
    if (given.has(meaning)) throw notUnderstood(where, parameter, `${known(where)} It is there twice.`);
    given.set(meaning, value);
  }
  return encryptionBy(where, given.get('mode'), given.get('authority'));
}

function encryptionBy(
  where: AddressPlace,
  mode: string | undefined,
  authority: string | undefined,
): Encryption {
  switch (mode?.toLowerCase()) {
    case undefined:
      return authority === undefined ? false : encrypted(where, authority, true);
    case 'disable':
    case 'disabled':
      if (authority === undefined) return false;
      throw notUnderstood(where, 'sslmode', 'Remove sslrootcert, or write sslmode=verify-full.');
    case 'require':
    case 'required':
    case 'no-verify':
      return encrypted(where, authority, authority !== undefined);
    case 'verify-ca':
    case 'verify_ca':
    case 'verify-full':
    case 'verify_identity':
      return encrypted(where, authority, true);
    case 'allow':
    case 'prefer':
    case 'preferred':
      throw notUnderstood(
        where,
        'sslmode',
        'It would leave it to the server whether anything is encrypted: write sslmode=require, verify-full or disable.',
      );
    default:
      throw notUnderstood(where, 'sslmode', known(where));
  }
}

/** @param caFile PEM file; undefined: the authorities that Node.js knows */
export function encrypted(
  { what }: AddressPlace,
  caFile: string | undefined,
  rejectUnauthorized: boolean,
): Encryption {
  try {
    return { ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'), rejectUnauthorized };
  } catch {
    throw new SourceError(`${what}: the certificate file ${caFile} cannot be read`, {
      remedy: 'Check the path and the permissions of that file.',
    });
  }
}

const notUnderstood = ({ what }: AddressPlace, parameter: string, remedy: string) =>
  new SourceError(`${what}: its connection URL has a parameter ${parameter} that is not understood`, {
    remedy,
  });
