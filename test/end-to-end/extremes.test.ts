import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

let api: FaultyServer;
let workplace: Workplace;
let database: TestDatabase;

beforeEach(async () => {
  api = await startFaultyServer();
  workplace = new Workplace();
  database = await createDatabase('better-sqlite3');
  workplace.write(
    'config.yaml',
    `write_api:
  url: "${api.url}"
  timeout: 24d
  max_batch_records: 1000000000
  requests_in_flight: 1000000000
  retry: { for: 36500d, first_delay: 24d, max_delay: 24d }
databases:
  source:
    client: better-sqlite3
    connection: { filename: "${database.url}" }
    max_connections: 1000000000
    connect_timeout: 24d
    query_timeout: 24d
schedule: { max_concurrent_runs: 1000000000 }
`,
  );
});

afterEach(async () => {
  await database.drop();
  await api.close();
  workplace.remove();
});

const job = (mode: string, query: string, more = '') => `database: source
schedule: "30 6 29 2 *"
jitter: 24d
timeout: 24d
data_set: { data_group: test, data_type: visits, token: the-token }
${mode}
query: "${query}"
record: { ${mode.startsWith('snapshot') ? '' : 'timestamp: day, '}id: [_timestamp] }
expect: { min_rows: 0 }
max_dead_letters: 1000000000
${more}`;

const OVER = 'SELECT date(:from) AS day, 1 AS number WHERE :from < :to';

test('no command calls an extreme setting or argument a defect', { timeout: 300_000 }, async () => {
  for (const period of ['hour', 'day', 'week', 'month', 'quarter', 'year']) {
    const settings = `period: ${period}, max_periods: 1000000000, delay: 36500d, start: 1900-01-01`;
    const query = period === 'hour' ? OVER.replace('date(', 'datetime(') : OVER;
    workplace.write(`collectors/all-${period}.yaml`, job(`window: { ${settings} }`, query));
    workplace.write(
      `collectors/month-${period}.yaml`,
      job(
        `window: { period: ${period}, max_periods: 100000000, include_current: true }`,
        query,
        'timezone: Pacific/Kiritimati',
      ),
    );
  }
  workplace.write('collectors/late.yaml', job('window: { period: day, start: 9998-12-31 }', OVER));
  workplace.write(
    'collectors/now.yaml',
    job('snapshot: { period: year, keep_pending: 36500d }', 'SELECT 1 AS number'),
  );
  const cursor = "cursor: { columns: [day], start: ['0001-01-01'], lag: 36500d, max_rows: 1000000000 }";
  workplace.write(
    'collectors/new.yaml',
    job(
      cursor,
      "SELECT '2015-01-01' AS day, 1 AS number WHERE :day < '2015-01-01' AND :until > '1900-01-01' ORDER BY day",
    ),
  );
  const commands = [
    ['check', '--offline'],
    ['jobs', '--next', '1000'],
    ['run', '--all'],
    ['run', 'month-month', '--from', '2014-01-01', '--to', '2700-01-01'],
    ['run', 'all-year', '--from', '1900-01-01', '--to', '9998-12-31'],
    ['run', 'all-day', '--from', '0001-01-01', '--to', '9999-12-31'],
    ['preview', 'month-day', '--rows', '1000000'],
    ['preview', 'month-day', '--rows', '1e300'],
    ['history', '--limit', '1000000'],
    ['history', '--limit', '99999999999999999999'],
    ['state', 'set', 'all-day', '--collected-to', '9998-12-31', '--yes'],
    ['state', 'set', 'all-day', '--collected-to', '9999-12-31T23:59:59-12:00', '--yes'],
    ['state', 'show'],
    ['run', 'all-day'],
    ['start', '--grace', '99999999999'],
  ];
  for (const args of commands) {
    const { code, stdout, stderr } = await workplace.run(args);
    expect(`${stdout}${stderr}`, args.join(' ')).not.toMatch(/defect|RangeError|Invalid time|NaN/);
    expect([0, 2, 3, 4, 5, 6, 7], args.join(' ')).toContain(code);
  }
});
