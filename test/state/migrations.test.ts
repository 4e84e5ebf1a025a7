import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { APPLICATION_ID, MIGRATIONS, migrate } from '../../src/state/migrations.ts';
import { letterOf, resultOf, stepOf } from './examples.ts';
import { leaseOf, newFile, opened } from './open-state.ts';

/** What an installation of each version may have stored. */
const DATA: Readonly<Record<number, string>> = {
  1: `INSERT INTO progress (job, collected_to) VALUES ('a', 20), ('b', -5);
      INSERT INTO runs (job, started_at, ended_at, outcome, window_from, window_to, rows, records, requests, bytes_sent)
        VALUES ('a', 1000, 2000, 'succeeded', 10, 20, 3, 3, 1, 99);
      INSERT INTO runs (job, started_at, ended_at, outcome, rows, failed_side, message, remedy)
        VALUES ('a', 500, 600, 'failed', 7, 'source', 'gone', 'Start it.');
      INSERT INTO runs (job, started_at) VALUES ('a', 3000);`,
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
  const state = opened(file);
  expect(await state.progressOf('a')).toEqual({ collectedTo: 20 });
  expect(await state.progressOf('b')).toEqual({ collectedTo: -5 });
  expect(await state.runs({ limit: 9 })).toEqual([
    resultOf({ deadLetters: 0 }),
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
