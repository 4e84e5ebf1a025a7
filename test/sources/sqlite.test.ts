import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { describeColumn } from '../../src/sources/sqlite/types.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { failureOf, never, query, rowsOf, valuesOf } from './reading.ts';

const SLOW = 'with recursive s(n) as (select 1 union all select n + 1 from s) select count(*) as n from s';

let database: TestDatabase;
let source: Source;
const folder = mkdtempSync(join(tmpdir(), 'sqlite-test-'));

beforeAll(async () => {
  database = await createDatabase('better-sqlite3');
  source = createSource('benefits', database.settings);
  await database.execute('create table applications (id integer, submitted_at text)');
  for (const [id, text] of [
    [1, '2014-05-31 23:59:59'],
    [2, '2014-06-01'],
    [3, '2014-06-01T00:00:00'],
    [4, '2014-06-01 23:59:59.9'],
    [5, '2014-06-02'],
    [6, '2014-06-02 00:00:00'],
  ])
    await database.execute(`insert into applications values (${id}, '${text}')`);
});

afterAll(async () => {
  await source.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** The processes that this process has started to read files. */
const readers = () =>
  execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...args]) => parent === String(process.pid) && args.join(' ').includes('sqlite/reader'),
    )
    .map(([pid]) => Number(pid));

test.each([
  ['INTEGER', 'integer'],
  ['BIGINT UNSIGNED', 'integer'],
  ['DECIMAL(12,2)', 'decimal'],
  ['numeric', 'decimal'],
  ['REAL', 'float'],
  ['double precision', 'float'],
  ['FLOAT', 'float'],
  ['BOOLEAN', 'boolean'],
  ['CHAR(5)', 'padded-text'],
  ['CHARACTER(20)', 'padded-text'],
  ['NCHAR(5)', 'padded-text'],
  ['VARCHAR(20)', 'text'],
  ['CHARACTER VARYING(20)', 'text'],
  ['TEXT', 'text'],
  ['CLOB', 'text'],
  ['INTERVAL', 'text'],
  ['DATE', 'date'],
  ['DATETIME', 'local-datetime'],
  ['TIMESTAMP', 'local-datetime'],
  ['timestamp with time zone', 'instant'],
  ['TIME', 'text'],
  ['JSON', 'unsupported'],
  ['BLOB', 'unsupported'],
  ['SOMETHING', 'dynamic'],
  ['', 'dynamic'],
  [null, 'dynamic'],
])('a column declared as %s is %s', (type, kind) => {
  expect(describeColumn({ name: 'c', type }).kind).toBe(kind);
});

test('columns that cannot be part of a record have a remedy', () => {
  expect(describeColumn({ name: 'data', type: 'json' }).remedy).toBe(
    "Select a value of it, e.g. data ->> '$.key'.",
  );
  expect(describeColumn({ name: 'a b', type: 'blob' }).remedy).toBe('Select it as text, e.g. hex("a b").');
});

test('values arrive by their storage class, integers exact', async () => {
  const values = await valuesOf(
    source,
    "select 1 as a, 9007199254740993 as b, -9223372036854775808 as c, 1.5 as d, 'é📮' as e, null as f, x'0102' as g, 1e400 as h",
  );
  expect(values).toEqual({
    a: ['dynamic', 1],
    b: ['dynamic', 9007199254740993n],
    c: ['dynamic', -9223372036854775808n],
    d: ['dynamic', 1.5],
    e: ['dynamic', 'é📮'],
    f: ['dynamic', null],
    g: ['dynamic', expect.any(Uint8Array)],
    h: ['dynamic', Number.POSITIVE_INFINITY],
  });
});

test.each(['', null])('a column declared as %j has a type that people can read', (type) => {
  expect(describeColumn({ name: 'c', type })).toEqual({ name: 'c', type: 'any', kind: 'dynamic' });
});

