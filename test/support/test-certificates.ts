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
  /** For `localhost`, no longer or not yet valid, or by nobody else. */
  readonly expired: { readonly key: string; readonly cert: string };
  readonly future: { readonly key: string; readonly cert: string };
  readonly selfSigned: { readonly key: string; readonly cert: string };
  remove(): void;
}

/** What `openssl ca` needs to issue certificates with times of one's own. */
const AUTHORITY = `[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
serial = serial.txt
default_md = sha256
policy = any
[any]
commonName = supplied
`;

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

  writeFileSync(join(folder, 'ca.cnf'), AUTHORITY);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'index.txt.attr'), 'unique_subject = no\n');
  writeFileSync(join(folder, 'serial.txt'), '1000\n');
  const issueBetween = (name: string, from: string, to: string) => {
    const authority = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-batch', '-notext'];
    const times = ['-startdate', from, '-enddate', to, '-extfile', 'localhost.ext'];
    openssl('ca', ...authority, ...times, '-in', 'localhost.csr', '-out', `${name}.pem`);
    return {
      key: readFileSync(join(folder, 'localhost.key'), 'utf8'),
      cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
    };
  };
  const signItself = () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    openssl('req', '-x509', ...newKey, ...subject, '-keyout', 'self.key', '-out', 'self.pem');
    return {
      key: readFileSync(join(folder, 'self.key'), 'utf8'),
      cert: readFileSync(join(folder, 'self.pem'), 'utf8'),
    };
  };

  return {
    caFile: join(folder, 'ca.pem'),
    localhost: issue('localhost'),
    elsewhere: issue('elsewhere.example'),
    expired: issueBetween('expired', '20150101000000Z', '20160101000000Z'),
    future: issueBetween('future', '20900101000000Z', '20910101000000Z'),
    selfSigned: signItself(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
