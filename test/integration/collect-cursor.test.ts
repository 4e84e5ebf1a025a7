import { describe, expect, test } from 'vitest';
import type { RunningRun } from '../../src/model/run.ts';
import type { RunObserver } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { ALL_PRODUCTS, type TestDatabase } from '../support/databases.ts';
import { STORED, startFaultyServer } from '../support/faulty-server.ts';
import { startWriteApi } from '../support/write-api.ts';

const QUERY = `SELECT updated_at, id, event FROM events
  WHERE updated_at > :updated_at OR (updated_at = :updated_at AND id > :id) ORDER BY updated_at, id`;

const cursor = (over: object = {}) => ({
  columns: ['updated_at', 'id'],
  start: ['2014-01-01T00:00:00Z', 0],
  ...over,
});

const job = (over: Record<string, unknown> = {}) =>
  jobOf({ cursor: cursor(), query: QUERY, record: { timestamp: 'updated_at', id: ['id'] }, ...over });

const NOW = '2014-06-10T05:30:00Z';

describe.each(ALL_PRODUCTS)('a cursor job on %s', (product, client) => {
  const time = client === 'mysql2' ? 'datetime(6)' : client === 'pg' ? 'timestamp' : 'datetime';
  const place = collectingEach(product, startWriteApi, [
    `CREATE TABLE events (updated_at ${time}, id bigint, event varchar(20))`,
  ]);

  const happen = (id: number, at: string) =>
    place.database.execute(`INSERT INTO events VALUES ('2014-06-${at}', ${id}, 'event ${id}')`);
  const ids = async () => (await place.api.stored()).map(({ id }) => Number(id)).sort((a, b) => a - b);
  const position = async () =>
    (await place.collecting.state.progressOf('applications'))?.cursor?.map(({ text }) => text);

  test('brings each row once, and stands at the last one with all its digits', async () => {
    await happen(1, '01 12:00:00');
    await happen(2, '01 12:00:00.000001');
    expect(await place.collecting.run(job(), NOW)).toMatchObject({
      outcome: 'succeeded',
      rows: 2,
      records: 2,
    });
    expect(await position()).toEqual(['2014-06-01 12:00:00.000001', '2']);
    await happen(3, '01 12:00:00.000001');
    expect(await place.collecting.run(job(), NOW)).toMatchObject({ rows: 1 });
    expect(await ids()).toEqual([1, 2, 3]);
  });

  test('is left as it is by an empty result', async () => {
    expect(await place.collecting.run(job(), NOW)).toMatchObject({ outcome: 'empty' });
    expect(await position()).toBeUndefined();
    await happen(1, '01 12:00:00');
    await place.collecting.run(job(), NOW);
    expect(await place.collecting.run(job(), NOW)).toMatchObject({ outcome: 'empty' });
    expect(await position()).toEqual([expect.stringContaining('2014-06-01 12:00:00'), '1']);
  });

  test('never stands in the midst of rows with equal values', async () => {
    for (let id = 1; id <= 12; id++) await happen(id, `0${1 + Math.floor(id / 5)} 12:00:00`);
    const byTime = job({
      cursor: { columns: ['updated_at'], start: ['2014-01-01T00:00:00Z'], max_rows: 2 },
      query: 'SELECT updated_at, id FROM events WHERE updated_at > :updated_at ORDER BY updated_at',
    });
    const limits = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 2 };
    const result = await place.collecting.run(byTime, NOW, { limits });
    expect(result).toMatchObject({ outcome: 'succeeded', rows: 12 });
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('takes more than one query for more than max_rows', async () => {
    for (let id = 1; id <= 7; id++) await happen(id, '01 12:00:00');
    const result = await place.collecting.run(job({ cursor: cursor({ max_rows: 3 }) }), NOW);
    expect(result).toMatchObject({ outcome: 'succeeded', rows: 7, requests: 3 });
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('tells while it goes on how many rows there are, by the guess of a database that has one', async () => {
    for (let id = 1; id <= 7; id++) await happen(id, '01 12:00:00');
    const { state } = place.collecting;
    const asked: Promise<ReadonlyMap<string, RunningRun>>[] = [];
    const observer: RunObserver = ({ kind }) => {
      if (kind === 'cursor-acknowledged') asked.push(state.running());
    };
    await place.collecting.run(job({ cursor: cursor({ max_rows: 3 }) }), NOW, { observer });
    const told = (await Promise.all(asked)).map((running) => running.get('applications'));
    expect(told.map((run) => run?.rows)).toEqual([3, 6, 7]);
    expect(told[0]?.work).toBeUndefined();
    if (client === 'better-sqlite3') expect(told[1]?.work).toBeUndefined();
    else expect(told[1]?.work).toMatchObject({ unit: 'row', done: 6, since: Date.parse(NOW) });
  });

  test('fails when rows are out of order, and stays where it was', async () => {
    await happen(1, '02 12:00:00');
    await happen(2, '03 12:00:00');
    await happen(3, '01 12:00:00');
    const unordered = job({ query: QUERY.replace('ORDER BY updated_at, id', 'ORDER BY id') });
    const limits = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
    const { failure } = await place.collecting.run(unordered, NOW, { limits });
    expect(failure?.message).toMatch(/^the rows are not in the order of the cursor: \(2014-06-01 12:00:00/);
    expect(failure?.remedy).toContain('ORDER BY updated_at, id');
    expect(await position()).toBeUndefined();
  });

  test('fails when the query does not begin behind the position', async () => {
    await happen(1, '01 12:00:00');
    await happen(2, '02 12:00:00');
    const unbounded = job({ query: 'SELECT updated_at, id FROM events ORDER BY updated_at, id' });
    await place.collecting.run(unbounded, NOW);
    const { failure } = await place.collecting.run(unbounded, NOW);
    expect(failure?.message).toMatch(/^the query returns rows that are collected already/);
    expect(failure?.remedy).toContain('(updated_at, id) > (:updated_at, :id)');
  });

  test('fails when a cursor column is null', async () => {
    await place.database.execute("INSERT INTO events VALUES ('2014-06-01 12:00:00', NULL, 'x')");
    const { failure } = await place.collecting.run(
      job({ query: 'SELECT updated_at, id FROM events WHERE updated_at > :updated_at ORDER BY updated_at' }),
      NOW,
    );
    expect(failure).toMatchObject({ side: 'config', message: expect.stringContaining('id') });
    expect(await position()).toBeUndefined();
  });

  test('keeps together what differs in texts only, because the database may take them for equal', async () => {
    for (const event of ['a', 'A', 'b', 'B', 'c'])
      await place.database.execute(
        `INSERT INTO events VALUES ('2014-06-01 12:00:00', ${event.charCodeAt(0)}, '${event}')`,
      );
    const byText = job({
      cursor: { columns: ['updated_at', 'event'], start: ['2014-01-01', ''], max_rows: 1 },
      query: `SELECT updated_at, id, event FROM events WHERE updated_at > :updated_at OR (updated_at = :updated_at AND event > :event)
        ORDER BY updated_at, event`,
    });
    expect(await place.collecting.run(byText, NOW)).toMatchObject({
      outcome: 'succeeded',
      rows: 5,
      requests: 1,
    });
  });

  test('is refused over local times of a zone whose clocks change, unless its lag covers the repeated hour', async () => {
    await happen(1, '01 12:00:00');
    const localTime = { zone: 'Europe/London' };
    const { failure } = await place.collecting.run(job(), NOW, { localTime });
    expect(failure?.message).toBe(
      'cursor column updated_at holds local times of Europe/London, where an hour comes twice in autumn: rows written then would be skipped',
    );
    const lagging = job({ cursor: cursor({ lag: '2h' }) });
    expect(await place.collecting.run(lagging, NOW, { localTime })).toMatchObject({ outcome: 'succeeded' });
  });

  test('leaves rows alone that are younger than the lag', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    await happen(1, '01 12:00:00');
    await place.database.execute(`INSERT INTO events VALUES ('${later}', 2, 'to come')`);
    const lagging = job({
      cursor: cursor({ lag: '5m' }),
      query: QUERY.replace('WHERE ', 'WHERE updated_at < :until AND (').replace('ORDER', ') ORDER'),
    });
    await place.collecting.run(lagging, NOW);
    expect(await ids()).toEqual([1]);
  });
});

describe('a cursor job', () => {
  const place = collectingEach('pg', startFaultyServer, [
    'CREATE TABLE events (updated_at timestamptz, id bigserial, event text); CREATE INDEX ON events (updated_at, id)',
  ]);

  const delivered = () =>
    place.api.requests.flatMap(({ text }) => (JSON.parse(text) as { id: number }[]).map(({ id }) => id));

  test('goes on behind what was acknowledged when the write API failed in the middle', async () => {
    await place.database.execute(
      "INSERT INTO events SELECT timestamptz '2014-06-01' + n * interval '1 second', n FROM generate_series(1, 100) n",
    );
    place.api.script(STORED, STORED, STORED, { status: 401 });
    const limits = { max_batch_records: 10, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
    const failed = await place.collecting.run(job(), NOW, { limits });
    expect(failed).toMatchObject({ outcome: 'failed', failure: { side: 'refused' }, records: 30 });
    const before = delivered().length;
    // The last of the 30 rows may belong to a group that goes on.
    expect(await place.collecting.run(job(), NOW, { limits })).toMatchObject({
      outcome: 'succeeded',
      rows: 70,
    });
    expect(new Set([...delivered().slice(0, 30), ...delivered().slice(before)]).size).toBe(100);
  });

  test('misses nothing that transactions commit late, within the lag', async () => {
    const lagging = job({
      cursor: cursor({ lag: '400ms', max_rows: 7 }),
      query: `SELECT updated_at, id, event FROM events
        WHERE (updated_at, id) > (:updated_at, :id) AND updated_at < :until ORDER BY updated_at, id`,
    });
    const writers = Array.from({ length: 4 }, (_, writer) =>
      writeSlowly(place.database, `writer ${writer}`, 12),
    );
    let isOver = false;
    const all = Promise.all(writers).then(() => {
      isOver = true;
    });
    let runs = 0;
    while (!isOver) {
      expect(await place.collecting.run(lagging, NOW)).toMatchObject({ failure: undefined });
      runs += 1;
    }
    await all;
    await new Promise((resolve) => setTimeout(resolve, 450));
    await place.collecting.run(lagging, NOW);
    const [[count = ''] = []] = await place.database.execute('SELECT count(*) FROM events');
    expect(Number(count)).toBe(4 * 12 * 3);
    expect(runs).toBeGreaterThan(3);
    expect(delivered().length).toBe(Number(count));
    expect(new Set(delivered()).size).toBe(Number(count));
  });

  test('warns when it stands later than the clock of the database', async () => {
    await place.database.execute("INSERT INTO events VALUES (now() + interval '2 days', 1, 'to come')");
    await place.collecting.run(job(), NOW);
    const warnings: string[] = [];
    await place.collecting.run(job(), NOW, {
      observer: (event) => {
        if (event.kind === 'position-in-future') warnings.push(event.position);
      },
    });
    expect(warnings).toHaveLength(1);
  });
});

/** Transactions of three rows that carry the time at which they are written, and are committed up to 300 ms later. */
async function writeSlowly(database: TestDatabase, name: string, transactions: number): Promise<void> {
  const insert = `INSERT INTO events SELECT clock_timestamp(), nextval('events_id_seq'), '${name}' FROM generate_series(1, 3)`;
  for (let index = 0; index < transactions; index++) {
    await database.execute(`BEGIN; ${insert}; SELECT pg_sleep(random() * 0.3); COMMIT`);
  }
}
