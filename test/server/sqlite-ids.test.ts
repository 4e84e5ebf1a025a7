import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hashOf } from '../../src/server/store/sqlite/id-hash.ts';
import { type IdSettings, OF_HASHES, OF_PLACES } from '../../src/server/store/sqlite/id-index.ts';
import { IdTable } from '../../src/server/store/sqlite/id-table.ts';
import { openSqlite } from '../../src/server/store/sqlite/open.ts';
import { packRecords } from '../../src/server/store/sqlite/packed-records.ts';
import { type Call, SqliteRecords } from '../../src/server/store/sqlite/records.ts';
import { record, UPDATED_AT } from './store-kinds.ts';

const REFUSED = 'refused';
const REFUSE = `CREATE TRIGGER refuse BEFORE INSERT ON records WHEN new.id = '${REFUSED}'
  BEGIN SELECT RAISE(ABORT, 'refused'); END`;
const START = { timestamp: '', position: 0 };

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'write-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'write-api.sqlite');
}

/** The ids of a data set with their counts, in the order in which they first came. */
const held = (records: SqliteRecords, dataSet: string): [string, number][] =>
  records.page(dataSet, START).map(({ id, json }) => [id, JSON.parse(json).count]);

const replacing = (dataSet: string, ids: readonly string[], count: number): Call => [
  'replace',
  dataSet,
  packRecords(ids.map((id) => record(id, 5, count))),
  UPDATED_AT,
];

type Operation =
  | { readonly kind: 'replace'; readonly dataSet: string; readonly ids: readonly string[] }
  | { readonly kind: 'remove'; readonly dataSet: string; readonly id: string }
  | { readonly kind: 'empty'; readonly dataSet: string }
  | { readonly kind: 'reopen' | 'change-hands' };

const dataSet = fc.constantFrom('a', 'b');
const id = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 0, max: 60 }).map((number) => `id-${number}`) },
  { weight: 1, arbitrary: fc.constant(REFUSED) },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      dataSet,
      ids: fc.array(id, { maxLength: 20, size: 'max' }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), dataSet, id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('empty' as const), dataSet }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'change-hands' as const) }) },
);

/** What a store must hold. */
class Model {
  readonly #sets = new Map<string, Map<string, number>>();

  of(name: string): Map<string, number> {
    const set = this.#sets.get(name) ?? new Map<string, number>();
    this.#sets.set(name, set);
    return set;
  }

  replace(name: string, ids: readonly string[], count: number): void {
    if (ids.includes(REFUSED)) return;
    for (const each of ids) this.of(name).set(each, count);
  }
}

/** A file with two that write to it by turns, as two processes would. */
class Stores {
  readonly #file = temporaryFile();
  readonly #settings: IdSettings;
  #pair: [SqliteRecords, SqliteRecords];

  constructor(settings: IdSettings) {
    this.#settings = settings;
    const database = openSqlite(this.#file);
    database.exec(REFUSE);
    database.close();
    this.#pair = [this.#open(), this.#open()];
  }

  get current(): SqliteRecords {
    return this.#pair[0];
  }

  changeHands(): void {
    this.#pair.reverse();
  }

  reopen(): void {
    this.close();
    this.#pair = [this.#open(), this.#open()];
  }

  close(): void {
    for (const records of this.#pair) records.close();
  }

  #open(): SqliteRecords {
    return new SqliteRecords(openSqlite(this.#file), undefined, this.#settings);
  }
}

function perform(step: Operation, count: number, stores: Stores, model: Model): void {
  switch (step.kind) {
    case 'replace':
      stores.current.run([replacing(step.dataSet, step.ids, count)]);
      model.replace(step.dataSet, step.ids, count);
      break;
    case 'remove': {
      const [result] = stores.current.run([['remove', step.dataSet, step.id]]);
      expect(result).toEqual({ status: 'fulfilled', value: model.of(step.dataSet).delete(step.id) });
      break;
    }
    case 'empty':
      stores.current.run([['empty', step.dataSet]]);
      model.of(step.dataSet).clear();
      break;
    case 'reopen':
      stores.reopen();
      break;
    case 'change-hands':
      stores.changeHands();
      break;
  }
}

test.each([
  ['each its own', hashOf],
  ['the same of many ids', (text: string) => text.length * 2 ** 48],
])('whatever is stored, emptied, removed and refused, an id has one record; hashes: %s', (_what, hash) => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 20, maxLength: 80, size: 'max' }), (operations) => {
      const stores = new Stores({ generation: 16, hashOf: hash });
      const model = new Model();
      try {
        for (const [index, step] of operations.entries()) perform(step, index, stores, model);
        for (const name of ['a', 'b']) expect(held(stores.current, name)).toEqual([...model.of(name)]);
      } finally {
        stores.close();
      }
    }),
    { numRuns: 50 },
  );
});

