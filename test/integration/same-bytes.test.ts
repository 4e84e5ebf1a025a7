import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../src/model/batch.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { ALL_PRODUCTS, type Client, createDatabase, type TestDatabase } from '../support/databases.ts';

/*
 * Whatever is done for speed, the same bytes leave: data sets hold the ids and values of all versions before. What is
 * expected are digests of what was sent and set aside when every value was still a string on its way.
 */

const ROWS = 2_300;

/** Columns by name: how each client declares it, and the values that take turns in it, as SQL. */
const COLUMNS: Readonly<Record<string, { type: Record<Client, string>; values: readonly string[] }>> = {
  day: {
    type: { pg: 'date', mysql2: 'date', 'better-sqlite3': 'date' },
    values: ["'2014-03-30'", "'2014-10-26'", "'2014-06-15'", 'null', "'2000-02-29'"],
  },
  big: {
    type: { pg: 'bigint', mysql2: 'bigint', 'better-sqlite3': 'bigint' },
    values: ['0', '-7', '9223372036854775807', '-9223372036854775807', '9007199254740993', 'null', '123456'],
  },
  amount: {
    type: { pg: 'numeric(24,6)', mysql2: 'decimal(24,6)', 'better-sqlite3': 'decimal' },
    values: ['0', '-0.5', '12.500000', '100', '123456789012345678.000001', '-0.000001', 'null', '99.99'],
  },
  rate: {
    type: { pg: 'double precision', mysql2: 'double', 'better-sqlite3': 'double' },
    values: ['0', '-0.0', '1e20', '1.5', '1e-7', '0.1', '123456789.125', '-2.5e-10', '1e300', 'null', '5e15'],
  },
  note: {
    type: { pg: 'text', mysql2: 'text character set utf8mb4', 'better-sqlite3': 'text' },
    values: [
      "'plain'",
      "''",
      "' blanks '",
      '\'say "hello"\'',
      "'café, naïve, 日本'",
      "'😀 emoji'",
      'null',
      "concat('tab ', @9, ' bell ', @7, ' delete ', @127, ' line ', @10)",
      "concat('C:', @92, 'forms', @92, @92)",
      "concat('long ', repeat('x', 3000))",
      "'true'",
      "'NULL'",
      "'007'",
    ],
  },
  code: {
    type: { pg: 'char(8)', mysql2: 'char(8) character set utf8mb4', 'better-sqlite3': 'char(8)' },
    values: ["'a'", "'é b'", "''", 'null', "'12345678'"],
  },
  flag: {
    type: { pg: 'boolean', mysql2: 'bit(1)', 'better-sqlite3': 'boolean' },
    values: ['true', 'false', 'null'],
  },
  happened: {
    type: { pg: 'timestamp', mysql2: 'datetime(6)', 'better-sqlite3': 'datetime' },
    values: [
      "'2014-03-30 00:59:59'",
      "'2014-03-30 01:30:00'",
      "'2014-10-26 01:30:00.500000'",
      "'2014-06-15 23:30:00.000001'",
      "'2014-12-31 23:59:59.999999'",
      "'2014-06-15 12:00:00'",
      'null',
    ],
  },
};

/** Characters by their numbers, and functions that have other names there. */
function spelled(sql: string, client: Client): string {
  const character = { pg: 'chr', mysql2: 'char', 'better-sqlite3': 'char' }[client];
  const numbered = sql.replace(/@(\d+)/g, (_, code) => `${character}(${code})`);
  if (client !== 'better-sqlite3') return numbered;
  const repeated = `'${'x'.repeat(3_000)}'`;
  return numbered
    .replace(/concat\((.*)\)$/, (_, list: string) => list.replaceAll(', ', ' || '))
    .replace("repeat('x' || 3000)", repeated);
}

