/*
 * What can be wrong with the certificate of a database server, and who can mend it. Told by the words of OpenSSL and Node, because
 * a driver puts a code of its own in the place of theirs.
 */

/** A hint for those who start Node.js themselves. */
const FOR_PROGRAMMERS = /; if the root CA is installed locally.*$/;

const REMEDIES: readonly (readonly [RegExp, (name: string) => string])[] = [
  [
    /altnames/,
    (name) =>
      `Name the server in databases.${name}.connection as its certificate does, or ask those who run it for one for this name. verify-ca compares names, too; ca_file, or sslrootcert, cannot help here.`,
  ],
  [
    /certificate has expired/,
    () =>
      'Ask those who run the server to renew it, and check the clock of this machine; ca_file, or sslrootcert, cannot help here.',
  ],
  [
    /certificate is not yet valid/,
    () =>
      'Check the clock of this machine: for it the certificate lies in the future. ca_file, or sslrootcert, cannot help here.',
  ],
];

/**
 * What is the matter and what helps; undefined when it is not the encryption.
 *
 * @param reason why no connection came about @param name of the database in the configuration
 */
export function explainCertificate(
  reason: string,
  location: string,
  name: string,
): { readonly what: string; readonly remedy: string } | undefined {
  if (!/certificate|SSL|secure connection/.test(reason)) return undefined;
  const [, remedy] = REMEDIES.find(([words]) => words.test(reason)) ?? [];
  return {
    what: `cannot connect to ${location}: ${reason.replace(FOR_PROGRAMMERS, '').replace(/:\s*$/, '')}`,
    remedy:
      remedy?.(name) ??
      `Check ssl, or sslmode in the URL, in databases.${name}.connection; ca_file, or sslrootcert, names the authority that has signed the server's certificate.`,
  };
}
