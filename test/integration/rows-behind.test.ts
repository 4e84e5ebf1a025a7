import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/calendar/durations.ts';
import { MOST_ROWS } from '../../src/model/rows-behind.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { Source } from '../../src/model/source.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { ALL_PRODUCTS, type TestDatabase } from '../support/databases.ts';
import { startWriteApi } from '../support/write-api.ts';

/** Rows that appear behind the position of a cursor job are found by a later run. */

const START = Date.parse('2014-06-10T12:00:00Z');
const LAG = 30 * SECOND;

const job = (lag = '30s', over: object = {}) =>
  jobOf({
    cursor: { columns: ['at', 'id'], start: ['2014-01-01 00:00:00', 0], lag, ...over },
    query: `SELECT at, id, event FROM events
      WHERE (at > :at OR (at = :at AND id > :id)) AND at <= :until ORDER BY at, id`,
    record: { timestamp: 'at', id: ['id'] },
  });

const byTime = jobOf({
  cursor: { columns: ['at'], start: ['2014-01-01 00:00:00'], lag: '30s' },
  query: 'SELECT at, id FROM events WHERE at > :at AND at <= :until ORDER BY at',
  record: { timestamp: 'at', id: ['id'] },
});

/** A source whose database has another clock. */
const atClock = (source: Source, time: number): Source => ({
  advice: source.advice,
  open: (query, signal) => source.open(query, signal),
  describe: (query, signal) => source.describe(query, signal),
  overlooked: (query, withTexts, signal) => source.overlooked(query, withTexts, signal),
  plan: (query, signal) => source.plan(query, signal),
  inspect: (signal) => source.inspect(signal),
  close: () => source.close(),
  clock: () => Promise.resolve(time),
});

interface OpenTransaction {
  execute(sql: string): Promise<unknown>;
  /** Commits and disconnects. */
  commit(): Promise<unknown>;
}

async function beginTransaction(client: string, { url, execute }: TestDatabase): Promise<OpenTransaction> {
  const { query, end } = await connected(client, url, execute);
  await query('BEGIN');
  return { execute: query, commit: () => query('COMMIT').finally(end) };
}

async function connected(client: string, url: string, execute: TestDatabase['execute']) {
  if (client === 'better-sqlite3') return { query: execute, end: () => undefined };
  if (client === 'mysql2') {
    const connection = await createConnection(url);
    return { query: (sql: string) => connection.query(sql), end: () => connection.end() };
  }
  const connection = new pg.Client(url);
  await connection.connect();
  return { query: (sql: string) => connection.query(sql), end: () => connection.end() };
}

