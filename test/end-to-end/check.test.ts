import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/databases.ts';
import { Workplace } from '../support/program.ts';

const job = (database: string) => `
database: ${database}
data_set: { data_group: group, data_type: ${database === 'gone' ? 'other' : 'type'}, token: "\${TOKEN}" }
window: { period: day }
query: SELECT DISTINCT day, channel, count FROM t WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp, channel] }
`;

const place = new Workplace();
const writeApi = createServer((_, response) => response.end('{"status":"ok"}'));

beforeAll(async () => {
  await new Promise<void>((resolve) => writeApi.listen(0, '127.0.0.1', resolve));
  new Database(`${place.folder}/t.sqlite`)
    .exec('CREATE TABLE t (day DATE, channel TEXT, count INTEGER)')
    .close();
  place.write(
    'config.yaml',
    `write_api: { url: "http://127.0.0.1:${(writeApi.address() as AddressInfo).port}" }
databases:
  good: { client: better-sqlite3, connection: { filename: t.sqlite } }
  gone: { client: better-sqlite3, connection: { filename: gone.sqlite } }
`,
  );
  place.write('collectors/one.yaml', job('good'));
  place.write('collectors/two.yaml', job('gone'));
});

afterAll(async () => {
  place.remove();
  await new Promise((resolve) => writeApi.close(resolve));
});

const check = async (...args: string[]) => {
  const { code, stdout, stderr } = await place.run(['check', ...args], { environment: { TOKEN: 'hunter2' } });
  return { code, stdout, stderr };
};

const checkJson = async (...args: string[]) => {
  const { code, stdout, stderr } = await check('--json', ...args);
  return { code, stderr, document: JSON.parse(stdout) };
};

describe('check --json', () => {
  test('tells every check as data, with the columns of a query and what they become', async () => {
    const { code, stderr, document } = await checkJson('one');
    expect({ code, stderr, ok: document.ok, problems: document.problems }).toEqual({
      code: 0,
      stderr: '',
      ok: true,
      problems: [],
    });
    expect(document.checks).toMatchObject([
      { layer: 'files', name: 'config.yaml', ok: true, milliseconds: null },
      { layer: 'database', name: 'good', ok: true, milliseconds: expect.any(Number), remedy: null },
      {
        layer: 'query',
        name: 'one',
        ok: true,
        columns: [
          { name: 'day', type: 'DATE', fields: [{ name: '_timestamp', type: 'instant' }] },
          { name: 'channel', type: 'TEXT', fields: [{ name: 'channel', type: expect.any(String) }] },
          { name: 'count', type: 'INTEGER', fields: [{ name: 'count', type: expect.any(String) }] },
        ],
      },
      { layer: 'data_set', name: 'group/type', ok: true },
      { layer: 'state', ok: true },
    ]);
  });

  test('of a database that fails says that its query was not checked, and checks the rest', async () => {
    const { code, document } = await checkJson();
    expect(code).toBe(4);
    expect(document.ok).toBe(false);
    expect(document.checks.map(({ layer, name, ok }: Record<string, unknown>) => [layer, name, ok])).toEqual([
      ['files', 'config.yaml', true],
      ['database', 'good', true],
      ['database', 'gone', false],
      ['query', 'one', true],
      ['query', 'two', null],
      ['data_set', 'group/type', true],
      ['data_set', 'group/other', true],
      ['state', `${place.folder}/state/collector.sqlite`, true],
    ]);
    expect(document.checks[2].remedy).toMatch(/\.$/);
  });

  test('names what fails once', async () => {
    const { stdout } = await place.run(['check', 'two'], { environment: { TOKEN: 'hunter2' } });
    expect(stdout).toMatch(/^✗ database gone: (?!database).+\n {2}→ /m);
  });

  test('tells mistakes as data only; offline nothing but the files is checked', async () => {
    place.write('collectors/three.yaml', job('good').replace('day }', 'dya }'));
    const { code, stderr, document } = await checkJson('--offline');
    place.write('collectors/three.yaml', job('good').replace('type: type', 'type: third'));
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(document).toEqual({
      ok: false,
      problems: [
        {
          file: 'collectors/three.yaml',
          line: 4,
          column: 19,
          path: 'window.period',
          code: 'wrong-value',
          message: 'expected hour, day, week, month, quarter or year, got "dya"',
          severity: 'error',
          suggestion: 'did you mean "day"?',
        },
      ],
      checks: [
        {
          layer: 'files',
          name: 'config.yaml',
          ok: false,
          message: 'mistakes in three',
          remedy: null,
          milliseconds: null,
          warnings: [],
        },
      ],
    });
  });

  test('without a config.yaml is a document with the one mistake', async () => {
    const { code, stderr, document } = await checkJson('--config', 'none.yaml');
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(document).toMatchObject({
      ok: false,
      problems: [{ file: 'none.yaml', code: 'unreadable-file' }],
      checks: [],
    });
  });
});