test.each([OF_HASHES, OF_PLACES])(
  'records are found by their places, never by reading their data set: %s',
  (sql) => {
    const database = openSqlite(':memory:');
    const parameters = Array.from(sql.matchAll(/\?/g), () => 1);
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters) as { detail: string }[];
    const ofRecords = steps.filter(({ detail }) => /\b(?:SCAN|SEARCH) records\b/.test(detail));
    expect(ofRecords).toMatchObject([{ detail: 'SEARCH records USING INTEGER PRIMARY KEY (rowid=?)' }]);
    database.close();
  },
);

test('a call that fails leaves no ids behind, and those beside it are stored', () => {
  const database = openSqlite(':memory:');
  database.exec(REFUSE);
  const records = new SqliteRecords(database, undefined, { generation: 4, hashOf });
  onTestFinished(() => records.close());
  const results = records.run([
    replacing('a', ['x', 'y'], 1),
    replacing('a', ['z', REFUSED], 2),
    replacing('a', ['y', 'z'], 3),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(held(records, 'a')).toEqual([
    ['x', 1],
    ['y', 3],
    ['z', 3],
  ]);
});

describe('of a file', () => {
  test('few entries of emptied data sets are left behind, however often they are filled again', () => {
    const file = temporaryFile();
    const records = new SqliteRecords(openSqlite(file), undefined, { generation: 8, hashOf });
    for (let round = 0; round < 50; round++) {
      const ids = Array.from({ length: 20 }, (_, index) => `${round}-${index}`);
      records.run([['empty', 'a'], replacing('a', ids, round)]);
    }
    records.close();
    const database = new Database(file);
    onTestFinished(() => void database.close());
    expect(database.prepare('SELECT count(*) FROM ids').pluck().get()).toBeLessThanOrEqual(20);
  });

  test('of version 1 the records are kept, in their order, and replaced by their ids', () => {
    const file = temporaryFile();
    const old = new Database(file);
    old.exec(`
      CREATE TABLE data_sets (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE records (
        data_set INTEGER NOT NULL REFERENCES data_sets (key), id TEXT NOT NULL, timestamp TEXT NOT NULL,
        updated_at TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (data_set, id)
      ) STRICT;
      CREATE INDEX records_by_timestamp ON records (data_set, timestamp);
      PRAGMA application_id = ${0x70707761};
      PRAGMA user_version = 1;
      INSERT INTO data_sets VALUES (1, 'a');`);
    const insert = old.prepare('INSERT INTO records VALUES (1, ?, ?, ?, ?)');
    const ids = Array.from({ length: 50 }, (_, index) => `id-${50 - index}`);
    for (const { id: each, timestamp, json } of ids.map((each) => record(each)))
      insert.run(each, timestamp, UPDATED_AT, json);
    old.close();
    const records = new SqliteRecords(openSqlite(file), undefined, { generation: 8, hashOf });
    onTestFinished(() => records.close());
    records.run([replacing('a', ['id-7', 'new'], 2)]);
    expect(held(records, 'a')).toEqual([...ids.map((each) => [each, each === 'id-7' ? 2 : 1]), ['new', 2]]);
  });
});

describe('a table of ids', () => {
  test('tells all places of one hash, and none of another or of another data set', () => {
    const table = new IdTable();
    const last = 2 ** 53 - 1;
    for (let place = 1; place <= 3_000; place++) table.add({ dataSet: place % 2, hash: last, place });
    table.add({ dataSet: 0, hash: last - 1, place: 9_000 });
    expect(table.placesOf(0, last)).toHaveLength(1_500);
    expect(table.placesOf(1, last)).toContain(1);
    expect(table.placesOf(0, last - 1)).toEqual([9_000]);
    expect(table.placesOf(2, last)).toEqual([]);
    table.remove(0);
    expect(table.placesOf(0, last - 1)).toEqual([]);
    expect([...table.entries(0, table.capacity)]).toHaveLength(1_500);
  });

  test('gives its entries almost in the order of their hashes', () => {
    const table = new IdTable();
    for (let place = 1; place <= 5_000; place++)
      table.add({ dataSet: 1, hash: hashOf(`id ${place}`), place });
    const hashes = [...table.entries(0, table.capacity)].map(({ hash }) => hash);
    const steps = hashes.slice(1).map((hash, index) => Math.abs(hash - (hashes[index] ?? 0)) / 2 ** 53);
    expect(hashes).toHaveLength(5_000);
    expect(steps.filter((step) => step > 0.02)).toHaveLength(0);
  });
});

test('hashes of ids that differ little are spread over all numbers below 2^53', () => {
  const parts = new Map<number, number>();
  const hashes = new Set<number>();
  for (let number = 0; number < 64_000; number++) {
    const hash = hashOf(`2024-01-01T00:00:00+00:00.${number}`);
    expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
    hashes.add(hash);
    const part = Math.floor((hash / 2 ** 53) * 64);
    parts.set(part, (parts.get(part) ?? 0) + 1);
  }
  expect(hashes.size).toBe(64_000);
  expect(Math.min(...parts.values())).toBeGreaterThan(850);
  expect(Math.max(...parts.values())).toBeLessThan(1_150);
});
