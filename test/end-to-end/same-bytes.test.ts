import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_PRODUCTS, type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata'];

const TABLES = {
  pg: `CREATE TABLE facts (number integer, day date, happened_at timestamptz, noted_at timestamp(6), largest bigint,
         amount numeric(22,2), rate numeric(6,2), ratio double precision, code char(5), note text, is_final boolean)`,
  mysql2: `CREATE TABLE facts (number integer, day date, happened_at timestamp(6) NULL, noted_at datetime(6), largest bigint,
         amount decimal(22,2), rate decimal(6,2), ratio double, code char(5), note text, is_final tinyint(1)) CHARACTER SET utf8mb4`,
  'better-sqlite3': `CREATE TABLE facts (number integer, day date, happened_at timestamp, noted_at datetime, largest bigint,
         amount text, rate text, ratio double, code char(5), note text, is_final boolean)`,
} as const;

/**
 * Instants are written in UTC, which is the time zone of the databases; local midnights and both clock changes of
 * London are among them.
 */
const ROWS = [
  [
    '2014-06-01',
    '2014-05-31 23:00:00',
    '2014-06-01 12:30:00.120000',
    '9223372036854775807',
    '12345678901234567890.12',
    '0.10',
    '0.1',
    'ab',
    'plain',
    1,
  ],
  [
    '2014-03-30',
    '2014-03-30 00:59:59',
    '2014-03-30 00:59:59',
    '-9223372036854775808',
    '-0.01',
    '100.00',
    '1e21',
    'abcde',
    'it\'\'s "quoted"',
    0,
  ],
  [
    '2014-03-30',
    '2014-03-30 01:00:00',
    '2014-03-30 01:00:00',
    '0',
    '0.00',
    '-1.50',
    '-2.5',
    '',
    'emoji 😀 é',
    1,
  ],
  [
    '2014-10-26',
    '2014-10-26 00:59:59',
    '2014-10-26 00:59:59.999999',
    '1',
    '10.00',
    '7.25',
    '123456.789',
    'x',
    '',
    0,
  ],
  [
    '2014-10-26',
    '2014-10-26 01:30:00',
    '2014-10-26 01:30:00',
    '1',
    '10.00',
    '7.25',
    '0.30000000000000004',
    'x',
    'tab\tand line\nbreak',
    0,
  ],
  ['2014-12-31', '2014-12-31 23:59:59', null, null, null, null, null, null, null, null],
] as const;

const JOB = `
database: source
timezone: Europe/London
data_set: { data_group: test, data_type: facts, token: the-token }
window: { period: day, max_periods: 400 }
query: |
  SELECT number, day, happened_at, noted_at, largest, amount, rate, ratio, code, note, is_final
  FROM facts WHERE happened_at >= :from AND happened_at < :to ORDER BY number
record:
  timestamp: happened_at
  id: [_timestamp, number]
  fields:
    number: number
    day: day
    happened_at: happened_at
    noted_at: noted_at
    largest: largest
    amount: { column: amount, as: number }
    rate: { column: rate, as: number }
    ratio: ratio
    code: code
    note: note
    is_final: { column: is_final, as: boolean }
`;

let api: FaultyServer;
const databases: TestDatabase[] = [];
const workplaces: Workplace[] = [];

beforeAll(async () => {
  api = await startFaultyServer();
  for (const [product, client] of ALL_PRODUCTS) {
    const database = await createDatabase(product);
    databases.push(database);
    await database.execute(TABLES[client]);
    for (const [index, row] of ROWS.entries()) await database.execute(insertText(client, index + 1, row));
    const workplace = new Workplace();
    workplaces.push(workplace);
    workplace.write('collectors/facts.yaml', JOB);
    workplace.write(
      'config.yaml',
      `write_api: { url: "${api.url}", gzip: false }\ndatabases: { source: { client: ${client}, connection: ${JSON.stringify(connectionOf(database))} } }\nstate: { memory: true }\n`,
    );
  }
});

afterAll(async () => {
  for (const workplace of workplaces) workplace.remove();
  for (const database of databases) await database.drop();
  await api.close();
});

function insertText(client: Client, number: number, row: (typeof ROWS)[number]): string {
  const values = row.map((value, index) => {
    if (value === null) return 'NULL';
    if (index === 9) return client === 'pg' ? String(value === 1) : String(value);
    const text = client === 'pg' && index === 1 ? `${value}+00` : value;
    return index === 6 ? String(text) : `'${text}'`;
  });
  return `INSERT INTO facts VALUES (${[number, ...values].join(', ')})`;
}

function connectionOf({ settings, url }: TestDatabase): unknown {
  return settings.client === 'better-sqlite3' ? { filename: url } : url;
}

async function bodyOf(workplace: Workplace, zone: string): Promise<string> {
  const before = api.requests.length;
  const ended = await workplace.run(['run', 'facts', '--from', '2014-01-01', '--to', '2015-01-02'], {
    environment: { TZ: zone },
  });
  expect(ended.stderr + ended.stdout).toContain('succeeded');
  expect(ended.code).toBe(0);
  const requests = api.requests.slice(before);
  expect(requests).toHaveLength(1);
  return requests[0]?.bytes.toString() ?? '';
}

describe('the same rows', () => {
  let bodies: string[];

  beforeAll(async () => {
    bodies = [];
    for (const workplace of workplaces) for (const zone of ZONES) bodies.push(await bodyOf(workplace, zone));
  }, 60_000);

  test('give the same bytes from every database and in every time zone of the process', () => {
    expect(bodies).toHaveLength(ALL_PRODUCTS.length * ZONES.length);
    expect(new Set(bodies).size).toBe(1);
  });

  test('arrive with every digit and character that they have', () => {
    const [body = ''] = bodies;
    const [first, ...others] = body.slice(1, -1).split(/,(?=\{"_id")/);
    expect(first).toMatch(
      /^\{"_id":"[0-9a-f]{32}","_timestamp":"2014-06-01T00:00:00Z","number":1,"day":"2014-06-01","happened_at":"2014-05-31T23:00:00Z","noted_at":"2014-06-01T12:30:00.12Z","largest":9223372036854775807,"amount":12345678901234567890.12,"rate":0.1,"ratio":0.1,"code":"ab","note":"plain","is_final":true\}$/,
    );
    expect(others.map((json) => JSON.parse(json)._timestamp)).toEqual([
      '2014-03-30T00:00:00Z',
      '2014-03-30T00:00:00Z',
      '2014-10-26T00:00:00Z',
      '2014-10-26T00:00:00Z',
      '2014-12-31T00:00:00Z',
    ]);
    expect(body).toContain('"ratio":1e+21');
    expect(body).toContain('"note":"it\'s \\"quoted\\""');
    expect(body).toContain('"note":"emoji 😀 é"');
    expect(body).toContain(
      '"noted_at":null,"largest":null,"amount":null,"rate":null,"ratio":null,"code":null,"note":null,"is_final":null',
    );
  });

  test('have the _id that a shell computes', () => {
    const record = JSON.parse(bodies[0] ?? '')[0];
    const shell = `printf '%s' '["${record._timestamp}",${record.number}]' | sha256sum | cut -c1-32`;
    expect(execFileSync('sh', ['-c', shell], { encoding: 'utf8' }).trim()).toBe(record._id);
  });
});
