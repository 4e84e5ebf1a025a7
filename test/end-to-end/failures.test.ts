import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';
import { type Ended, Workplace } from '../support/program.ts';

const TOKEN = 'Jq7-this-token-is-never-shown-xK9';

let database: TestDatabase;
let api: FaultyServer;
let workplace: Workplace;

beforeAll(async () => {
  database = await createDatabase('pg');
  await database.execute(`CREATE TABLE applications AS SELECT day::date AS submitted_on, day AS submitted_at, channel,
    '{"a": 1}'::jsonb AS data, 'NaN'::numeric AS rate, null::date AS unknown_on
    FROM generate_series(timestamp '2014-01-01', '2014-01-31', '1 day') AS day, (VALUES ('digital'), ('post')) AS c (channel)`);
});

afterAll(() => database.drop());

beforeEach(async () => {
  api = await startFaultyServer();
  workplace = new Workplace();
  workplace.write(
    'config.yaml',
    `write_api:
  url: ${api.url}
  timeout: 500ms
  retry: { for: 3s, first_delay: 20ms, max_delay: 50ms }
databases:
  source: { client: pg, connection: "\${DATABASE_URL}" }
log: { format: json }
`,
  );
  writeJob();
});

afterEach(async () => {
  await api.close();
  workplace.remove();
});

function writeJob(
  select = 'submitted_on, channel',
  record = 'timestamp: submitted_on, id: [_timestamp, channel]',
): void {
  workplace.write(
    'collectors/applications.yaml',
    `database: source
data_set: { data_group: carers-allowance, data_type: applications, token: "\${TOKEN}" }
window: { period: day, start: 2014-01-01, max_periods: 10000 }
query: SELECT ${select} FROM applications WHERE submitted_at >= :from AND submitted_at < :to
record: { ${record} }
`,
  );
}

const run = (...args: string[]): Promise<Ended> =>
  workplace.run(['run', 'applications', ...args], { environment: { TOKEN, DATABASE_URL: database.url } });

/** What the write API has acknowledged: the same record sent twice is stored once. */
function stored(): number {
  const bodies = api.requests.filter(({ text }) => text.startsWith('[{'));
  return new Set(bodies.flatMap(({ text }) => JSON.parse(text).map(({ _id }: { _id: string }) => _id))).size;
}

async function collectedTo(): Promise<string | null> {
  const { stdout } = await workplace.run(['jobs', '--json'], {
    environment: { TOKEN, DATABASE_URL: database.url },
  });
  return JSON.parse(stdout)[0].collected_to;
}

describe('a run survives', () => {
  test('a 503 with Retry-After, a reset and a time-out', async () => {
    api.script(
      { status: 503, headers: { 'retry-after': '1' } },
      { fault: 'reset-after-body' },
      { status: 200, body: { status: 'ok' } }, // the question whether the data set takes records
      { fault: 'hang' },
    );
    const startedAt = performance.now();
    const ended = await run();
    expect(ended.code, ended.stderr).toBe(0);
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
    expect(stored()).toBe(62);
  });

  test('a 413, by smaller batches', async () => {
    const limit = 2_000;
    api.otherwise(({ text }: ReceivedRequest) =>
      text.length > limit
        ? { status: 413, body: '<h1>Request Entity Too Large</h1>' }
        : { status: 200, body: { status: 'ok' } },
    );
    const ended = await run();
    expect(ended.code, ended.stderr).toBe(0);
    expect(stored()).toBe(62);
    expect(api.requests.filter(({ text }) => text.length > limit).length).toBeLessThan(4);
  });
});

