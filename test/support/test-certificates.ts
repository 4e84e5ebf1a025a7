import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificates {
  /** PEM file of an authority that no machine trusts. */
  readonly caFile: string;
  /** A key and a certificate by that authority for `localhost`. */
  readonly localhost: { readonly key: string; readonly cert: string };
  /** The same for `elsewhere.example`. */
  readonly elsewhere: { readonly key: string; readonly cert: string };
  remove(): void;
}

/** Makes an authority and certificates by it with the `openssl` command, in a folder of their own. */
export function makeTestCertificates(): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-certificates-'));
  const openssl = (...options: string[]) => execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    '/CN=Test authority',
    '-days',
    '2',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );

  const issue = (host: string) => {
    openssl('req', ...newKey, '-subj', `/CN=${host}`, '-keyout', `${host}.key`, '-out', `${host}.csr`);
    writeFileSync(join(folder, `${host}.ext`), `subjectAltName=DNS:${host}`);
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${host}.csr`,
      ...authority,
      '-extfile',
      `${host}.ext`,
      '-out',
      `${host}.pem`,
    );
    return {
      key: readFileSync(join(folder, `${host}.key`), 'utf8'),
      cert: readFileSync(join(folder, `${host}.pem`), 'utf8'),
    };
  };

  return {
    caFile: join(folder, 'ca.pem'),
    localhost: issue('localhost'),
    elsewhere: issue('elsewhere.example'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
