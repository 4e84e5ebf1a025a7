import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { createDatabase, type ServerClient, type TestDatabase } from '../support/databases.ts';
import { startMariadb } from '../support/private-mariadb.ts';
import { startMysql } from '../support/private-mysql.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { makeTestCertificates, type TestCertificates } from '../support/test-certificates.ts';
import { failureOf, never, query, rowsOf } from './reading.ts';

let certificates: TestCertificates;
let strangers: TestCertificates;

beforeAll(() => {
  certificates = makeTestCertificates();
  strangers = makeTestCertificates();
});
afterAll(() => {
  certificates.remove();
  strangers.remove();
});

const filesOf = ({ localhost }: TestCertificates) => ({
  'tls-key.pem': localhost.key,
  'tls-cert.pem': localhost.cert,
});

/** Servers to which `only_encrypted` may connect, but not in the clear. */
const SERVERS = [
  [
    'PostgreSQL',
    'pg',
    () =>
      startPostgresql({
        options: ['ssl=on', 'ssl_cert_file=tls-cert.pem', 'ssl_key_file=tls-key.pem'].flatMap((each) => [
          '-c',
          each,
        ]),
        files: {
          ...filesOf(certificates),
          'pg_hba.conf':
            'host all postgres 127.0.0.1/32 trust\nhostssl all only_encrypted 127.0.0.1/32 trust\n',
        },
      }),
    ['create role only_encrypted login'],
    /^database benefits: the server does not let this connection in as long as it is not encrypted: no pg_hba\.conf entry/,
  ],
  [
    'MariaDB',
    'mysql2',
    () =>
      startMariadb({
        options: ['--ssl-cert=tls-cert.pem', '--ssl-key=tls-key.pem'],
        files: filesOf(certificates),
      }),
    ["create user only_encrypted@'%'", 'set global require_secure_transport = on'],
    // It does not tell this from a wrong password.
    /^database benefits: the server refuses user only_encrypted, or its password$/,
  ],
  [
    'MySQL',
    'mysql2',
    () =>
      startMysql({
        options: ['--ssl-cert=tls-cert.pem', '--ssl-key=tls-key.pem'],
        files: filesOf(certificates),
      }),
    ["create user only_encrypted@'%'", 'set global require_secure_transport = on'],
    /^database benefits: the server takes encrypted connections only$/,
  ],
] as const;