describe('text that is not UTF-8', () => {
  const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
  const plain = (rows: readonly (readonly unknown[])[]) =>
    rows.map((row) => row.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value)));
  const read = async (sql: string) => plain(await rowsOf(await source.open(query(sql), never())));

  test.each([
    ['latin-1', "cast(x'4f72e9' as text)", bytes('4f72e9')],
    ['a character cut off', "cast(x'41e282' as text)", bytes('41e282')],
    ['half of a character', "cast(x'eda080' as text)", bytes('eda080')],
    ['one that could be shorter', "cast(x'c080' as text)", bytes('c080')],
    ['U+FFFD, which is a character', 'char(65533)', '\ufffd'],
    ['U+FFFD beside what is none', "char(65533) || cast(x'e9' as text)", bytes('efbfbde9')],
    ['a blob', "x'efbfbd'", bytes('efbfbd')],
  ])('%s', async (_what, expression, value) => {
    expect(
      await read(`select 'é' as a, ${expression} as b, 7 as b; -- with all that a query may have`),
    ).toEqual([['é', value, 7]]);
  });

  test('is found row by row, in the order of the query, beside texts that only look like it', async () => {
    const sql = `with recursive s (n) as (select 1 union all select n + 1 from s limit 5000)
      select n, case n % 1000 when 7 then cast(x'4f72e9' as text) when 8 then 'Or' || char(65533) else 'Or' end as town
      from s where n >= :from order by -n`;
    const from = { kind: 'number', text: '1' } as const;
    const rows = plain(await rowsOf(await source.open(query(sql, { from }), never())));
    expect(rows).toHaveLength(5_000);
    expect(rows.filter(([, town]) => town !== 'Or')).toEqual(
      [4, 3, 2, 1, 0].flatMap((thousands) => [
        [thousands * 1_000 + 8, 'Or\ufffd'],
        [thousands * 1_000 + 7, bytes('4f72e9')],
      ]),
    );
  });

  test('ends the run where the rows come in another order each time', async () => {
    const sql = `with s (town) as (values (cast(x'4f72e9' as text)), ('b'), ('c'), ('d'), ('e'), ('f'), ('g'), ('h'))
      select town from s, (select value from json_each('[1,2,3,4,5,6,7,8,9]')) order by random()`;
    expect(await failureOf(source, sql)).toMatchObject({
      side: 'source',
      message: expect.stringContaining('the rows come in another order when they are read again'),
      remedy: expect.stringContaining('ORDER BY'),
    });
  });
});

test('instants compare with dates and times written in any ISO form', async () => {
  const sql = 'select id from applications where submitted_at >= :from and submitted_at < :to order by id';
  const instant = (text: string) => ({ kind: 'instant', epochMilliseconds: Date.parse(text) }) as const;
  const parameters = { from: instant('2014-06-01T00:00:00Z'), to: instant('2014-06-02T00:00:00Z') };
  expect(await rowsOf(await source.open(query(sql, parameters), never()))).toEqual([[2], [3], [4]]);
});

test.each([
  ['number', '9007199254740993', 9007199254740993n, 'integer'],
  ['number', '-9223372036854775808', -9223372036854775808n, 'integer'],
  ['number', '9223372036854775808', 2 ** 63, 'real'],
  ['number', '1.5', 1.5, 'real'],
  ['number', '7', 7, 'integer'],
  ['text', '7', '7', 'text'],
  ['datetime', '2014-06-01 00:00:00.000001', '2014-06-01 00:00:00.000001', 'text'],
] as const)('the %s %s of a cursor is bound as what it is', async (kind, text, value, type) => {
  const sql = 'select :value as value, typeof(:value) as type';
  const result = await source.open(query(sql, { value: { kind, text } }), never());
  expect(await rowsOf(result)).toEqual([[value, type]]);
});

test('the clock is that of this machine, and no process is started for it', async () => {
  const settings = { ...database.settings, connection: { filename: '/nowhere/nothing.sqlite' } };
  const nowhere = createSource('benefits', settings);
  expect(Math.abs((await nowhere.clock(never())) - Date.now())).toBeLessThan(1_000);
});

