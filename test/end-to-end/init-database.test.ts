import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { freePort } from '../support/private-server.ts';
import { Workplace } from '../support/program.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

let workplace: Workplace;
let api: RunningWriteApi;
beforeEach(async () => {
  workplace = new Workplace();
  api = await startWriteApi();
});
afterEach(async () => {
  workplace.remove();
  await api.close();
});

const textOf = (...path: string[]) => readFileSync(join(workplace.folder, ...path), 'utf8');

const init = (database: TestDatabase, ...args: string[]) => {
  const target = ['--data-group', 'test', '--token', 'the-token', '--write-api', api.url];
  return workplace.run(['init', '--database', database.url, ...target, ...args]);
};

/** Runs a command with what `.env` says. */
const run = (...args: string[]) =>
  workplace.run(args, { environment: parseEnv(textOf('.env')) as Record<string, string> });

/** Makes the job, has it checked, tested and run, and gives the counts that arrived, with what they are counts of. */
async function delivered(
  database: TestDatabase,
  args: readonly string[],
  span: readonly string[] = [],
): Promise<string[]> {
  const job = 'applications';
  const made = await init(database, ...args);
  expect(made, made.stdout + made.stderr).toMatchObject({ code: 0, stderr: '' });
  for (const file of ['config.yaml', `collectors/${job}.yaml`])
    expect(textOf(file).trimEnd().split('\n').length).toBeLessThan(30);
  for (const command of [['check'], ['test'], ['run', job, ...span]]) {
    const ended = await run(...command);
    expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
  }
  const records = await api.stored();
  return records
    .map(({ _id, _timestamp, count, ...dimensions }) => [
      String(_timestamp).slice(0, 10),
      ...Object.values(dimensions).map(String),
      String(count),
    ])
    .map((values) => values.join(' '))
    .sort();
}

const lines = (rows: readonly (readonly (string | null)[])[]) =>
  rows.map((row) => row.map(String).join(' ')).sort();