describe.each(SERVERS)('%s that takes encrypted connections only', (_name, client, start, setUp, refusal) => {
  let server: PrivateServer;
  let database: TestDatabase;

  beforeAll(async () => {
    server = await start();
    database = await createDatabase(client, server.url);
    for (const sql of setUp) await database.execute(sql);
  });
  afterAll(() => server.stop());

  const url = (host: string, parameters: string) =>
    `${client === 'pg' ? 'postgres' : 'mysql'}://only_encrypted@${host}:${server.port}/${client === 'pg' ? 'postgres' : ''}${parameters}`
      .replace('OURS', encodeURIComponent(certificates.caFile))
      .replace('THEIRS', encodeURIComponent(strangers.caFile));
  const sourceOf = (host: string, parameters: string) =>
    createSource('benefits', { ...database.settings, connection: new Secret(() => url(host, parameters)) });

  test.each(['', '?sslmode=disable', '?ssl-mode=DISABLED'])(
    '%j: says so, and how to encrypt',
    async (parameters) => {
      const source = sourceOf('localhost', parameters);
      expect(await failureOf(source, 'select 1 as one')).toMatchObject({
        side: 'source',
        message: expect.stringMatching(refusal),
        remedy: expect.stringContaining('?sslmode=require'),
      });
      await source.close();
    },
  );

  test.each([
    '?sslmode=require',
    '?sslmode=no-verify',
    '?ssl-mode=REQUIRED',
    '?sslrootcert=OURS',
    '?ssl-ca=OURS',
    '?sslmode=require&sslrootcert=OURS',
    '?sslmode=verify-ca&sslrootcert=OURS',
    '?sslmode=verify-full&sslrootcert=OURS',
    '?ssl-mode=VERIFY_IDENTITY&ssl-ca=OURS',
  ])('%j: is read, encrypted', async (parameters) => {
    const source = sourceOf('localhost', parameters);
    const sql =
      client === 'pg' ? 'select ssl from pg_stat_ssl where pid = pg_backend_pid()' : "select 't' as ssl_used";
    expect(await rowsOf(await source.open(query(sql), never()))).toEqual([['t']]);
    await source.close();
  });

  test.each([
    ['localhost', '?sslmode=verify-full', 'names the authority'],
    ['localhost', '?sslmode=verify-ca', 'names the authority'],
    ['localhost', '?sslrootcert=THEIRS', 'names the authority'],
    ['localhost', '?sslmode=require&sslrootcert=THEIRS', 'names the authority'],
    ['127.0.0.1', '?sslrootcert=OURS', 'Name the server'],
    ['127.0.0.1', '?sslmode=verify-ca&sslrootcert=OURS', 'Name the server'],
    ['127.0.0.1', '?sslmode=verify-full&sslrootcert=OURS', 'Name the server'],
  ])('%s%s: is not who it should be, and what helps: %s', async (host, parameters, remedy) => {
    const source = sourceOf(host, parameters);
    expect(await failureOf(source, 'select 1 as one')).toMatchObject({
      side: 'source',
      message: expect.stringMatching(/cannot connect to .*: (?!.*(?:Node\.js|: $)).*certificate/),
      remedy: expect.stringContaining(remedy),
    });
    await source.close();
  });

  test('a mapping with ssl is read, encrypted', async () => {
    const { port } = new URL(server.url);
    const connection = {
      host: 'localhost',
      port: Number(port),
      user: 'only_encrypted',
      ...(client === 'pg' ? { database: 'postgres' } : {}),
      ssl: { ca_file: certificates.caFile, reject_unauthorized: true },
    };
    const source = createSource('benefits', { ...database.settings, connection });
    expect(await rowsOf(await source.open(query('select 1 as one'), never()))).toEqual([['1']]);
    await source.close();
  });
});

test('a server whose certificate is out of date is told so, and that no authority helps', async () => {
  const { expired } = certificates;
  const server = await startPostgresql({
    options: ['ssl=on', 'ssl_cert_file=tls-cert.pem', 'ssl_key_file=tls-key.pem'].flatMap((each) => [
      '-c',
      each,
    ]),
    files: { 'tls-key.pem': expired.key, 'tls-cert.pem': expired.cert },
  });
  const url = `postgres://postgres@localhost:${server.port}/postgres?sslrootcert=${encodeURIComponent(certificates.caFile)}`;
  const database = await createDatabase('pg', server.url);
  const source = createSource('benefits', { ...database.settings, connection: new Secret(() => url) });
  expect(await failureOf(source, 'select 1 as one')).toMatchObject({
    message: `database benefits: cannot connect to localhost:${server.port}: certificate has expired`,
    remedy: expect.stringMatching(/renew it.*cannot help here/),
  });
  await source.close();
  await server.stop();
});

test.each([
  ['pg', 'postgresql'],
  ['mysql2', 'mariadb'],
] as const)(
  'a server of %s that does not encrypt is not read in the clear when it should',
  async (client, product) => {
    const database = await createDatabase(product);
    const encrypted = new Secret(() => `${database.url}?sslmode=require`);
    const source = createSource('benefits', { ...database.settings, connection: encrypted });
    const isEncrypting = (await database.execute(ENCRYPTS[client]))[0]?.at(-1);
    const failure = await failureOf(source, 'select 1 as one');
    if (/^(on|yes)$/i.test(isEncrypting ?? '')) expect(failure.message).toBe('the query did not fail');
    else
      expect(failure).toMatchObject({
        message: expect.stringContaining(
          'the server does not encrypt connections, which ssl or sslmode asks for',
        ),
      });
    await source.close();
    await database.drop();
  },
);

const ENCRYPTS: Readonly<Record<ServerClient, string>> = {
  pg: 'show ssl',
  mysql2: "show variables like 'have_ssl'",
};
