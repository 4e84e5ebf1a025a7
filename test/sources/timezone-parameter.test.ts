import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Parameter } from '../../src/model/query.ts';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { hasMariadb, startMariadb } from '../support/private-mariadb.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { never, query, rowsOf } from './reading.ts';

const zone = (name: string): { timezone: Parameter } => ({ timezone: { kind: 'zone', zone: name } });

async function firstValue(source: Source, sql: string, name = 'Europe/London') {
  const [row = []] = await rowsOf(await source.open(query(sql, zone(name)), never()));
  return row[0];
}

describe.each<Client>(['pg', 'mysql2', 'better-sqlite3'])('%s', (client) => {
  let database: TestDatabase;
  let source: Source;
  beforeAll(async () => {
    database = await createDatabase(client);
    source = createSource('benefits', database.settings);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  test('binds :timezone as a text that functions and comparisons take', async () => {
    expect(await firstValue(source, 'select :timezone as zone')).toBe('Europe/London');
    expect(await firstValue(source, "select 'found' as it where :timezone = 'Europe/London'")).toBe('found');
  });
});

describe('pg', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase('pg');
    await database.execute('create table visits (local_at timestamp, zoned_at timestamptz)');
    await database.execute("insert into visits values ('2026-06-01 23:30:00', '2026-06-01 23:30:00+00')");
  });
  afterAll(() => database.drop());

  test.each([
    ['UTC', 'Europe/London', '2026-06-02', '2026-06-02'],
    ['UTC', 'America/New_York', '2026-06-01', '2026-06-01'],
    ['UTC', 'Asia/Kolkata', '2026-06-02', '2026-06-02'],
    ['Asia/Kolkata', 'Europe/London', '2026-06-01', '2026-06-02'],
  ])('in a database in %s gives the date in %s, grouped by it', async (timezone, job, local, zoned) => {
    const source = createSource('benefits', { ...database.settings, timezone });
    const day = async (expression: string) =>
      firstValue(source, `select ${expression} as day, count(*) from visits group by 1`, job);
    expect(await day(`(local_at at time zone '${timezone}' at time zone :timezone)::date`)).toBe(local);
    expect(await day('(zoned_at at time zone :timezone)::date')).toBe(zoned);
    await source.close();
  });
});

describe('a MariaDB server without zone tables', () => {
  let database: TestDatabase;
  let source: Source;
  beforeAll(async () => {
    database = await createDatabase('mysql2');
    source = createSource('benefits', database.settings);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  const DAY = "select date(convert_tz('2026-06-01 23:30:00', '+00:00', :timezone)) as day";

  test('is told before it makes nulls of all times', async () => {
    await expect(source.describe(query(DAY, zone('Europe/London')), never())).rejects.toMatchObject({
      side: 'source',
      message:
        'database benefits: the server does not know the time zone Europe/London of the job, so that convert_tz(…, :timezone) gives null',
      remedy: expect.stringMatching(/mysql_tzinfo_to_sql .*max_periods: 1 and select :from_date/),
    });
  });

  test('knows UTC all the same', async () => {
    expect(await firstValue(source, DAY, 'UTC')).toBe('2026-06-01');
  });
});

describe('a MariaDB server with zone tables', () => {
  let server: PrivateServer;
  let database: TestDatabase;
  beforeAll(async () => {
    if (!hasMariadb()) return;
    server = await startMariadb();
    database = await createDatabase('mysql2', server.url);
    await loadIndia(database);
    await database.execute('create table visits (local_at datetime, stored_at timestamp null)');
    await database.execute("set time_zone = '+00:00'");
    await database.execute("insert into visits values ('2026-06-01 23:30:00', from_unixtime(1780356600))");
  });
  afterAll(() => server?.stop());

  test.runIf(hasMariadb())('gives the local date of DATETIME and TIMESTAMP columns', async () => {
    const source = createSource('benefits', database.settings);
    for (const column of ['local_at', 'stored_at']) {
      const day = `date(convert_tz(${column}, '+00:00', :timezone))`;
      expect(await firstValue(source, `select ${day} as day from visits group by 1`, 'Asia/Kolkata')).toBe(
        '2026-06-02',
      );
    }
    await source.close();
  });
});

/** The one zone that the test needs, as mysql_tzinfo_to_sql would write it. */
async function loadIndia(database: TestDatabase): Promise<void> {
  const statements = [
    "insert into mysql.time_zone (time_zone_id, use_leap_seconds) values (1, 'N')",
    "insert into mysql.time_zone_name (name, time_zone_id) values ('Asia/Kolkata', 1)",
    "insert into mysql.time_zone_transition_type (time_zone_id, transition_type_id, `offset`, is_dst, abbreviation) values (1, 0, 19800, 0, 'IST')",
  ];
  for (const statement of statements) await database.execute(statement);
}
