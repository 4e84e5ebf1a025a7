import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseSection } from '../../src/config/schema/config-schema.ts';
import { Secret } from '../../src/config/secret.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { ADDRESS as MYSQL } from '../../src/sources/mysql/address.ts';
import { ADDRESS as POSTGRESQL } from '../../src/sources/postgresql/address.ts';
import { addressIn, serverAddress } from '../../src/sources/server-address.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { never, query, rowsOf } from './reading.ts';

const addressOf = (connection: DatabaseSection['connection'], client: 'pg' | 'mysql2' = 'pg') =>
  serverAddress('benefits', { connection }, client === 'pg' ? POSTGRESQL : MYSQL);
const fromUrl = (url: string, client?: 'pg' | 'mysql2') => addressOf(new Secret(() => url), client);

describe('a URL', () => {
  test('gives every part, decoded', () => {
    expect(fromUrl('postgres://a%40b:p%2F%40ss@db.example:6543/my%20data')).toEqual({
      host: 'db.example',
      port: 6543,
      user: 'a@b',
      password: 'p/@ss',
      database: 'my data',
      ssl: false,
    });
  });

  test('may leave out the port, the password and the database', () => {
    expect(fromUrl('postgres://reader@[::1]')).toMatchObject({
      host: '::1',
      port: 5432,
      password: '',
      database: undefined,
    });
    expect(fromUrl('mysql://reader@db/x', 'mysql2').port).toBe(3306);
  });

  test.each([
    ['', false],
    ['?sslmode=disable', false],
    ['?sslmode=require', { ca: undefined, rejectUnauthorized: false }],
    ['?sslmode=verify-ca', { ca: undefined, rejectUnauthorized: true }],
    ['?sslmode=verify-full', { ca: undefined, rejectUnauthorized: true }],
  ])('with %j is encrypted so: %j', (parameters, ssl) => {
    expect(fromUrl(`postgres://a@b/c${parameters}`).ssl).toEqual(ssl);
  });

  test.each([
    'sslmode=prefer',
    'sslmode=allow',
    'ssl-mode=PREFERRED',
    'sslmode=',
    'sslmode=disable&sslrootcert=/etc/ssl/ca.pem',
    'ssl-mode=DISABLED&ssl-ca=/etc/ssl/ca.pem',
    'sslmode=require&sslmode=disable',
    'sslmode=require&ssl-mode=disabled',
    'sslMode=REQUIRED',
    'useSSL=true',
    'tls=true',
    'sslcert=/etc/ssl/client.pem',
    'ssl={"rejectUnauthorized":true}',
  ])('with %s does not connect in the clear', (parameters) => {
    for (const client of ['pg', 'mysql2'] as const)
      expect(() => fromUrl(`postgres://a:s3cret@b/c?${parameters}`, client)).toThrow(
        expect.objectContaining({ side: 'source', message: expect.stringContaining('not understood') }),
      );
  });

  test.each(['ssl=true', 'sslmode=maybe', 'options=-c'])(
    'with the parameter %s is refused, and not shown',
    (parameter) => {
      const [name] = parameter.split('=');
      expect(() => fromUrl(`postgres://a:s3cret@b/c?${parameter}`)).toThrow(
        expect.objectContaining({
          side: 'source',
          message: `database benefits: its connection URL has a parameter ${name} that is not understood`,
        }),
      );
    },
  );

  test.each([
    ['pg', 'host=/tmp', 'postgres://user@%2Fvar%2Frun%2Fpostgresql/database, or host: /var/run/postgresql'],
    [
      'mysql2',
      'socketPath=/tmp/mysqld.sock',
      'mysql://user@%2Frun%2Fmysqld%2Fmysqld.sock/database, or host: /run/mysqld/mysqld.sock',
    ],
  ] as const)(
    'of %s with the socket in a parameter is refused, and told where to put it',
    (client, parameter, how) => {
      expect(() => fromUrl(`x://a@b/c?${parameter}`, client)).toThrow(
        expect.objectContaining({ remedy: expect.stringContaining(how) }),
      );
    },
  );

  test('that stands where no mapping may is not sent to keys of one', () => {
    const where = { what: 'the state database', key: 'state.url' };
    const written = (parameter: string) => () =>
      addressIn(new Secret(() => `postgres://a@b/c?${parameter}`), where, POSTGRESQL);
    expect(written('application_name=x')).toThrow(
      expect.objectContaining({
        remedy: 'Known are sslmode (disable, require, verify-ca, verify-full) and sslrootcert, each once.',
      }),
    );
    expect(written('host=/tmp')).toThrow(
      expect.objectContaining({
        remedy:
          'Write the path of a Unix socket as the host: postgres://user@%2Fvar%2Frun%2Fpostgresql/database.',
      }),
    );
  });

  test('that is none is refused, and not shown', () => {
    expect(() => fromUrl('s3cret')).toThrow(/^database benefits: its connection is not a URL$/);
  });

  test('whose password was rotated to one that must be encoded says so, and does not show it', () => {
    expect(() => fromUrl('postgres://u:12#s3cret@h/db')).toThrow(
      expect.objectContaining({
        side: 'source',
        message:
          'database benefits: its connection is not a URL with the special characters of its user name and password percent-encoded',
        remedy:
          'In databases.benefits.connection write # as %23; or write a mapping, whose password is taken as it stands.',
      }),
    );
  });
});

