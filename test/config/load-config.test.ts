import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { WindowJob } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { CONFIG, ENVIRONMENT, folderOf, JOB, load, loadFiles } from './folder.ts';

const told = (loaded: ReturnType<typeof load>) => loaded.problems.map((problem) => formatProblem(problem));

describe('a configuration without mistakes', () => {
  test('has its defaults filled in, durations in milliseconds and sizes in bytes', () => {
    const { config, problems, rejectedJobs } = loadFiles({});
    expect(problems).toEqual([]);
    expect(rejectedJobs).toEqual([]);
    expect(config).toMatchObject({
      file: 'config.yaml',
      write_api: { timeout: 60_000, max_batch_bytes: 1_048_576, gzip: true, retry: { for: 300_000 } },
      databases: { benefits: { timezone: 'UTC', query_timeout: 600_000 } },
      schedule: { timezone: 'Europe/London', max_concurrent_runs: 4 },
    });
    expect(config?.jobs).toMatchObject([
      {
        name: 'transactions',
        file: 'collectors/transactions.yaml',
        timezone: 'Europe/London',
        enabled: true,
        window: { period: 'day', lookback: 3 },
        timeout: 1_800_000,
      },
    ]);
  });

  test('cannot be changed', () => {
    const { config } = loadFiles({});
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(config).toBeDefined();
    expect(frozen(config)).toBe(true);
    const [job] = (config?.jobs ?? []) as WindowJob[];
    expect(() => Object.assign(job?.window ?? {}, { lookback: 9 })).toThrow(TypeError);
  });

  test('has absolute paths, relative ones being relative to config.yaml', () => {
    const folder = folderOf({
      'etc/config.yaml': `${CONFIG}
  files: { client: better-sqlite3, connection: { filename: ../data/a.sqlite } }
state: { file: state.sqlite }
`,
      'etc/collectors/transactions.yaml': JOB,
    });
    const loaded = loadConfig('etc/config.yaml', { environment: ENVIRONMENT, currentDirectory: folder });
    expect(loaded.config).toMatchObject({
      file: 'etc/config.yaml',
      databases: { files: { connection: { filename: join(folder, 'data/a.sqlite') } } },
      state: { file: join(folder, 'etc/state.sqlite') },
      jobs: [{ file: 'etc/collectors/transactions.yaml' }],
    });
  });

  test('may begin with a byte order mark and end its lines as Windows does', () => {
    const windows = `\uFEFF${JOB.trim()}`.replaceAll('\n', '\r\n');
    const { config, problems } = loadFiles({ 'collectors/transactions.yaml': windows });
    expect(problems).toEqual([]);
    expect(config?.jobs).toHaveLength(1);
  });

  test('keeps the words that other YAML takes for numbers and truths as texts', () => {
    const fields =
      'fields: { a1: { column: a, map: { no: nein, yes: on, 1: one, 0123: x, null: nothing } } }';
    const job = JOB.replace('id: [_timestamp, channel]', `id: [_timestamp]\n  ${fields}`);
    const { config } = loadFiles({ 'collectors/transactions.yaml': job });
    expect(config?.jobs[0]?.record.fields?.a1).toMatchObject({
      map: { no: 'nein', yes: 'on', '1': 'one', '0123': 'x', null: 'nothing' },
    });
  });

  test('may use anchors and aliases', () => {
    const job = JOB.replace('id: [_timestamp, channel]', 'id: [_timestamp]\n  omit: &none [a]').replace(
      'timestamp: day',
      'timestamp: &day day',
    );
    const { config } = loadFiles({ 'collectors/transactions.yaml': `${job}description: *day\n` });
    expect(config?.jobs[0]?.description).toBe('day');
  });
});