test('check shows ✓, ✗ with the remedy, – for what was not checked, and the columns', async () => {
  const { code, stdout, stderr } = await check('one', 'two');
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  expect(stdout).toMatch(/^✓ files: config\.yaml and 2 jobs\n✓ database good: .* \(\d+\.\d s\)\n/);
  expect(stdout).toMatch(/^✗ database gone: .* \(\d+\.\d s\)\n {2}→ .*\.$/m);
  expect(stdout).toMatch(/^✓ query of one \(.*\n +column +type +becomes\n +day +DATE +_timestamp$/m);
  expect(stdout).toMatch(/^– query of two: not checked, because database gone failed$/m);
  expect(stdout).toMatch(/^✓ state \(\d+\.\d s\)$/m);
});

test('check warns about two jobs whose records may replace each other, and about rows that nothing groups', async () => {
  place.write('collectors/three.yaml', job('good').replace('DISTINCT ', ''));
  const { code, stdout } = await check('three');
  const offline = await check('three', '--offline');
  rmSync(`${place.folder}/collectors/three.yaml`);
  expect(code).toBe(0);
  for (const text of [stdout, offline.stdout]) {
    expect(text).toMatch(
      /^! files: one \(collectors\/one\.yaml:6:27\) and three \(collectors\/three\.yaml:6:27\) both write the data set group\/type, with ids .*\n {2}→ Put a constant/m,
    );
  }
  expect(stdout).toMatch(/^! query of three: it has no GROUP BY, .*\n {2}→ Group the rows in the query/m);
});

test('check knows the ids that jobs leave to their queries, when it asks the database', async () => {
  const leaving = job('good').replace(', id: [_timestamp, channel]', '');
  place.write('collectors/three.yaml', leaving);
  place.write('collectors/four.yaml', leaving.replace('channel,', 'channel, channel AS more,'));
  const [{ code, stdout }, offline] = [await check('three', 'four'), await check('three', '--offline')];
  rmSync(`${place.folder}/collectors/three.yaml`);
  rmSync(`${place.folder}/collectors/four.yaml`);
  expect(code).toBe(0);
  const warning =
    '! query of three: one (collectors/one.yaml:6:27) and three (collectors/three.yaml, by its default) both write';
  expect(stdout.split(' both write')).toHaveLength(2);
  expect(stdout).toContain(`${warning} the data set group/type, with ids that can be the same`);
  expect(offline.stdout).not.toContain('both write');
});

test('check warns of a measure that the query does not give, where it stands and with the nearest', async () => {
  place.write(
    'collectors/three.yaml',
    `${job('good')}expect: { change: { measure: cuont, at_most: 50% } }\n`,
  );
  const { code, stdout } = await check('three');
  rmSync(`${place.folder}/collectors/three.yaml`);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^! query of three: expect\.change\.measure is cuont, .*, at collectors\/three\.yaml:7:21\n {2}→ Write count, or/m,
  );
});

test('check tells mistakes with their lines, and how many they are', async () => {
  place.write('collectors/three.yaml', job('goood'));
  const { code, stdout, stderr } = await check('--offline');
  place.write('collectors/three.yaml', job('good').replace('type: type', 'type: third'));
  expect(code).toBe(3);
  expect(stderr).toContain(
    '    2 | database: goood\n      |           ^^^^^\n1 mistake in 1 file; `pp-db-collector explain unknown-database` says more\n',
  );
  expect(stdout).toBe('✗ files: mistakes in three\n');
});