describe('of PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase('postgresql');
    await database.execute("CREATE TYPE outcome AS ENUM ('granted', 'refused')");
    await database.execute(`CREATE TABLE applications (
      id bigserial PRIMARY KEY, reference uuid DEFAULT gen_random_uuid(), email text, channel text NOT NULL, outcome outcome,
      "is Online" boolean, amount money, details jsonb, notes text, submitted_at timestamp NOT NULL, updated_at timestamptz)`);
    await database.execute(`INSERT INTO applications (email, channel, outcome, "is Online", amount, details, submitted_at, updated_at)
      SELECT 'p' || n || '@example.org', (ARRAY['digital', 'post', 'phone'])[1 + n % 3],
        CASE WHEN n % 7 > 0 THEN (ARRAY['granted', 'refused'])[1 + n % 2]::outcome END, n % 5 = 0, n, '{}',
        timestamp '2014-01-01' + n * interval '3 minutes', now()
      FROM generate_series(1, 200000) n`);
    await database.execute('CREATE INDEX ON applications (submitted_at)');
    await database.execute('CREATE SCHEMA other');
    await database.execute(`CREATE TABLE other."Order" ("user" text, "group" varchar(9), at timestamptz)`);
    await database.execute(`INSERT INTO other."Order" SELECT 'u' || n % 2, 'g' || n % 3,
      timestamptz '2015-06-01 00:00Z' + n * interval '1 hour' FROM generate_series(1, 300) n`);
    await database.execute('CREATE VIEW recent AS SELECT * FROM applications WHERE id > 190000');
    await database.execute('CREATE TABLE empty_ones (made_on date, kind text)');
    await database.execute('CREATE TABLE without_dates (kind text)');
    await database.execute(
      "INSERT INTO without_dates VALUES ('open'), ('open'), ('closed'), ('closed'), ('closed')",
    );
    await database.execute('CREATE TABLE two_dates (submitted_at timestamp, decided_at date)');
  });
  afterAll(() => database.drop());

  const DAY = "(submitted_at AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/London')::date";

  test('the job of a table of 200,000 rows delivers what SQL counts, by London’s days', async () => {
    const counts = await delivered(database, ['--table', 'applications']);
    const counted = await database.execute(`SELECT ${DAY}, channel, coalesce(outcome::text, 'none'),
        coalesce("is Online"::text, 'none'), count(*) FROM applications GROUP BY 1, 2, 3, 4`);
    expect(counts).toEqual(lines(counted));
    expect(textOf('collectors/applications.yaml')).toContain('start: 2014-01-01');
    expect(textOf('config.yaml')).toContain('connection: ${DATABASE_URL}');
    expect(statSync(join(workplace.folder, '.env')).mode & 0o777).toBe(0o600);
  });

  test('has a dashboard that serve shows, with a token that nobody had to tell', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const flags = ['--database', database.url, '--table', 'applications', '--data-group', 'licensing'];
    const made = await workplace.run(['init', ...flags, '--with-dashboard', '--write-api', url]);
    expect(made, made.stdout + made.stderr).toMatchObject({ code: 0, stderr: '' });
    const [, address = ''] = /the dashboard is at (http\S+)\n/.exec(made.stdout) ?? [];
    expect(address).toBe(`${url}/dashboards/licensing`);
    expect(textOf('dashboards/licensing.yaml').trimEnd().split('\n').length).toBeLessThan(30);
    const serving = workplace.start(['serve']);
    onTestFinished(() => void serving.child.kill('SIGKILL'));
    // Its first line says that it listens.
    await once(serving.child.stderr, 'data');
    for (const command of [
      ['check'],
      ['run', 'applications', '--from', '2014-01-06', '--to', '2014-01-13'],
    ]) {
      const ended = await workplace.run(command);
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
    }
    const page = await fetch(address);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('Applications by channel'),
    ]);
    const week = await fetch(`${address}/applications-per-week.csv?from=2014-01-06&to=2014-01-12`);
    const [counted] = await database.execute(
      `SELECT count(*) FROM applications WHERE ${DAY} >= '2014-01-06' AND ${DAY} < '2014-01-13'`,
    );
    expect(await week.text()).toContain(`,${counted?.[0]}`);
  });

  test('says what it decided and why, and repeats nothing of who the rows are about', async () => {
    const { stdout } = await init(database, '--table', 'applications');
    expect(stdout).toMatch(
      /^day +from submitted_at, a timestamp without time zone, taken as UTC, in days of Europe\/London/m,
    );
    expect(stdout).toMatch(
      /^grouped +by channel \(3 values\), outcome \(2 values\) and is Online \(2 values\)/m,
    );
    expect(stdout).toMatch(/^not taken +email: its name/m);
    expect(stdout).toMatch(/^start +2014-01-01, the first day with rows$/m);
    expect(stdout + textOf('collectors/applications.yaml')).not.toContain('@example.org');
  });

  test.each([
    ['other.Order', 'other-order'],
    ['order', 'other-order'],
  ])('finds %s in another schema, whose columns are words of SQL', async (table, job) => {
    const made = await init(database, '--table', table);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect((await run('check', '--offline', job)).code).toBe(0);
    expect(textOf(`collectors/${job}.yaml`)).toContain('FROM other."Order"');
    const previewed = await run('preview', job, '--from', '2015-06-02', '--to', '2015-06-03', '--rows', '1');
    expect(previewed, previewed.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ u0 +g0 +4 /),
    });
  });

  test.each(['recent', 'empty_ones'])('of %s makes a job that the database takes', async (table) => {
    expect(await init(database, '--table', table)).toMatchObject({ code: 0, stderr: '' });
    const previewed = await run('preview', table.replace('_', '-'));
    expect(previewed, previewed.stderr).toMatchObject({ code: 0 });
  });

  test('of a table without dates makes a job that counts its rows as they are when it runs, and says so', async () => {
    const made = await init(database, '--table', 'without_dates');
    expect(made, made.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /^day +that of the run: the table has no column of dates or times, so the job counts the rows that it has then: a snapshot\ngrouped +by kind \(2 values\)/m,
    );
    expect(textOf('collectors/without-dates.yaml')).toContain('snapshot: { period: day }');
    expect((await run('check', '--offline', 'without-dates')).code).toBe(0);
    expect(await run('test', 'without-dates')).toMatchObject({ code: 0 });
    const previewed = await run('preview', 'without-dates');
    expect(previewed, previewed.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ closed +3 .* open +2 /s),
    });
  });

  test.each<[string, string[], string, string]>([
    [
      'no table',
      [],
      '--table is needed, because there are 6 tables: applications, ',
      'Name one with --table.',
    ],
    [
      'a mistyped table',
      ['--table', 'aplications'],
      'no table or view called aplications',
      'Did you mean applications?',
    ],
    [
      'a date that is not there',
      ['--table', 'without_dates', '--date-column', 'seen'],
      'no column of dates or times called seen',
      'It has none.',
    ],
    ['two dates', ['--table', 'two_dates'], 'submitted_at, decided_at', 'Name one with --date-column.'],
    ['a mistyped date', ['--table', 'two_dates', '--date-column', 'decided'], 'called decided', 'decided_at'],
    ['a wrong zone', ['--timezone', 'Europe/Londn'], '--timezone: expected', 'Europe/London'],
    ['a wrong group', ['--data-group', 'My group'], '--data-group: expected', '→'],
    ['a short token', ['--token', 'x'], '--token: expected', '→'],
    ['no file of a query', ['--query', 'none.sql'], 'cannot read none.sql: no such file', '--query'],
    [
      'both',
      ['--query', 'none.sql', '--table', 'recent'],
      '--table and --query exclude each other',
      'one of them',
    ],
  ])('%s is wrong usage, told with what to do, and nothing is written', async (_, args, message, remedy) => {
    const { code, stdout, stderr } = await init(database, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
    expect(() => textOf('config.yaml')).toThrow();
  });

  test('a database that is not there is told by the option, without the password', async () => {
    const url = database.url.replace(/\/\/[^@]*@/, '//me:hunter2@').replace(/\/test_\w+/, '/none');
    const { code, stderr } = await init({ ...database, url }, '--table', 'recent');
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('--database') });
    expect(stderr).not.toContain('hunter2');
  });

  test('another URL in the environment is told, because it goes before that of .env', async () => {
    const environment = { DATABASE_URL: 'postgres://other@host/db' };
    const made = await workplace.run(['init', '--database', database.url, '--table', 'recent'], {
      environment,
    });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('DATABASE_URL is set to another URL here');
    expect(made.stdout).toContain('Write the token of the data set test-');
    expect(textOf('.env')).toMatch(/^RECENT_TOKEN=$/m);
  });

  test('a signal ends it while the database is busy, and nothing is written', async () => {
    const busy = database
      .execute('BEGIN; LOCK TABLE applications IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)')
      .catch(() => undefined);
    const until = async (condition: string) => {
      const sql = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND ${condition}`;
      while (Number((await database.execute(sql))[0]?.[0]) === 0);
    };
    await until("wait_event = 'PgSleep'");
    const { child, ended } = workplace.start(['init', '--database', database.url, '--table', 'recent']);
    await until("wait_event_type = 'Lock'");
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect(() => textOf('config.yaml')).toThrow();
    await database.execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'`);
    await busy;
  });

  test('what is there already is kept, and a job that is there is not made again', async () => {
    workplace.write(
      'config.yaml',
      'write_api: { url: https://wa.example }\ndatabases: { mine: { client: pg, connection: "postgres://a@b/c" } }\n',
    );
    const kept = await init(database, '--table', 'recent');
    expect(kept).toMatchObject({ code: 3, stdout: expect.stringContaining('kept  config.yaml') });
    expect(kept.stderr).toContain('If config.yaml lacks this database, write test-');
    expect(await init(database, '--table', 'recent')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('collectors/recent.yaml is there already'),
    });
  });

  test('asks on a terminal, and takes a number or a name', async () => {
    const command = `${process.execPath} ${MAIN} init --database ${database.url}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: workplace.folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const answers = ['my-group', 'tow_dates', 'two_dates', '2'];
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      if (/(\]|name): /.test(text)) child.stdin.write(`${answers.shift() ?? '\u0003'}\r`);
    });
    const [code] = await once(child, 'close');
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining('did you mean two_dates?') });
    const job = textOf('collectors/two-dates.yaml');
    expect(job).toContain('data_group: my-group');
    expect(job).toContain('SELECT decided_at AS day');
  });

  test('a query with the span of a run becomes a window job, another one takes snapshots', async () => {
    workplace.write(
      'sql/by-channel.sql',
      `SELECT ${DAY.replace("'Europe/London'", ':timezone')} AS day, channel, count(*) AS count FROM applications
       WHERE submitted_at >= :from AND submitted_at < :to GROUP BY 1, 2`,
    );
    mkdirSync(join(workplace.folder, 'collectors'));
    expect(await init(database, '--query', 'sql/by-channel.sql')).toMatchObject({ code: 0, stderr: '' });
    expect(textOf('collectors/by-channel.yaml')).toMatch(
      /window: .*\nquery_file: "..\/sql\/by-channel.sql"\n/,
    );
    expect((await run('check', '--offline')).code).toBe(0);

    workplace.write('now.sql', 'SELECT channel, count(*) AS waiting FROM applications GROUP BY 1');
    const second = await init(database, '--query', 'now.sql');
    expect(second, second.stderr).toMatchObject({ code: 0 });
    expect(second.stdout).toContain('See that .env sets DATABASE_URL and NOW_TOKEN.');
    expect(textOf('collectors/now.yaml')).toContain('snapshot: { period: day }');
  });

  test.each([
    ['SELEC 1', 4, 'syntax error at or near "SELEC", at line 1, column 1 of the query'],
    ['SELECT channel AS "a b" FROM applications', 2, 'a column called "a b", which no field of a record'],
    [' ', 2, 'wrong.sql is empty'],
  ])('the query %s is told with its mistake', async (sql, code, message) => {
    workplace.write('wrong.sql', sql);
    expect(await init(database, '--query', 'wrong.sql')).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });
});

describe.each(['mariadb', 'mysql', 'sqlite'] as const)('of %s', (product) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(product);
    await database.execute(
      'CREATE TABLE applications (id int, channel varchar(20), `Rank` char(3) NOT NULL, made_at datetime, made_on date)',
    );
    const numbers =
      'WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 900)';
    const at =
      product === 'sqlite'
        ? "datetime('2014-05-20', '+' || n || ' hours')"
        : "'2014-05-20' + INTERVAL n HOUR";
    const on = product === 'sqlite' ? "date('2014-05-20', '+' || n || ' hours')" : `date(${at})`;
    await database.execute(`INSERT INTO applications ${numbers}
      SELECT n, CASE WHEN n % 4 > 0 THEN CASE WHEN n % 3 > 0 THEN 'digital' ELSE 'post' END END, CASE WHEN n % 2 > 0 THEN 'a' ELSE 'b' END, ${at}, ${on} FROM numbers`);
  });
  afterAll(() => database.drop());

  // All of these times are in London's summer, whose days begin at 23:00 UTC.
  test.each([
    [
      'made_at',
      {
        mariadb: 'date(made_at + INTERVAL 1 HOUR)',
        mysql: 'date(made_at + INTERVAL 1 HOUR)',
        sqlite: "date(made_at, '+1 hours')",
      },
    ],
    ['made_on', { mariadb: 'made_on', mysql: 'made_on', sqlite: 'made_on' }],
  ])('the job by %s delivers what SQL counts', async (column, day) => {
    const args = ['--table', 'applications', '--date-column', column];
    const counts = await delivered(database, args, ['--from', '2014-05-20', '--to', '2014-07-01']);
    const counted = await database.execute(
      `SELECT ${day[product]}, coalesce(channel, 'none'), \`Rank\`, count(*) FROM applications GROUP BY 1, 2, 3`,
    );
    expect(counts).toEqual(lines(counted));
    expect(textOf('collectors/applications.yaml')).toContain('start: 2014-05-20');
  });
});

test('without --database the other options are wrong usage', async () => {
  expect(await workplace.run(['init', '--table', 'visits'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--table needs the database that the job reads'),
  });
});