describe.each(ALL_PRODUCTS)('rows behind the position on %s', (product, client) => {
  const time = client === 'mysql2' ? 'datetime(6)' : client === 'pg' ? 'timestamp' : 'datetime';
  const place = collectingEach(product, startWriteApi, [
    `CREATE TABLE events (at ${time}, id bigint, event varchar(20))`,
  ]);
  let events: RunEvent[];
  beforeEach(() => {
    events = [];
  });

  const textOf = (seconds: number) =>
    new Date(START + seconds * SECOND).toISOString().slice(0, 19).replace('T', ' ');
  /** Rows of the seconds before or after the first run. */
  const happen = (...rows: readonly (readonly [id: number, seconds: number])[]) =>
    place.database.execute(
      `INSERT INTO events VALUES ${rows.map(([id, seconds]) => `('${textOf(seconds)}', ${id}, 'x')`).join(', ')}`,
    );
  const runAt = (after: number, of = job()) => {
    const { source } = place.collecting.routeOf(of);
    return place.collecting.run(of, new Date(START + after).toISOString(), {
      source: atClock(source, START + after),
      observer: (event) => void events.push(event),
    });
  };
  const told = () =>
    events.flatMap((event) =>
      event.kind === 'rows-behind'
        ? [[event.behind, event.late, event.positions.map((each) => Number(each[1]?.text))]]
        : [],
    );
  const known = () => place.collecting.state.rowsBehindOf('applications');

  test('are told once, an hour later, with how late they came at least', async () => {
    await happen([1, -100], [2, -90], [3, -80], [4, -70]);
    await runAt(0);
    await happen([10, -85], [11, -85], [12, -75], [20, 10]);
    await runAt(MINUTE);
    expect(told()).toEqual([]);
    await runAt(HOUR);
    expect(told()).toEqual([[3, 85 * SECOND, [10, 11, 12]]]);
    expect(await known()).toMatchObject({ looks: 1, rows: 3, behind: 3, late: 85 * SECOND, lag: LAG });
    await happen([30, HOUR / SECOND + 10]);
    await runAt(HOUR + 2 * MINUTE);
    await runAt(3 * HOUR);
    expect(told()).toHaveLength(1);
    expect(await known()).toMatchObject({ looks: 2, rows: 4, behind: 3 });
  });

  test('are those of a transaction that takes longer than the lag', async () => {
    await happen([1, -100], [2, -40]);
    const transaction = await beginTransaction(client, place.database);
    await transaction.execute(`INSERT INTO events VALUES ('${textOf(-60)}', 3, 'x')`);
    await runAt(0);
    await transaction.commit();
    await runAt(MINUTE);
    expect((await place.api.stored()).map(({ id }) => Number(id)).sort()).toEqual([1, 2]);
    await runAt(HOUR);
    expect(told()).toEqual([[1, 60 * SECOND, [3]]]);
  });

  test('are none that were updated, deleted, or came in time', async () => {
    await happen([1, -100], [2, -90], [3, -80], [4, -70], [5, -60]);
    await runAt(0);
    await place.database.execute(`UPDATE events SET at = '${textOf(60)}' WHERE id IN (2, 5)`);
    await place.database.execute("UPDATE events SET event = 'y' WHERE id = 3");
    await place.database.execute('DELETE FROM events WHERE id = 4');
    await happen([6, -45], [7, -20]);
    await runAt(MINUTE);
    await runAt(2 * HOUR);
    expect(told()).toEqual([]);
    expect(await known()).toMatchObject({ looks: 1, rows: 4, behind: 0 });
  });

  test('are told apart where cursor values are equal', async () => {
    await happen([1, -100], [2, -90], [3, -90], [4, -80], [5, -80]);
    await runAt(0, byTime);
    await place.database.execute('DELETE FROM events WHERE id = 2');
    await happen([6, -90]);
    await happen([7, -80]);
    await runAt(HOUR, byTime);
    expect(told()).toEqual([[1, 80 * SECOND, [Number.NaN]]]);
  });

  test('are found where the cursor is a text, whose order only the database knows', async () => {
    const byName = jobOf({
      cursor: { columns: ['event'], start: [''], lag: '30s' },
      query: 'SELECT at, event FROM events WHERE event > :event AND at <= :until ORDER BY event',
      record: { timestamp: 'at', id: ['event'] },
    });
    const add = (...names: string[]) =>
      place.database.execute(
        `INSERT INTO events VALUES ${names.map((name) => `('${textOf(-100)}', 1, '${name}')`).join(', ')}`,
      );
    await add('b', 'd', 'f');
    await runAt(0, byName);
    await add('c', 'e', 'g', 'h');
    await runAt(HOUR, byName);
    const names = events.flatMap((event) =>
      event.kind === 'rows-behind' ? event.positions.map(([name]) => name?.text) : [],
    );
    expect(names).toEqual(['c', 'e']);
    expect(await known()).toMatchObject({ looks: 1, rows: 2, behind: 2 });
  });

  test('are looked for among the newest rows only', async () => {
    const rows = Array.from({ length: MOST_ROWS + 500 }, (_, id) => [id, -2_000 + id] as const);
    await happen(...rows);
    await runAt(0, job('30s', { max_rows: 5_000 }));
    expect((await known())?.stretch?.rows).toHaveLength(MOST_ROWS);
    await happen([5_000, -1_900], [5_001, -1_000]);
    await runAt(HOUR);
    expect(told()).toEqual([[1, 1_000 * SECOND, [5_001]]]);
  });

  test('are not looked for without a lag, and counted anew with another', async () => {
    await happen([1, -100], [2, -90], [3, -80]);
    await runAt(0, job('0s'));
    expect(await known()).toBeUndefined();
    await happen([4, -70], [5, -60]);
    await runAt(MINUTE);
    await happen([6, -65], [7, 90]);
    await runAt(2 * MINUTE, job('10s'));
    await runAt(2 * HOUR, job('10s'));
    expect(told()).toEqual([]);
    expect(await known()).toMatchObject({ lag: 10 * SECOND, looks: 1, rows: 1, behind: 0 });
  });
});
