// What can be wrong with a certificate, by the codes of OpenSSL and Node.
const EXPIRED = 'CERT_HAS_EXPIRED';
const NOT_YET_VALID = 'CERT_NOT_YET_VALID';
const WRONG_NAMES: ReadonlySet<string> = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']);
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

const NEVER_OFF = '; verification cannot be turned off.';

/**
 * What helps against a certificate that is not trusted. `ca_file` is named only where it can help.
 *
 * @param host address of the write host
 * @param caFile the file that is set, if one is
 */
export function certificateRemedy(code: string | undefined, host: string, caFile?: string): string {
  const owner = `those who run ${host}`;
  if (code === EXPIRED)
    return `Ask ${owner} to renew it, and check the clock of this machine; ca_file cannot help here${NEVER_OFF}`;
  if (code === NOT_YET_VALID)
    return (
      'Check the clock of this machine, for which the certificate lies in the future; ca_file cannot help here' +
      NEVER_OFF
    );
  if (code !== undefined && WRONG_NAMES.has(code))
    return (
      `Write in the url a name that the certificate is for, or ask ${owner} for one for this name; ca_file cannot ` +
      `help here${NEVER_OFF}`
    );
  if (code !== undefined && UNKNOWN_AUTHORITY.has(code)) return authorityRemedy(code, owner, caFile);
  return `Ask ${owner} to put the certificate in order${NEVER_OFF}`;
}

function authorityRemedy(code: string, owner: string, caFile: string | undefined): string {
  const what =
    code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? 'the certificate itself' : 'the authority that issued it';
  if (caFile === undefined)
    return `If the certificate is right, set ca_file to a PEM file with ${what}${NEVER_OFF}`;
  return (
    `If the certificate is right, add ${what} to the ca_file ${caFile}, which does not hold it; ${owner} may also ` +
    `have to send their intermediate certificates${NEVER_OFF}`
  );
}
