import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { runOnTerminal } from '../support/on-terminal.ts';
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

test('a preview is a table of records, says where _timestamp and _id come from, and has what is wrong below', async () => {
  const { code, stdout } = await preview();
  expect(code).toBe(0);
  const [id, otherId] = stdout.match(/[0-9a-f]{32}/g) ?? [];
  expect(stdout).toBe(`visits: Monday 26 May to Sunday 8 June 2014, as --from and --to say
3 rows shown, nothing sent
_timestamp: midnight UTC of the date in Europe/London on which the week begins that holds column day (date)
_id: the first 32 hex digits of the SHA-256 of the JSON array of _timestamp, channel

! the query: it has no GROUP BY, and everything but numbers is in record.id (_timestamp, channel): a run fails as soon as two rows agree in that
  → Group the rows in the query, unless the table has one row for each.

row  _timestamp            channel               number  _id
  1  2014-05-26T00:00:00Z  web      9223372036854775807  ${id}
✗ 2  –                     –                          –  –
  3  2014-06-02T00:00:00Z  post                       2  ${otherId}

✗ row 2 would be a dead letter: the field channel is null, and the _id is made of it
  → Leave such rows out or use coalesce in the query, or leave the field out of record.id.
  the row: day = 2014-06-02, channel = NULL, number = 1
`);
});

test('on a narrow terminal the _id and the last fields go first, which is told', async () => {
  const args = ['preview', 'visits', '--from', '2014-05-26', '--to', '2014-06-09'];
  const { screen } = await runOnTerminal(workplace.folder, args, {
    columns: 60,
    rows: 100,
    environment: { NO_COLOR: '1' },
  });
  expect(screen).toMatch(/^row {2}_timestamp +channel +number\r\n/m);
  expect(screen).toContain('(no room for _id: see --records)');
});

test('with --records they are printed as they would be sent, one a line', async () => {
  const { code, stdout, stderr } = await preview('--records');
  expect(code).toBe(0);
  const records = stdout.trimEnd().split('\n');
  expect(records).toHaveLength(2);
  expect(records[0]).toMatch(
    /^\{"_id":"[0-9a-f]{32}","_timestamp":"2014-05-26T00:00:00Z",.*"number":9223372036854775807\}$/,
  );
  expect(stderr).toMatch(/^row 2: the field channel is null/);
  expect(await preview('--records', '--json')).toMatchObject({ code: 2, stdout: '' });
});

test('without a span it says which window it is and why', async () => {
  const { stdout } = await workplace.run(['preview', 'visits']);
  expect(stdout).toMatch(
    /^visits: \w+day \d.* to Sunday \d.* \d{4}, the last \d* ?weeks? that (is|are) over\n0 rows shown/,
  );
});

test('of several windows it shows the last, says so, and how the one before is seen', async () => {
  const { folder } = workplace;
  const job = readFileSync(join(folder, 'collectors/visits.yaml'), 'utf8');
  workplace.write('collectors/weekly.yaml', job.replace('period: week', 'period: week, max_periods: 1'));
  const span = ['--from', '2014-05-26', '--to', '2014-06-09'];
  const told = `weekly: Monday 2 to Sunday 8 June 2014, the last of the 2 windows of --from and --to; \`--from 2014-05-26 --to 2014-06-02\` shows the one before\n`;
  const shown = await workplace.run(['preview', 'weekly', ...span]);
  expect(shown.stdout).toMatch(new RegExp(`^${told}2 rows shown`));
  for (const flag of ['--json', '--records'])
    expect((await workplace.run(['preview', 'weekly', ...span, flag])).stderr).toContain(told);
  const before = await workplace.run(['preview', 'weekly', '--from', '2014-05-26', '--to', '2014-06-02']);
  expect(before.stdout).toMatch(
    /^weekly: Monday 26 May to Sunday 1 June 2014, as --from and --to say\n1 row /,
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
  expect(stdout).toMatch(/^ {2}1 {2}2014.*\n✗ 2 {2}2014-06-02T00:00:00Z +2 {2}/m);
  const asJson = await workplace.run(['preview', 'twice', ...span, '--json']);
  expect(JSON.parse(asJson.stdout).rows).toMatchObject([
    { record: { number: 1 }, problem: null },
    { record: { number: 2 }, problem: { message: expect.stringContaining('rows 1 and 2') } },
  ]);
});