describe('values from outside', () => {
  const fromOutside = (environment: Record<string, string>) =>
    loadFiles(
      {
        'config.yaml': CONFIG.replace(
          'databases:',
          '  gzip: ${GZIP}\n  timeout: ${TIMEOUT}\ndatabases:',
        ).replace(
          'connection: ${DATABASE_URL}',
          'connection: { host: "${HOST}", port: "${PORT}", password: "${TOKEN}", ssl: "${SSL:-false}" }',
        ),
      },
      { ...ENVIRONMENT, GZIP: 'false', TIMEOUT: '5s', HOST: 'db', PORT: '5433', ...environment },
    );

  test('become numbers and truths where these are wanted, and texts elsewhere', () => {
    expect(fromOutside({ TOKEN: '0123', HOST: '123' }).config).toMatchObject({
      write_api: { gzip: false, timeout: 5_000 },
      databases: { benefits: { connection: { host: '123', port: 5433, ssl: false } } },
    });
  });

  test('never change the structure of the document', () => {
    const { config } = fromOutside({ HOST: 'a, port: 1 }\nstate: { memory: true' });
    expect(config).toMatchObject({ databases: { benefits: { connection: { port: 5433 } } } });
    expect(config?.state).toHaveProperty('file');
  });

  test('are not shown when they are wrong', () => {
    expect(told(fromOutside({ PORT: 'hunter2', GZIP: 'hunter2' }))).toEqual([
      'config.yaml:4:9  write_api.gzip: expected true or false, got the value of ${GZIP}',
      'config.yaml:9:42  databases.benefits.connection.port: expected a whole number from 1 to 65535, got the value of ${PORT}',
    ]);
  });

  test('are not filled into queries', () => {
    const job = JOB.replace('SELECT day', "SELECT '${TOKEN}', day");
    expect(loadFiles({ 'collectors/transactions.yaml': job }).config?.jobs[0]?.query).toContain("'${TOKEN}'");
  });

  test('make an empty proxy no proxy', () => {
    const config = CONFIG.replace('databases:', '  proxy: ${PROXY:-}\ndatabases:');
    expect(loadFiles({ 'config.yaml': config }).config?.write_api.proxy).toBeUndefined();
  });
});

