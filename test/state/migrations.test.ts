import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { APPLICATION_ID, MIGRATIONS, migrate } from '../../src/state/sqlite/migrations.ts';
import { letterOf, resultOf, stepOf } from './examples.ts';
import { leaseOf, newFile, opened } from './open-state.ts';

/** What an installation of each version may have stored. */
const DATA: Readonly<Record<number, string>> = {
  1: `INSERT INTO progress (job, collected_to) VALUES ('a', 20), ('b', -5);
      INSERT INTO runs (job, started_at, ended_at, outcome, rows, failed_side, message, remedy)
        VALUES ('a', 500, 600, 'failed', 7, 'source', 'gone', 'Start it.');
      INSERT INTO runs (job, started_at, ended_at, outcome, window_from, window_to, rows, records, requests, bytes_sent)
        VALUES ('a', 1000, 2000, 'succeeded', 10, 20, 3, 3, 1, 99);
      INSERT INTO runs (job, started_at) VALUES ('a', 3000);`,
  2: `INSERT INTO progress (job, collected_to, fingerprint) VALUES ('a', 20, '{"data_set":"g/t"}');
      INSERT INTO runs (id, job, started_at) VALUES (7, 'a', 3000), (8, 'a', 4000), (9, 'b', 4000);
      INSERT INTO dead_letters (job, key, run, first_seen, last_seen, cause, reason, remedy, window_from, window_to, content)
        VALUES ('a', 'x', 7, 1000, 2000, 'refused', 'no', 'Mend it.', 10, 20, '{"kind":"record","json":"{}"}');
      INSERT INTO pending_snapshots (id, job, taken_at, sealed, must_empty) VALUES (3, 'a', 4000, 1, 1), (4, 'a', 5000, 1, 0);
      INSERT INTO pending_batches (snapshot, records, ends, bytes) VALUES (3, 1, '[3]', x'5b7b7d5d'), (4, 1, '[3]', x'5b7b7d5d');`,
  4: `INSERT INTO progress (job, collected_to) VALUES ('a', 90), ('b', 50), ('cursor', NULL);
      INSERT INTO runs (job, started_at, ended_at, outcome, window_from, window_to)
        VALUES ('a', 100, 110, 'succeeded', 10, 30), ('a', 100, 110, 'partial', 30, 40), ('a', 100, 110, 'empty', 20, 25),
          ('a', 100, 110, 'succeeded', 60, 90), ('a', 100, 110, 'succeeded', 80, 170), ('a', 100, 110, 'failed', NULL, NULL);
      INSERT INTO backfills (job, span_from, span_to, acknowledged_to) VALUES ('a', 35, 60, 45), ('a', 5, 9, 5);`,
};

function build(version: number): { file: string; database: Database.Database } {
  const file = newFile();
  mkdirSync(dirname(file));
  const database = new Database(file);
  migrate(database, file, MIGRATIONS.slice(0, version));
  database.exec(DATA[version] ?? '');
  return { file, database };
}

const schemaOf = (database: Database.Database) =>
  database.prepare(`SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name`).all();

test('a state of version 1 keeps its progress and runs, and takes what is new', async () => {
  const { file, database } = build(1);
  database.close();
  const state = await opened(file);
  expect(await state.progressOf('a')).toEqual({ collectedTo: 20 });
  expect(await state.progressOf('b')).toEqual({ collectedTo: -5 });
  expect(await state.runs({ limit: 9 })).toEqual([
    resultOf({ deadLetters: 0, unchanged: 0, vanished: 0 }),
    expect.objectContaining({
      outcome: 'failed',
      rows: 7,
      failure: { side: 'source', message: 'gone', remedy: 'Start it.' },
    }),
  ]);
  await leaseOf(state);
  const run = await state.beginRun('a', 4_000);
  const cursor = [{ kind: 'number', text: '1' }] as const;
  await state.acknowledged('a', run, stepOf({ progress: { cursor }, deadLetters: [letterOf('x')] }));
  expect(await state.progressOf('a')).toEqual({ collectedTo: 20, cursor });
  expect((await state.runs({ limit: 1 }))[0]).toMatchObject({ outcome: 'interrupted', startedAt: 3_000 });
});