describe('a mapping', () => {
  test('gives its parts', () => {
    const connection = { host: 'db', port: 1, user: 'u', password: new Secret(() => 'p'), database: 'd' };
    expect(addressOf(connection)).toEqual({
      host: 'db',
      port: 1,
      user: 'u',
      password: 'p',
      database: 'd',
      ssl: false,
    });
  });

  test('with ssl: true trusts only known authorities', () => {
    expect(addressOf({ host: 'db', ssl: true }).ssl).toEqual({ ca: undefined, rejectUnauthorized: true });
  });

  test('whose files cannot be read is refused, naming what is wrong', () => {
    const ssl = { ca_file: '/nowhere/ca.pem', reject_unauthorized: true };
    expect(() => addressOf({ host: 'db', ssl })).toThrow(
      'the certificate file /nowhere/ca.pem cannot be read',
    );
    const password = new Secret(() => {
      throw new Error('ENOENT');
    });
    expect(() => addressOf({ host: 'db', password })).toThrow(
      'the file that holds its connection or password',
    );
  });
});

describe.each(['pg', 'mysql2'] as const)('%s', (client) => {
  let before: TestDatabase;
  let after: TestDatabase;
  beforeAll(async () => {
    [before, after] = await Promise.all([createDatabase(client), createDatabase(client)]);
  });
  afterAll(() => Promise.all([before.drop(), after.drop()]));

  test('a connection that was rotated is used by the next query', async () => {
    let url = before.url;
    const source = createSource('benefits', { ...before.settings, connection: new Secret(() => url) });
    const sql = client === 'pg' ? 'select current_database()::text as name' : 'select database() as name';
    const name = async () => (await rowsOf(await source.open(query(sql), never()))).flat();
    expect(await name()).toEqual([new URL(before.url).pathname.slice(1)]);
    url = after.url;
    expect(await name()).toEqual([new URL(after.url).pathname.slice(1)]);
    await source.close();
  });
});

test('a MySQL server takes a password of all printable characters, encoded or as it stands', async () => {
  const database = await createDatabase('mysql2');
  const user = new URL(database.url).pathname.slice(1);
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
  const place = `127.0.0.1:${new URL(database.url).port || 3306}/${user}`;
  const plain = printable.replace(/[/?#%]/g, '');
  try {
    for (const [password, written] of [
      [printable, encodeURIComponent(printable)],
      [plain, plain],
    ] as const) {
      const quoted = `'${password.replace(/['\\]/g, '\\$&')}'`;
      await database.execute(`create or replace user '${user}'@'%' identified by ${quoted}`);
      await database.execute(`grant select on ${user}.* to '${user}'@'%'`);
      const connection = new Secret(() => `mysql://${user}:${written}@${place}`);
      const source = createSource('benefits', { ...database.settings, connection });
      const rows = await rowsOf(await source.open(query("select 'read' as text"), never()));
      expect(rows).toEqual([['read']]);
      await source.close();
    }
  } finally {
    await database.execute(`drop user if exists '${user}'@'%'`);
    await database.drop();
  }
});
