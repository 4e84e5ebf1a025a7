import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { startWriteApi } from '../support/write-api.ts';

/** How each database makes a date of a time, and the line that makes the job's of it. */
const SQL: Readonly<Record<Client, { type: string; day: string; line: string }>> = {
  pg: {
    type: 'timestamp',
    day: 'submitted_at::date',
    line: "Write (submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date in the query ((submitted_at AT TIME ZONE :timezone)::date for a column with time zone); or set window.max_periods: 1, select :from_date AS day and group by the other columns only.",
  },
  mysql2: {
    type: 'datetime',
    day: 'date(submitted_at)',
    line: "Write date(convert_tz(submitted_at, 'UTC', :timezone)) in the query, which needs the server's zone tables; or set window.max_periods: 1, select :from_date AS day and group by the other columns only.",
  },
  'better-sqlite3': {
    type: 'datetime',
    day: 'date(submitted_at)',
    line: 'SQLite knows no time zones: set window.max_periods: 1, select :from_date AS day and group by the other columns only.',
  },
};

const NOW = '2026-06-03T06:30:00Z';

describe.each<Client>(['pg', 'mysql2', 'better-sqlite3'])('%s', (client) => {
  const { type, day, line } = SQL[client];
  let database: TestDatabase;
  let source: Source;

  beforeAll(async () => {
    database = await createDatabase(client);
    await database.execute(`create table applications (submitted_at ${type}, channel varchar(20))`);
    const hours = Array.from({ length: 96 }, (_, hour) => {
      const at = new Date(Date.UTC(2026, 4, 31) + hour * 3_600_000).toISOString().slice(0, 19);
      return `('${at.replace('T', ' ')}', 'web')`;
    });
    await database.execute(`insert into applications values ${hours.join(', ')}`);
    source = createSource('benefits', database.settings);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });

  const run = async (zone: string, expression: string, window: object = {}, groups = '1, 2') => {
    const api = await startWriteApi();
    const collecting = new Collecting(createSource('benefits', database.settings), api.url);
    const query = `SELECT ${expression} AS day, channel, count(*) AS count FROM applications
      WHERE submitted_at >= :from AND submitted_at < :to GROUP BY ${groups}`;
    const job = jobOf({
      timezone: zone,
      query,
      window: { period: 'day', lookback: 2, ...window },
      record: { timestamp: 'day', id: ['_timestamp', 'channel'] },
    });
    const result = await collecting.run(job, NOW);
    const letters = await collecting.state.deadLetters({});
    const records = (await api.stored()) as { _timestamp: string; count: number }[];
    await collecting.close();
    await api.close();
    return { result, letters, records };
  };

  test('a query that groups by the day of UTC is recognised in the summer of London', async () => {
    const { result, letters } = await run('Europe/London', day);
    expect(result.outcome).toBe('partial');
    expect(letters).toMatchObject([
      {
        reason:
          'column day gives the _timestamp 2026-05-31T00:00:00Z, outside the window from 2026-06-01T00:00:00Z to 2026-06-03T00:00:00Z: the query groups by the day of UTC, and the job by that of Europe/London',
        remedy: `${line} If the column holds times of Europe/London, set databases.source.timezone: Europe/London instead; if the table keeps the date itself, compare that with :from_date and :to_date.`,
      },
    ]);
  });

  test.each([
    ['Asia/Kolkata', '2026-05-31'],
    ['America/New_York', '2026-06-03'],
  ])('and in %s, where it is the day %s', async (zone, neighbour) => {
    const { letters } = await run(zone, day);
    expect(letters.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(
        `gives the _timestamp ${neighbour}T00:00:00Z, outside .*: the query groups by the day of UTC, and the job by that of ${zone}`,
      ),
    ]);
  });

  test('one period in each query is right in every database and zone', async () => {
    for (const zone of ['Europe/London', 'America/New_York', 'Asia/Kolkata']) {
      const { result, records } = await run(zone, ':from_date', { max_periods: 1 }, 'channel');
      expect(result.outcome).toBe('succeeded');
      expect(records).toMatchObject([
        { _timestamp: '2026-06-01T00:00:00+00:00', count: 24 },
        { _timestamp: '2026-06-02T00:00:00+00:00', count: 24 },
      ]);
    }
  });

  test('a row of another time than the neighbouring day is not taken for that', async () => {
    const { result } = await run('Europe/London', "'2026-05-01'");
    expect(result.failure?.message).toMatch(/outside the window from \S+ to \S+Z$/);
    expect(result.failure?.remedy).not.toMatch(/allow_outside|date_trunc|max_periods: 1/);
  });

  if (client === 'pg')
    test.each([
      ['Europe/London', 'day'],
      ['America/New_York', 'day'],
      ['Europe/London', 'week'],
      ['Asia/Kolkata', 'month'],
    ])('the line for %s and a %s gives whole counts', async (zone, period) => {
      const remedy = source.advice.localPeriodRemedy(period as 'day', 'submitted_at');
      const expression = /^Write (.*) in the query \(/.exec(remedy)?.[1] ?? '';
      const { result, records } = await run(zone, expression, { period, include_current: true, lookback: 1 });
      expect(result.outcome).toBe('succeeded');
      const total = records.reduce((sum, { count }) => sum + count, 0);
      expect(total).toBe(await countBetween(result.window));
      expect(total).toBeGreaterThan(20);
    });

  async function countBetween(window: { from: number; to: number } | undefined): Promise<number> {
    const [from, to] = [window?.from ?? 0, window?.to ?? 0].map((at) => new Date(at).toISOString());
    const [[count] = []] = await database.execute(
      `select count(*) from applications where submitted_at >= '${from}' and submitted_at < '${to}'`,
    );
    return Number(count);
  }
});

test('a row that stands for itself may be let in, unless its time is collected already', async () => {
  const api = await startWriteApi();
  const database = await createDatabase('better-sqlite3');
  await database.execute('create table decisions (id integer, submitted_at datetime, decided_on date)');
  await database.execute("insert into decisions values (1, '2026-06-02 12:00:00', '2026-06-09')");
  await database.execute("insert into decisions values (2, '2026-06-02 12:00:00', '2026-06-02')");
  const collecting = new Collecting(createSource('benefits', database.settings), api.url);
  const job = jobOf({
    query:
      'SELECT id AS number, decided_on FROM decisions WHERE submitted_at >= :from AND submitted_at < :to',
    record: { timestamp: 'decided_on', id: ['number'] },
  });
  await collecting.run(job, NOW);
  expect((await collecting.state.deadLetters({}))[0]?.remedy).toMatch(
    /, or set window.allow_outside: true\.$/,
  );
  // The day before, in summer: but no row is a part of a count.
  await database.execute("update decisions set decided_on = '2026-05-30' where id = 1");
  await collecting.run(job, NOW);
  expect((await collecting.state.deadLetters({}))[0]?.reason).not.toContain('the query groups by');
  await database.execute("update decisions set decided_on = '2026-05-02' where id = 1");
  await collecting.run(job, NOW);
  expect((await collecting.state.deadLetters({}))[0]?.remedy).not.toContain('allow_outside');
  await collecting.close();
  await database.drop();
  await api.close();
});