async function fill(database: TestDatabase, client: Client): Promise<void> {
  const entries = Object.entries(COLUMNS);
  const types = entries.map(([name, { type }]) => `${name} ${type[client]}`);
  await database.execute(`create table facts (id int not null primary key, ${types.join(', ')})`);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    // Columns have different numbers of values, so that these meet in ever other ways.
    const values = entries.map(([, { values }], column) =>
      spelled(values[(row * (column + 1) + Math.floor(row / 97)) % values.length] ?? 'null', client),
    );
    return `(${row}, ${values.join(', ')})`;
  });
  for (let at = 0; at < rows.length; at += 100)
    await database.execute(`insert into facts values ${rows.slice(at, at + 100).join(', ')}`);
}

const QUERY = 'SELECT * FROM facts';
const NOTE = { column: 'note', case: 'upper', map: { PLAIN: 'p', '': 'nothing', '007': 7 } };

const JOBS = {
  'all columns as they are': {
    snapshot: { period: 'day' },
    query: `${QUERY} ORDER BY id`,
    record: {
      id: { fields: ['_timestamp', 'id', 'big', 'amount', 'code'].map(nullable), style: 'sha256' },
    },
  },
  'times without a period, and ids of an older collector': {
    cursor: { columns: ['id'], start: [-1] },
    query: `${QUERY} WHERE id > :id ORDER BY id`,
    record: {
      timestamp: 'happened',
      id: {
        fields: ['_timestamp', 'id', nullable('note'), nullable('day')],
        style: 'base64',
        separator: '-',
      },
      omit: ['rate'],
    },
  },
  'months, changed texts and hidden numbers': {
    snapshot: { period: 'month' },
    query: `${QUERY} ORDER BY id`,
    record: {
      timestamp: 'day',
      id: { fields: [{ value: 'x' }, { column: 'id' }, nullable('note')], style: 'sha256' },
      fields: {
        note: { ...NOTE, default: null },
        text: { ...NOTE },
        number: { column: 'big', as: 'string' },
        rate: { column: 'rate', as: 'number' },
        flag: 'flag',
        date: { column: 'happened', as: 'date' },
        time: { column: 'day', as: 'datetime' },
        happened: 'happened',
        id: 'id',
        kind: { value: 'fact "x"' },
      },
      suppress: { fields: ['rate'], below: 5 },
    },
  },
} as const;

function nullable(field: string) {
  return { field, null_as: 'none' };
}

const EXPECTED: Readonly<Record<Client, readonly string[]>> = {
  pg: ['55d8b1388d423e22', '4ecdb39ab31d3c0c', '62ec96c1c5d811bc'],
  mysql2: ['55d8b1388d423e22', '22cf92a6181fe734', '5e4a0502d7b0164c'],
  'better-sqlite3': ['6b5e9da973710eaa', '5e09d013bea4aff1', 'a60d108209ce7aac'],
};

describe.each(ALL_PRODUCTS)('what leaves %s', (product, client) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(product);
    await fill(database, client);
  });
  afterAll(() => database.drop());

  test.each(Object.entries(JOBS).map(([name, job], index) => [name, job, index] as const))(
    'is what left before: %s',
    async (_, settings, index) => {
      const digest = createHash('sha256');
      const collecting = new Collecting(createSource('source', database.settings), 'http://127.0.0.1:1');
      try {
        const target = {
          async post(batch: Batch) {
            digest.update(batch.bytes);
            return { requests: 1, bytesSent: batch.bytes.length, refused: [] };
          },
          empty: async () => ({ requests: 1, bytesSent: 2 }),
          address: 'http://write-api.test/data/test/applications',
          remove: async () => true,
        };
        const job = jobOf({ max_dead_letters: ROWS, ...structuredClone(settings) });
        const localTime = { zone: 'Europe/London', ambiguous: 'earlier' as const };
        const result = await collecting.run(job, '2015-06-01T00:00:00Z', { target, localTime });
        expect(result).toMatchObject({ rows: ROWS, failure: undefined });
        for (const { key, cause, reason, remedy, content } of await collecting.state.deadLetters({}))
          digest.update(
            JSON.stringify([key, cause, reason, remedy, content], (_key, value) =>
              typeof value === 'bigint' ? `${value}n` : value,
            ),
          );
        expect(digest.digest('hex').slice(0, 16)).toBe(EXPECTED[client][index]);
      } finally {
        await collecting.close();
      }
    },
  );
});
