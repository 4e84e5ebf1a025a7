import { expect, test } from 'vitest';
import { createDatabase } from '../support/databases.ts';
import { startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

const MEGABYTE = 1_000_000;

test('a million rows are collected within 160 MB', async () => {
  const api = await startFaultyServer();
  const database = await createDatabase('pg');
  const workplace = new Workplace();
  try {
    await database.execute(`CREATE TABLE events AS SELECT timestamp '2014-01-01' + n * interval '1 second' AS happened_at,
      'channel ' || n % 7 AS channel, n AS number, (n % 1000)::numeric(12,2) / 8 AS amount,
      CASE WHEN n % 10 > 3 THEN 'a note with "quotes" and é ' || n END AS note FROM generate_series(1, 1000000) AS n`);
    workplace.write(
      'config.yaml',
      `write_api: { url: "${api.url}" }\ndatabases: { source: { client: pg, connection: "${database.url}" } }\n`,
    );
    workplace.write(
      'collectors/events.yaml',
      `database: source
data_set: { data_group: test, data_type: events, token: the-token }
window: { period: day, start: 2014-01-01, max_periods: 100000 }
query: SELECT happened_at, channel, number, amount, note FROM events WHERE happened_at >= :from AND happened_at < :to
record: { timestamp: happened_at, id: [_timestamp, number] }
`,
    );
    api.otherwise(() => ({ status: 200, body: { status: 'ok' } }));
    const ended = await workplace.run(['run', '--all', '--json'], { measureMemory: true });
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)[0]).toMatchObject({
      rows: 1_000_000,
      records: 1_000_000,
      requests: 1_000,
    });
    expect((ended.peakMemory ?? Number.POSITIVE_INFINITY) / MEGABYTE).toBeLessThan(160);
  } finally {
    workplace.remove();
    await database.drop();
    await api.close();
  }
}, 90_000);
