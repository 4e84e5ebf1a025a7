import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { numbersTo } from '../support/number-rows.ts';
import { startMariadb } from '../support/private-mariadb.ts';
import { startMysql } from '../support/private-mysql.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { Workplace } from '../support/program.ts';

const ROWS = 20_000;

let api: FaultyServer;
let workplace: Workplace;

beforeEach(async () => {
  api = await startFaultyServer();
  workplace = new Workplace();
});

afterEach(async () => {
  await api.close();
  workplace.remove();
});

function write(client: 'pg' | 'mysql2', database: TestDatabase): void {
  workplace.write(
    'config.yaml',
    `write_api: { url: "${api.url}", max_batch_records: 100 }\ndatabases: { source: { client: ${client}, connection: "${database.url}" } }\n`,
  );
  workplace.write(
    'collectors/numbers.yaml',
    `database: source
data_set: { data_group: test, data_type: numbers, token: the-token }
window: { period: day, start: 2014-01-01, lookback: 0, max_periods: 100000 }
query: SELECT day, number FROM numbers WHERE day >= :from AND day < :to
record: { timestamp: day, id: [_timestamp, number] }
`,
  );
}

async function collectedTo(): Promise<string | null> {
  const { stdout } = await workplace.run(['jobs', '--json']);
  return JSON.parse(stdout)[0].collected_to;
}

function arrived(): Set<string> {
  return new Set(api.requests.flatMap(({ text }) => JSON.parse(text).map(({ _id }: { _id: string }) => _id)));
}

describe('a database server that is killed in mid-query', () => {
  test.each([
    ['PostgreSQL', 'pg', startPostgresql],
    ['MariaDB', 'mysql2', startMariadb],
    ['MySQL', 'mysql2', startMysql],
  ] as const)(
    '%s: ends the run with 4, progress stays, and the next run delivers everything',
    async (_name, client, start) => {
      const server: PrivateServer = await start();
      try {
        const database = await createDatabase(client, server.url);
        await database.execute(
          `CREATE TABLE numbers AS SELECT CAST('2014-06-01' AS date) AS day, n AS number, repeat('x', 1000) AS padding FROM ${numbersTo(client, ROWS)}`,
        );
        write(client, database);
        api.script(...Array.from({ length: 3 }, () => ({ status: 200, body: { status: 'ok' } })), {
          fault: 'hang',
        });
        const { ended } = workplace.start(['run', '--all']);
        // A program that ends by itself shall not be waited for.
        await Promise.race([api.seen(4), ended]);
        await server.kill9();
        const first = await ended;
        expect(first.code, first.stderr).toBe(4);
        expect(await collectedTo()).toBeNull();
        expect(arrived().size).toBeLessThan(ROWS);

        await server.restart();
        const second = await workplace.run(['run', '--all']);
        expect(second.code, second.stderr).toBe(0);
        expect(arrived().size).toBe(ROWS);
        expect(await collectedTo()).not.toBeNull();
      } finally {
        await server.stop();
      }
    },
    60_000,
  );
});
