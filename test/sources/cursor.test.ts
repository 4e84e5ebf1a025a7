import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CursorValue, Parameter } from '../../src/model/query.ts';
import type { Row } from '../../src/model/row.ts';
import type { Source } from '../../src/model/source.ts';
import { compileCursor, startOf } from '../../src/records/cursor.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { ALL_PRODUCTS, type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { never, query, rowsOf } from './reading.ts';

const ROWS = 60;
const PAGE = 13;

/** The types in which events keep when they happened and what they are called. */
const TYPES: Readonly<Record<Client, { readonly zoned: string; readonly local: string }>> = {
  pg: { zoned: 'timestamptz', local: 'timestamp' },
  mysql2: { zoned: 'timestamp(6) null', local: 'datetime(6)' },
  'better-sqlite3': { zoned: 'datetime', local: 'datetime' },
};

/** Seconds that three rows share, so that the columns after the time decide; every fifth has no fraction. */
function timeOf(row: number): string {
  const group = Math.floor(row / 3);
  const fraction = group % 5 === 0 ? '000000' : String(123_400 + group).padStart(6, '0');
  return `2014-06-01 10:00:${String(Math.floor(group / 4)).padStart(2, '0')}.${fraction}`;
}

const valuesOfRow = (row: number): string =>
  [
    `'${timeOf(row)}'`,
    `'${timeOf(row)}'`,
    `'2014-06-${String(1 + Math.floor(row / 6)).padStart(2, '0')}'`,
    String(9007199254740990n + BigInt(row)),
    `${Math.floor(row / 3)}.${String(row % 3)}5`,
    `'${['a', 'é', 'z'][row % 3]}-${String(row).padStart(3, '0')}'`,
  ].join(', ');

describe.each(ALL_PRODUCTS)('%s', (product, client) => {
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    database = await createDatabase(product);
    const { zoned, local } = TYPES[client];
    await database.execute(
      `create table events (at_zoned ${zoned}, at_local ${local}, on_date date, id bigint, amount decimal(12, 2), name varchar(20))`,
    );
    // In an order that is not the one in which they are read.
    const rows = Array.from({ length: ROWS }, (_, index) => (index * 37) % ROWS);
    await database.execute(
      `insert into events values ${rows.map((row) => `(${valuesOfRow(row)})`).join(', ')}`,
    );
    source = createSource('benefits', database.settings);
  });

  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  /** Reads page by page, each from behind the last row of the page before. */
  async function pages(columns: readonly string[], start: readonly (string | number)[], condition: string) {
    const sql = `select ${columns.join(', ')}, id as number from events where ${condition} order by ${columns.join(', ')} limit ${PAGE}`;
    const seen: Row[] = [];
    let position: readonly Parameter[] = startOf(start);
    for (let page = 0; page <= ROWS; page++) {
      const parameters = Object.fromEntries(
        columns.map((name, index) => [name, position[index] as Parameter]),
      );
      const result = await source.open(query(sql, parameters), never());
      const cursor = compileCursor(columns, result.columns);
      const rows = await rowsOf(result);
      if (rows.length === 0) break;
      const positions = rows.map((row) => cursor.valuesOf(row));
      const orders = positions.slice(1).map((next, index) => cursor.compare(positions[index] ?? [], next));
      expect(orders.filter((order) => order !== undefined && order >= 0)).toEqual([]);
      position = positions.at(-1) as readonly CursorValue[];
      seen.push(...rows);
    }
    return seen.map((row) => String(row.at(-1)));
  }

  const both = (first: string, second: string) => `(${first}, ${second}) > (:${first}, :${second})`;
  const spelled = (first: string, second: string) =>
    `${first} >= :${first} and (${first} > :${first} or ${second} > :${second})`;

  test.each([
    ['at_zoned', 'id', ['2014-01-01T00:00:00Z', 0]],
    ['at_local', 'id', ['2014-01-01T00:00:00', 0]],
    ['at_local', 'name', ['2014-01-01', '']],
    ['at_zoned', 'amount', ['2014-01-01T00:00:00+01:00', 0]],
    ['on_date', 'id', ['2014-01-01', 0]],
    ['on_date', 'amount', ['2014-01-01', -1.5]],
    ['amount', 'name', [-1, '']],
  ] as const)('the rows behind the last one are all the rows: by %s and %s', async (first, second, start) => {
    for (const condition of [both(first, second), spelled(first, second)]) {
      const seen = await pages([first, second], start, condition);
      expect(seen).toHaveLength(ROWS);
      expect(new Set(seen).size).toBe(ROWS);
    }
  });

  test.each([
    ['id', [9007199254740991]],
    ['name', ['']],
    ['amount', ['0']],
  ] as const)('the rows behind the last one are all the rows: by %s', async (column, start) => {
    const seen = await pages([column], start, `${column} > :${column}`);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(column === 'id' ? ROWS - 2 : ROWS);
  });

  test('a number goes back with all its digits, whatever its size', async () => {
    const sql = 'select id from events where id > :id order by id limit 1';
    const idAfter = async (text: string) =>
      (await rowsOf(await source.open(query(sql, { id: { kind: 'number', text } }), never()))).map(String);
    expect(await idAfter('9007199254740991')).toEqual(['9007199254740992']);
    expect(await idAfter('9007199254740992')).toEqual(['9007199254740993']);
    expect(await idAfter('9223372036854775807')).toEqual([]);
    expect(await idAfter('-9223372036854775808')).toEqual(['9007199254740990']);
  });

  test('tells its clock', async () => {
    const before = Date.now();
    const clock = await source.clock(never());
    expect(clock).toBeGreaterThanOrEqual(before - 1_000);
    expect(clock).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(Number.isInteger(clock)).toBe(true);
  });

  test('tells its clock again and again on one connection, beside queries', async () => {
    const one = createSource('benefits', { ...database.settings, max_connections: 1 });
    for (let round = 0; round < 3; round++) {
      expect(await one.clock(never())).toBeGreaterThan(0);
      expect(await rowsOf(await one.open(query('select 1 as one'), never()))).toHaveLength(1);
    }
    await one.close();
  });

  test('does not tell its clock to who has been told to stop', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(source.clock(signal)).rejects.toThrow('too late');
  });
});