test('an aborted query leaves no process behind', async () => {
  const abort = new AbortController();
  const reading = rowsOf(await source.open(query(SLOW), abort.signal));
  expect(readers()).toHaveLength(1);
  abort.abort(new Error('stop'));
  await expect(reading).rejects.toThrow('stop');
  await expect.poll(readers).toEqual([]);
});

test('a process that is killed in mid-query is an error', async () => {
  const reading = rowsOf(await source.open(query(SLOW), never()));
  reading.catch(() => undefined);
  for (const pid of readers()) process.kill(pid, 'SIGKILL');
  await expect(reading).rejects.toMatchObject({
    side: 'source',
    message: `database benefits: the connection to ${database.url} was lost: it was ended by SIGKILL`,
  });
});

test('a process that is killed between two batches is an error, not the end', async () => {
  const sql = 'with recursive s(n) as (select 1 union all select n + 1 from s limit 10000) select n from s';
  const result = await source.open(query(sql), never());
  const reading = (async () => {
    for await (const _ of result.batches) for (const pid of readers()) process.kill(pid, 'SIGKILL');
  })();
  await expect(reading).rejects.toThrow('was lost');
});

test('an error in mid-stream is an error, not the end', async () => {
  const sql =
    "with recursive s(n) as (select 1 union all select n + 1 from s limit 5000) select json_extract(iif(n = 4000, 'x', '1'), '$') as j from s";
  expect(await failureOf(source, sql)).toMatchObject({ message: 'database benefits: malformed JSON' });
});

describe('errors name the database, the place and the remedy', () => {
  test.each([
    ['select id\nfrom nowhere', 'no such table: nowhere, at line 2, column 6 of the query'],
    ['select nope from applications', 'no such column: nope, at line 1, column 8 of the query'],
    ['select no_function(1)', 'no such function: no_function, at line 1, column 8 of the query'],
    [
      'select 1 form applications where x',
      'near "applications": syntax error, at line 1, column 15 of the query',
    ],
    ['insert into applications values (1, 2)', 'the query is not one that gives rows'],
    ['insert into applications values (1, 2) returning id', 'the query would change data'],
  ])('%s', async (sql, what) => {
    expect(await failureOf(source, sql)).toMatchObject({
      side: 'source',
      message: `database benefits: ${what}`,
      remedy: expect.stringMatching(/^\w.*\.$/),
    });
  });

  const failureWith = (filename: string) =>
    failureOf(createSource('benefits', { ...database.settings, connection: { filename } }), 'select 1');

  test.each(['missing.sqlite', 'missing/missing.sqlite'])(
    'a file that cannot be opened: %s',
    async (name) => {
      const file = join(folder, name);
      const error = await failureWith(file);
      expect(error.message).toBe(
        `database benefits: cannot open ${file}: there is no such file, or it may not be read`,
      );
      expect(error.remedy).toContain('databases.benefits.connection');
    },
  );

  test('a folder', async () => {
    expect((await failureWith(folder)).message).toBe(
      `database benefits: cannot read ${folder}: disk I/O error`,
    );
  });

  test('a file that is something else', async () => {
    const file = join(folder, 'junk.sqlite');
    writeFileSync(file, 'not a database at all, but long enough to have a header'.repeat(20));
    expect((await failureWith(file)).message).toBe(`database benefits: ${file} is not an SQLite database`);
  });
});

test('a file in WAL mode is read while another program writes to it', async () => {
  const file = join(folder, 'wal.sqlite');
  const writer = new Database(file);
  writer.pragma('journal_mode = wal');
  writer.exec('create table t (n integer); insert into t values (1); begin; insert into t values (2)');
  const reader = createSource('benefits', { ...database.settings, connection: { filename: file } });
  expect(await valuesOf(reader, 'select count(*) as n from t')).toEqual({ n: ['dynamic', 1] });
  writer.close();
});