describe('check of the configuration of serve', () => {
  const SERVE = `
dashboards: dashboards
data_sets: [{ data_group: group, data_type: visits, token: "\${TOKEN}" }]
`;
  const DASHBOARD = `
title: My service
modules: [{ type: kpi, title: Visits, data_set: group/visits, period: month }]
`;

  async function checkIn(files: Readonly<Record<string, string>>, ...args: string[]) {
    const workplace = new Workplace();
    onTestFinished(() => workplace.remove());
    for (const [name, text] of Object.entries(files)) workplace.write(name, text);
    const environment = { TOKEN: 'hunter2' };
    return await workplace.run(['check', '--offline', ...args], { environment });
  }

  test('takes the file beside config.yaml, with its dashboards', async () => {
    const files = {
      'config.yaml': `write_api: { url: "http://127.0.0.1:3039" }
databases: { good: { client: better-sqlite3, connection: { filename: t.sqlite } } }
`,
      'collectors/one.yaml': job('good'),
      'write-api.yaml': SERVE,
      'dashboards/visits.yaml': DASHBOARD,
    };
    expect(await checkIn(files)).toMatchObject({
      code: 0,
      stdout: '✓ serve: write-api.yaml, 1 data set and 1 dashboard\n✓ files: config.yaml and 1 job\n',
      stderr: '',
    });
    // A job is no matter of the write API.
    expect(await checkIn(files, 'one')).toMatchObject({
      code: 0,
      stdout: '✓ files: config.yaml and 1 job\n',
    });
  });

  test('needs no config.yaml where there is none', async () => {
    expect(await checkIn({ 'write-api.yaml': SERVE, 'dashboards/visits.yaml': DASHBOARD })).toMatchObject({
      code: 0,
      stdout: '✓ serve: write-api.yaml, 1 data set and 1 dashboard\n',
      stderr: '',
    });
  });

  test('tells the mistakes of dashboards with their places, as data, too', async () => {
    const files = {
      'serve/write-api.yaml': SERVE,
      'serve/dashboards/visits.yaml': DASHBOARD.replace('group/visits', 'group/visit'),
    };
    const { code, stdout, stderr } = await checkIn(files, '--write-api', 'serve/write-api.yaml');
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: '✗ serve: mistakes in serve/dashboards/visits.yaml\n',
    });
    expect(stderr).toContain(
      'serve/dashboards/visits.yaml:3:49  modules[0].data_set: expected a data set of write-api.yaml, got "group/visit"; ' +
        'did you mean "group/visits"? [unknown-data-set]',
    );
    const json = await checkIn(files, '--json', '--write-api', 'serve/write-api.yaml');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'unknown-data-set', line: 3, column: 49 }],
      checks: [{ layer: 'serve', ok: false }],
    });
  });
});

describe('check of a state that replicas share', () => {
  test('makes their queue, as a replica does, or says which right is lacking', async () => {
    const database = await createDatabase('postgresql');
    const { url, execute } = database;
    const role = `role_${new URL(url).pathname.slice(1)}`;
    const own = new URL(url);
    own.username = role;
    const of = new Workplace();
    onTestFinished(async () => {
      of.remove();
      await execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await database.drop();
    });
    await execute(`CREATE ROLE ${role} LOGIN`);
    await execute(`CREATE SCHEMA pp_db_collector AUTHORIZATION ${role}`);
    of.write(
      'config.yaml',
      `write_api: { url: "http://127.0.0.1:${(writeApi.address() as AddressInfo).port}" }
databases: { good: { client: better-sqlite3, connection: { filename: ${place.folder}/t.sqlite } } }
state: { url: "${own.href}" }
schedule: { engine: pg-boss }
`,
    );
    of.write('collectors/one.yaml', job('good'));
    const ofReplicas = () => of.run(['check'], { environment: { TOKEN: 'hunter2' } });
    const { code, stdout } = await ofReplicas();
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^✗ state: the state database .+: the user lacks a right: .+\n {2}→ .*CREATE SCHEMA pp_db_collector_queue AUTHORIZATION/m,
    );

    await execute(`CREATE SCHEMA pp_db_collector_queue AUTHORIZATION ${role}`);
    expect(await ofReplicas()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^✓ state/m) });
    expect(await execute('SELECT name FROM pp_db_collector_queue.queue')).toContainEqual(['runs']);
  });
});