test('a state of version 2 keeps its letters and pending records, and knows by which run they were read', async () => {
  const { file, database } = build(2);
  database.close();
  const state = await opened(file);
  expect(await state.progressOf('a')).toEqual({ collectedTo: 20, fingerprint: '{"data_set":"g/t"}' });
  const told = { cause: 'refused', reason: 'no', remedy: 'Mend it.', window: { from: 10, to: 20 } } as const;
  const content = { kind: 'record', json: '{}' } as const;
  const letter = { id: 1, job: 'a', key: 'x', run: 7, firstSeen: 1_000, lastSeen: 2_000, content, ...told };
  expect(await state.deadLetters({})).toEqual([{ ...letter, reading: { run: 7, row: 0 } }]);
  const rules = '{"ids":{"data_set":"g/t"}}';
  expect(await state.pendingOf('a')).toEqual([
    { id: 3, run: 8, takenAt: 4_000, mustEmpty: true, records: 1, rules },
    { id: 4, run: 0, takenAt: 5_000, mustEmpty: false, records: 1, rules },
  ]);
  await leaseOf(state);
  const delivered = [{ key: 'x', reading: { run: await state.beginRun('a', 6_000), row: 1 } }];
  await state.acknowledged('a', 10, stepOf({ delivered }));
  expect(await state.deadLetters({})).toEqual([]);
});

test('a state of version 4 knows what was collected by runs and by hand, and believes in progress where no run is known', async () => {
  const { file, database } = build(4);
  database.close();
  const state = await opened(file);
  // Nothing was collected before it was over.
  expect(await state.collectedOf('a')).toEqual([
    { from: 10, to: 45 },
    { from: 60, to: 110 },
  ]);
  expect(await state.collectedOf('b')).toEqual([{ from: 0, to: 50 }]);
  expect(await state.collectedOf('cursor')).toEqual([]);
});

test('a state of version 6 knows nothing of what arrived before, and keeps what arrives', async () => {
  const { file, database } = build(6);
  database.close();
  const state = await opened(file);
  expect(await state.figuresOf('a')).toBeUndefined();
  await leaseOf(state);
  const periods = [{ period: 10, records: 3, sums: { count: '12.5' } }];
  const step = stepOf({ figures: { length: 'day', periods } });
  await state.acknowledged('a', await state.beginRun('a', 1_000), step);
  expect(await state.figuresOf('a')).toEqual({ length: 'day', periods });
});

test('runs that go on are found without a look at all that have ended', () => {
  const database = new Database(':memory:');
  migrate(database, ':memory:');
  const sql = 'EXPLAIN QUERY PLAN SELECT * FROM runs WHERE ended_at IS NULL ORDER BY job, id';
  expect(database.prepare(sql).get()).toMatchObject({ detail: 'SCAN runs USING INDEX runs_unfinished' });
});

test.each(MIGRATIONS.map((_, version) => version))('version %i becomes what a new state is', (version) => {
  const { database } = build(version);
  migrate(database, 'file');
  const fresh = new Database(':memory:');
  migrate(fresh, ':memory:');
  expect(schemaOf(database)).toEqual(schemaOf(fresh));
  expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  expect(database.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.pragma('foreign_key_check')).toEqual([]);
  database.close();
});

test.each(MIGRATIONS.map((_, version) => version))(
  'whatever ends a migration of version %i in its middle, everything stays as it was',
  (version) => {
    const { database } = build(version);
    const before = schemaOf(database);
    const data = () => (version === 0 ? [] : database.prepare('SELECT * FROM progress').all());
    const rows = data();
    const cutOff = [...MIGRATIONS, 'CREATE TABLE half (column); SELECT there_is_no_such_function();'];
    expect(() => migrate(database, 'file', cutOff)).toThrow('there_is_no_such_function');
    expect(schemaOf(database)).toEqual(before);
    expect(data()).toEqual(rows);
    expect(database.pragma('user_version', { simple: true })).toBe(version);
    database.close();
  },
);
