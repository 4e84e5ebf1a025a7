import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { Workplace } from '../support/program.ts';

let database: TestDatabase;
let workplace: Workplace;

beforeAll(async () => {
  database = await createDatabase('better-sqlite3');
  await database.execute('CREATE TABLE visits (day date, channel text, number bigint)');
  await database.execute(
    "INSERT INTO visits VALUES ('2014-06-01', 'web', 9223372036854775807), ('2014-06-02', NULL, 1), ('2014-06-03', 'post', 2)",
  );
  workplace = new Workplace();
  // Nobody listens at this address: a preview sends nothing.
  workplace.write(
    'config.yaml',
    `write_api: { url: "http://127.0.0.1:1" }\ndatabases: { source: { client: better-sqlite3, connection: { filename: ${database.url} } } }\n`,
  );
  workplace.write(
    'collectors/visits.yaml',
    `database: source
data_set: { data_group: test, data_type: visits, token: the-token }
window: { period: week }
query: SELECT day, channel, number FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY day
record: { timestamp: day, id: [_timestamp, channel] }
`,
  );
});

afterAll(async () => {
  workplace.remove();
  await database.drop();
});

const preview = (...flags: string[]) =>
  workplace.run(['preview', 'visits', '--from', '2014-05-26', '--to', '2014-06-09', ...flags]);

test('a preview shows rows beside records, says where _timestamp and _id come from, and puts problems in their place', async () => {
  const { code, stdout } = await preview();
  expect(code).toBe(0);
  expect(stdout).toContain('visits: 2014-05-26 → 2014-06-09, 3 rows shown, nothing sent');
  expect(stdout).toContain(
    '_timestamp: midnight UTC of the date in Europe/London on which the week begins that holds column day (date)',
  );
  expect(stdout).toContain(
    '_id: the first 32 hex digits of the SHA-256 of the JSON array of _timestamp, channel',
  );
  expect(stdout).toMatch(
    /day = 2014-06-01 +_id: "[0-9a-f]{32}"\n *channel = web +_timestamp: "2014-05-26T00:00:00Z"/,
  );
  expect(stdout).toMatch(
    /channel = NULL\n.*\n✗ the field channel is null, and the _id is made of it\n {2}→ Leave such rows out/,
  );
});

test('a preview as JSON keeps every digit', async () => {
  const { stdout } = await preview('--json', '--rows', '1');
  expect(stdout).toContain('"number": 9223372036854775807');
  expect(JSON.parse(stdout)).toMatchObject({
    timestamp: { column: 'day', period: 'week', timezone: 'Europe/London' },
    id: { fields: ['_timestamp', 'channel'], style: 'sha256' },
    rows: [{ row: ['2014-06-01', 'web', '9223372036854775807'], problem: null }],
  });
});

test('a preview marks the rows whose _id an earlier one has, and what is suspicious about the query', async () => {
  workplace.write(
    'collectors/twice.yaml',
    `database: source
data_set: { data_group: test, data_type: twice, token: the-token }
window: { period: week }
query: SELECT day, number FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY day
record: { timestamp: day, id: [_timestamp] }
`,
  );
  const span = ['--from', '2014-06-02', '--to', '2014-06-09'];
  const { code, stdout } = await workplace.run(['preview', 'twice', ...span]);
  expect(code).toBe(0);
  expect(stdout).toContain(
    '! the query: it has no GROUP BY, and everything but numbers is in record.id (_timestamp)',
  );
  expect(stdout).toContain(
    '✗ rows 1 and 2 of the query would have the same _id: _timestamp="2014-06-02T00:00:00Z"\n  → Group the rows in the query by the week of day, so that each _id comes once.',
  );
  const asJson = await workplace.run(['preview', 'twice', ...span, '--json']);
  expect(JSON.parse(asJson.stdout).rows).toMatchObject([
    { record: { number: 1 }, problem: null },
    { record: { number: 2 }, problem: { message: expect.stringContaining('rows 1 and 2') } },
  ]);
});
