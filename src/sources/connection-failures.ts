import { NETWORK_REASONS } from '../model/network-reasons.ts';
import type { Circumstances, DriverError, Explanation } from './source-error.ts';

/** An error while connecting that is none of the database's own. */
export function explainConnecting(error: DriverError, circumstances: Circumstances): Explanation {
  const isTimeout = /timeout|timed out/i.test(error.message);
  const reason = NETWORK_REASONS[isTimeout ? 'ETIMEDOUT' : error.code] ?? error.message;
  if (/not support (SSL|secure) connection/.test(reason)) {
    return {
      what:
        `cannot connect to ${circumstances.location}: the server does not encrypt connections, which ssl or ` +
        'sslmode asks for',
      remedy:
        'Have encryption switched on at the server. Where the network can be trusted, leave ssl, or sslmode and ' +
        `sslrootcert in the URL, out of databases.${circumstances.name}.connection.`,
    };
  }
  const certificate = explainCertificate(reason, circumstances.location, circumstances.name);
  if (certificate !== undefined) return certificate;
  return {
    what: `cannot connect to ${circumstances.location}: ${reason}`,
    remedy:
      `Check host and port in databases.${circumstances.name}.connection, and that the server runs and can be ` +
      'reached from here.',
    unansweredFor: 0,
  };
}

/** The connection ended while it was in use. */
export function explainLoss(error: DriverError | undefined, circumstances: Circumstances): Explanation {
  const reason = error === undefined ? '' : `: ${NETWORK_REASONS[error.code] ?? error.message}`;
  return {
    what: `the connection to ${circumstances.location} was lost${reason}`,
    remedy:
      'Look into the log of the database server if it happens again; nothing is lost, because the next run starts ' +
      'again where this one did.',
    unansweredFor: 0,
  };
}

/** The server has taken longer than it was allowed to, or says nothing at all. */
export function explainTimeout(circumstances: Circumstances): Explanation {
  return {
    what: `the query took longer than query_timeout (${circumstances.queryTimeout / 1_000} s) and was cancelled`,
    remedy:
      'Make the query faster, e.g. with an index on the columns it filters by, or raise ' +
      `databases.${circumstances.name}.query_timeout.`,
  };
}

export function explainSilence(circumstances: Circumstances, limit: number): Explanation {
  return {
    what: `${circumstances.location} has not answered for ${limit / 1_000} s`,
    remedy: 'Check the network between here and the database server, and whether the server is overloaded.',
    unansweredFor: limit,
  };
}

/** A hint for those who start Node.js themselves. */
const FOR_PROGRAMMERS = /; if the root CA is installed locally.*$/;

const REMEDIES: readonly (readonly [RegExp, (name: string) => string])[] = [
  [
    /altnames/,
    (name) =>
      `Name the server in databases.${name}.connection as its certificate does, or ask those who run it for one ` +
      'for this name. verify-ca compares names, too; ca_file, or sslrootcert, cannot help here.',
  ],
  [
    /certificate has expired/,
    () =>
      'Ask those who run the server to renew it, and check the clock of this machine; ca_file, or sslrootcert, ' +
      'cannot help here.',
  ],
  [
    /certificate is not yet valid/,
    () =>
      'Check the clock of this machine: for it the certificate lies in the future. ca_file, or sslrootcert, cannot ' +
      'help here.',
  ],
];

/**
 * What can be wrong with the certificate of a server, and who can mend it; undefined when it is not the encryption.
 * Told by the words of OpenSSL and Node, because a driver puts a code of its own in the place of theirs.
 *
 * @param reason why no connection came about @param name of the database in the configuration
 */
function explainCertificate(reason: string, location: string, name: string): Explanation | undefined {
  if (!/certificate|SSL|secure connection/.test(reason)) return undefined;
  const [, remedy] = REMEDIES.find(([words]) => words.test(reason)) ?? [];
  return {
    what: `cannot connect to ${location}: ${reason.replace(FOR_PROGRAMMERS, '').replace(/:\s*$/, '')}`,
    remedy:
      remedy?.(name) ??
      `Check ssl, or sslmode in the URL, in databases.${name}.connection; ca_file, or sslrootcert, names the ` +
        "authority that has signed the server's certificate.",
  };
}