describe('a run ends', () => {
  test('with 6 at a 401, naming the data set and never the token, although the server repeats it', async () => {
    api.otherwise({
      status: 401,
      headers: { 'www-authenticate': 'bearer' },
      body: { status: 'error', message: `Unauthorized: Invalid bearer token '${TOKEN}' for 'applications'` },
    });
    const ended = await run('--log-level', 'trace');
    expect(ended.code).toBe(6);
    expect(ended.stderr).toContain('carers-allowance/applications');
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const history = await workplace.run(['history', '--json'], {
      environment: { TOKEN, DATABASE_URL: database.url },
    });
    for (const output of [ended.stdout, ended.stderr, history.stdout]) expect(output).not.toContain(TOKEN);
    expect(await collectedTo()).toBeNull();
  });

  test('with 5 when the write API cannot be reached, and the next run delivers everything', async () => {
    api.otherwise({ status: 503 });
    const ended = await run();
    expect(ended.code).toBe(5);
    expect(await collectedTo()).toBeNull();
    api.otherwise({ status: 200, body: { status: 'ok' } });
    expect((await run()).code).toBe(0);
    expect(stored()).toBe(62);
  });

  test('with 4 when the database cannot be reached, without its password', async () => {
    const url = 'postgres://reader:Pa55w0rd-never-shown@127.0.0.1:1/benefits';
    const ended = await workplace.run(['run', '--all'], { environment: { TOKEN, DATABASE_URL: url } });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('127.0.0.1:1');
    expect(ended.stderr + ended.stdout).not.toContain('Pa55w0rd');
  });

  test('with 3 at a configuration that is wrong, with the place', async () => {
    workplace.write('collectors/applications.yaml', 'database: soruce\n');
    const ended = await run();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('collectors/applications.yaml:1:11  database: ');
    expect(ended.stderr).toContain('did you mean "source"?');
    expect(api.requests).toEqual([]);
  });

  test('with 2 at a job that does not exist', async () => {
    const ended = await workplace.run(['run', 'aplications'], {
      environment: { TOKEN, DATABASE_URL: database.url },
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toBe('there is no job "aplications"\n  → Did you mean applications?\n');
  });

  test('with 143 at SIGTERM, at once, and keeps what was acknowledged', async () => {
    api.otherwise({ fault: 'hang' });
    const { child, ended } = workplace.start(['run', '--all'], {
      environment: { TOKEN, DATABASE_URL: database.url },
    });
    await Promise.race([api.seen(1), ended]);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(await collectedTo()).toBeNull();
  });
});

describe('a row or a query that gives no record is refused with its column and the remedy:', () => {
  test.each([
    ['a jsonb column', 'submitted_on, data', undefined, 'column data has the type jsonb', '->>'],
    [
      'a NaN',
      'submitted_on, rate',
      'timestamp: submitted_on, id: [_timestamp]',
      'column rate: "NaN" is not a number',
      'in the query',
    ],
    [
      'a null timestamp',
      'unknown_on, channel',
      'timestamp: unknown_on, id: [_timestamp]',
      'column unknown_on: is null',
      'Leave such rows out',
    ],
    [
      'a missing column',
      'submitted_on',
      'timestamp: submitted_on, id: [_timestamp], fields: { kind: channel }',
      'names the column channel, which the query does not return',
      'select channel in the query',
    ],
    [
      'a bad key',
      'submitted_on, channel AS "the channel"',
      'timestamp: submitted_on, id: [_timestamp]',
      'column "the channel" cannot be a field',
      'AS other_name',
    ],
  ])('%s', async (_title, select, record, message, remedy) => {
    writeJob(select, record ?? 'timestamp: submitted_on, id: [_timestamp]');
    const ended = await run();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain(remedy);
    expect(stored()).toBe(0);
  });
});

test('a dry run prints its records as JSON, and says so to who asks for JSON', async () => {
  const ended = await run('--dry-run', '--json');
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(
    /^--dry-run and --json do not go together\n {2}→ Leave --json out: the records /,
  );
});

test('a dry run sends nothing, remembers nothing and prints the records', async () => {
  const ended = await run('--dry-run', '--from', '2014-01-01', '--to', '2014-01-03');
  expect(ended.code, ended.stderr).toBe(0);
  const records = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records).toHaveLength(4);
  expect(records[0]).toMatchObject({ _timestamp: '2014-01-01T00:00:00Z', channel: 'digital' });
  expect(api.requests).toEqual([]);
  expect(await collectedTo()).toBeNull();
});