describe('mistakes', () => {
  test('of all files are told at once, and the good jobs are loaded', () => {
    const loaded = loadFiles({
      'collectors/b.yaml': JOB.replace('period: day', 'period: dy'),
      'collectors/a.yaml': JOB.replace('schedule', 'shedule').replace('benefits', 'benefit'),
      'collectors/z.yaml': '\tx',
    });
    expect(loaded.problems.map(({ file, line, column, path }) => [file, line, column, path])).toEqual([
      ['collectors/a.yaml', 2, 11, 'database'],
      ['collectors/a.yaml', 3, 1, 'shedule'],
      ['collectors/b.yaml', 9, 11, 'window.period'],
      ['collectors/z.yaml', 1, 1, ''],
    ]);
    expect(loaded.config?.jobs.map(({ name }) => name)).toEqual(['transactions']);
    expect(loaded.rejectedJobs.map(({ name, problems }) => [name, problems.length])).toEqual([
      ['a', 2],
      ['b', 1],
      ['z', 1],
    ]);
  });

  test('in config.yaml leave no configuration, and the jobs are checked all the same', () => {
    const loaded = loadFiles({
      'config.yaml': CONFIG.replace('https:', 'ftp:'),
      'collectors/transactions.yaml': JOB.replace('day < :to', 'day < :too'),
    });
    expect(loaded.config).toBeUndefined();
    expect(loaded.problems.map(({ file, code }) => [file, code])).toEqual([
      ['config.yaml', 'wrong-value'],
      ['collectors/transactions.yaml', 'unknown-parameter'],
    ]);
  });

  test('are told with the path from the current directory, and absolute when the file is elsewhere', () => {
    const folder = folderOf({ 'here/a': '', 'there/config.yaml': 'x: 1' });
    const place = (currentDirectory: string) =>
      loadConfig(join(folder, 'there/config.yaml'), { environment: {}, currentDirectory }).problems[0]?.file;
    expect(place(folder)).toBe('there/config.yaml');
    expect(place(join(folder, 'here'))).toBe(join(folder, 'there/config.yaml'));
  });

  test('of files that cannot be read are mistakes like others', () => {
    const folder = folderOf({ 'collectors/a': '', 'latin/config.yaml': new Uint8Array([0x61, 0xe9, 0x0a]) });
    const read = (path: string) => told(loadConfig(path, { environment: {}, currentDirectory: folder }));
    expect(read('none.yaml')).toEqual([
      'none.yaml:1:1  expected a readable file, got no such file or directory',
    ]);
    expect(read('collectors')).toEqual(['collectors:1:1  expected a readable file, got a folder']);
    expect(read('latin/config.yaml')).toEqual([
      'latin/config.yaml:1:1  expected a readable file, got text that is not UTF-8',
    ]);
  });

  test('of nesting without end are told in reasonable time', () => {
    const { problems } = loadFiles({ 'collectors/deep.yaml': `query: ${'['.repeat(100_000)}` });
    expect(problems).toMatchObject([{ file: 'collectors/deep.yaml', code: 'yaml-syntax' }]);
  });

  test.each([
    ['SELECT day FROM visits', ':from or :from_date, nor with :to or :to_date'],
    ["SELECT day FROM visits WHERE :timezone = 'UTC'", ':from or :from_date, nor with :to or :to_date'],
    ['SELECT day FROM visits WHERE day >= :from', ':to or :to_date'],
    ['SELECT :from_date AS day, count(*) FROM visits WHERE at < :to', ':from or :from_date'],
    ['SELECT :from_date::date, :to_date AS x FROM visits WHERE at < :to', ':from or :from_date'],
  ])('a query that does not compare with both ends of the window is refused: %s', (query, missing) => {
    const job = JOB.replace(/query: \|\n.*\n/, `query: |\n  ${query}\n`);
    const { problems, config } = loadFiles({ 'collectors/transactions.yaml': job });
    expect(problems).toMatchObject([
      {
        severity: 'error',
        code: 'unused-parameters',
        line: 10,
        message: expect.stringMatching(`with ${missing}$`),
      },
    ]);
    expect(config?.jobs).toEqual([]);
    const allowed = job.replace('period: day', 'period: day\n  allow_outside: true');
    const loaded = loadFiles({ 'collectors/transactions.yaml': allowed });
    expect(loaded.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(loaded.config?.jobs).toHaveLength(1);
  });

  test.each([
    'SELECT day FROM visits WHERE day BETWEEN :from_date AND :to_date',
    'SELECT day FROM visits WHERE day >= :from AND day < :to_date',
    'SELECT :from_date AS day, count(*) FROM visits WHERE at >= :from AND at < :to',
    'WITH w AS (SELECT :from AS low, :to AS high) SELECT day FROM visits, w WHERE at >= low AND at < high',
    'SELECT count(*) FILTER (WHERE at >= :from), sum(CASE WHEN at < :to THEN 1 END) FROM visits',
    'SELECT day FROM visits JOIN generate_series(:from, :to) AS s ON true',
  ])('a query that may compare with both is not: %s', (query) => {
    const job = JOB.replace(/query: \|\n.*\n/, `query: |\n  ${query}\n`);
    expect(loadFiles({ 'collectors/transactions.yaml': job }).problems).toEqual([]);
  });

  test('where rows may lie outside, a query without any bounds is a warning', () => {
    const job = JOB.replace(/ WHERE .*/, '').replace('period: day', 'period: day\n  allow_outside: true');
    const { problems } = loadFiles({ 'collectors/transactions.yaml': job });
    expect(problems).toMatchObject([{ severity: 'warning', code: 'unused-parameters' }]);
  });
});

describe('job files', () => {
  test('are found in folders and links, and not under names that begin with a dot', () => {
    const folder = folderOf({
      'config.yaml': CONFIG,
      'collectors/..data/one.yaml': JOB,
      'collectors/deep/er/two.yml': JOB,
      'collectors/notes.txt': 'not YAML',
    });
    symlinkSync('..data/one.yaml', join(folder, 'collectors/one.yaml'));
    symlinkSync('..', join(folder, 'collectors/deep/loop'));
    expect(load(folder).config?.jobs.map(({ file }) => file)).toEqual([
      'collectors/deep/er/two.yml',
      'collectors/one.yaml',
    ]);
  });

  test('of the same name are both refused', () => {
    const loaded = loadFiles({ 'collectors/more/transactions.yml': JOB });
    expect(loaded.config?.jobs).toEqual([]);
    expect(told(loaded)).toEqual([
      'collectors/more/transactions.yml:1:1  expected a name that no other job has, got "transactions", which is also collectors/transactions.yaml',
      'collectors/transactions.yaml:1:1  expected a name that no other job has, got "transactions", which is also collectors/more/transactions.yml',
    ]);
  });

  test('that are missing altogether are a warning', () => {
    const folder = folderOf({ 'config.yaml': CONFIG });
    mkdirSync(join(folder, 'collectors'));
    expect(load(folder).config?.jobs).toEqual([]);
    expect(load(folder).problems).toMatchObject([{ severity: 'warning', code: 'no-jobs' }]);
  });
});

describe('defaults.yaml', () => {
  const short = JOB.replace('database: benefits\n', '').replace('  data_group: carers-allowance\n', '');

  test('gives keys to the jobs of its folder and below: mappings merge, everything else is replaced', () => {
    const loaded = loadFiles({
      'collectors/defaults.yaml': 'database: benefits\ntimezone: UTC\ndata_set: { data_group: outer }',
      'collectors/transactions.yaml': short,
      'collectors/inner/defaults.yaml':
        'data_set: { data_group: inner }\nwindow: { lookback: 9, period: week }',
      'collectors/inner/deep/one.yaml': short,
    });
    expect(loaded.problems).toEqual([]);
    expect(loaded.config?.jobs).toMatchObject([
      {
        name: 'one',
        timezone: 'UTC',
        data_set: { data_group: 'inner' },
        window: { lookback: 9, period: 'day' },
      },
      { name: 'transactions', data_set: { data_group: 'outer' }, window: { lookback: 3 } },
    ]);
  });

  test('is where its mistakes are told, once for all jobs that they spoil', () => {
    const loaded = loadFiles({
      'collectors/defaults.yaml': 'database: benefits\ndata_set: { data_group: a/b }',
      'collectors/transactions.yaml': short,
      'collectors/other.yaml': short,
    });
    expect(told(loaded)).toEqual([
      'collectors/defaults.yaml:2:25  data_set.data_group: expected a name of letters, digits, - and _, got "a/b"',
    ]);
    expect(loaded.rejectedJobs.map(({ name }) => name)).toEqual(['other', 'transactions']);
  });

  test('may give a secret by a path relative to itself', () => {
    const loaded = loadFiles({
      'collectors/defaults.yaml': 'data_set: { token: "${file:token}" }',
      'collectors/token': 'shared',
      'collectors/inner/one.yaml': JOB.replace('  token: ${TOKEN}\n', ''),
    });
    expect(loaded.config?.jobs[0]?.data_set.token.reveal()).toBe('shared');
  });
});

describe('query_file', () => {
  const job = JOB.replace(/query: \|\n.*\n/, 'query_file: ../sql/one.sql\n');

  test('is relative to the job file and is the query', () => {
    const loaded = loadFiles({
      'collectors/transactions.yaml': job,
      'sql/one.sql': 'SELECT day FROM t WHERE day >= :from AND day < :to\n',
    });
    expect(loaded.problems).toEqual([]);
    expect(loaded.config?.jobs[0]?.query).toBe('SELECT day FROM t WHERE day >= :from AND day < :to\n');
  });

  test.each([
    ['pg', '--daily\n/* /* twice */ */ SELECT day FROM t WHERE day >= :from AND day < :to\n'],
    ['mysql2', '#daily\nSELECT day FROM t WHERE day >= :from AND day < :to\n'],
  ])('may begin with the comments of %s', (client, sql) => {
    const loaded = loadFiles({
      'config.yaml': CONFIG.replace(/client: \S+/, `client: ${client}`).replace(
        /connection: .*/,
        'connection: { host: db.example }',
      ),
      'collectors/transactions.yaml': job,
      'sql/one.sql': sql,
    });
    expect(loaded.problems).toEqual([]);
    expect(loaded.config?.jobs[0]?.query).toBe(sql);
  });

  test('has its mistakes told in itself', () => {
    const loaded = loadFiles({
      'collectors/transactions.yaml': job,
      'sql/one.sql': '-- :form\nSELECT day FROM t\nWHERE day >= :form\n',
    });
    expect(told(loaded)).toEqual([
      'sql/one.sql:3:14  query: expected one of the parameters :from, :to, :from_date, :to_date, :timezone, got ":form"; did you mean ":from"?',
    ]);
  });
});

test('changing a file after loading changes nothing', () => {
  const folder = folderOf({ 'config.yaml': CONFIG, 'collectors/transactions.yaml': JOB });
  const { config } = load(folder);
  writeFileSync(join(folder, 'collectors/transactions.yaml'), 'x');
  expect(config?.jobs[0]?.query).toContain('SELECT day');
});
