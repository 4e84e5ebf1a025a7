import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseSection } from '../../src/config/schema/config-schema.ts';
import { Secret } from '../../src/config/secret.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { endlessQuery } from '../support/number-rows.ts';
import { startMariadb } from '../support/private-mariadb.ts';
import { startMysql } from '../support/private-mysql.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { failureOf, never, query, rowsOf } from './reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'sockets-'));
chmodSync(folder, 0o777);
const mysqldSocket = [`--socket=${join(folder, 'mysqld.sock')}`];

const SERVERS = [
  [
    'PostgreSQL',
    'pg',
    () => startPostgresql({ options: ['-k', folder] }),
    'postgres',
    (port: number) => join(folder, `.s.PGSQL.${port}`),
  ],
  [
    'MariaDB',
    'mysql2',
    () => startMariadb({ options: mysqldSocket }),
    'root',
    () => join(folder, 'mysqld.sock'),
  ],
  ['MySQL', 'mysql2', () => startMysql({ options: mysqldSocket }), 'root', () => join(folder, 'mysqld.sock')],
] as const;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(SERVERS)('%s by its Unix socket', (_name, client, start, user, socketOf) => {
  let server: PrivateServer;
  let database: TestDatabase;

  beforeAll(async () => {
    server = await start();
    database = await createDatabase(client, server.url);
  });
  afterAll(() => server.stop());

  const sourceOf = (connection: DatabaseSection['connection']) =>
    createSource('benefits', { ...database.settings, max_connections: 1, connection });
  const name = () => new URL(database.url).pathname.slice(1);
  const places = () => (client === 'pg' ? [folder] : [folder, socketOf(0)]);
  const isSocket = {
    pg: 'select inet_server_addr() is null as is_socket',
    mysql2:
      "select host = 'localhost' as is_socket from information_schema.processlist where id = connection_id()",
  }[client];

  test('is read, named in a mapping or in a URL', async () => {
    for (const host of places()) {
      const scheme = client === 'pg' ? 'postgres' : 'mysql';
      const port = client === 'pg' ? `:${server.port}` : '';
      const url = `${scheme}://${user}@${encodeURIComponent(host)}${port}/${name()}`;
      for (const connection of [
        { host, user, database: name(), ...(client === 'pg' ? { port: server.port } : {}) },
        new Secret(() => url),
      ]) {
        const source = sourceOf(connection);
        expect(await rowsOf(await source.open(query(isSocket), never()))).toEqual([
          [client === 'pg' ? 't' : '1'],
        ]);
        await source.close();
      }
    }
  });

  test('has its query ended when the run is aborted', async () => {
    const source = sourceOf({ host: folder, user, database: name(), port: server.port });
    const running =
      client === 'pg'
        ? "select count(*) from pg_stat_activity where application_name = 'pp-db-collector/example' and state = 'active'"
        : "select count(*) from information_schema.processlist where db = database() and id <> connection_id() and command <> 'Sleep'";
    const count = async () => Number((await database.execute(running))[0]?.[0]);
    const abort = new AbortController();
    const reading = rowsOf(await source.open(query(endlessQuery(client)), abort.signal));
    reading.catch(() => undefined);
    await expect.poll(count).toBe(1);
    abort.abort(new Error('stop'));
    await expect(reading).rejects.toThrow('stop');
    await expect.poll(count, { timeout: 8_000 }).toBe(0);
    await source.close();
  });

  test('is told by its path where nobody listens', async () => {
    const host = join(dirname(folder), 'no-such-folder');
    const source = sourceOf({ host, user });
    const path = client === 'pg' ? join(host, '.s.PGSQL.5432') : host;
    expect((await failureOf(source, 'select 1 as one')).message).toBe(
      `database benefits: cannot connect to ${path}: there is no such socket`,
    );
    await source.close();
  });
});
