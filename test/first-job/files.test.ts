import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboardFiles, whereItIs } from '../../src/cli/init/dashboard-files.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { configFile } from '../../src/first-job/config-file.ts';
import { dashboardUrl, type ShownDraft } from '../../src/first-job/dashboard-file.ts';
import { databaseAt } from '../../src/first-job/database-address.ts';
import { envFile } from '../../src/first-job/env-file.ts';
import { jobNameOf } from '../../src/first-job/job-draft.ts';
import { jobFile } from '../../src/first-job/job-file.ts';
import { OWN_WRITE_API } from '../../src/first-job/write-api-file.ts';
import { DIALECTS } from '../../src/sources/dialects.ts';
import { folderOf } from '../config/folder.ts';

const DRAFT = {
  name: '2nd-visits',
  description: 'Rows of visits: "all" # of them',
  database: 'true',
  dataGroup: '0123',
  start: '2015-01-01',
  timestamp: 'day',
  isDayByDay: true,
  query: "SELECT day,\n\n  'a: # b' AS channel\nFROM visits\n",
  dimensions: ['channel', 'on'],
  value: 'count',
};

test('a job is the same when it is read again, whatever its texts hold', () => {
  const row = { day: '2015-01-01', channel: 'no', on: "it's # a: {b}", count: '12' };
  const record = { _timestamp: '2015-01-01T00:00:00Z', channel: 'no', on: null, count: 12 };
  const text = jobFile(DRAFT, { name: 'rows: some', rows: [row], records: [record] });
  expect(parse(text)).toEqual({
    description: DRAFT.description,
    database: 'true',
    schedule: '30 6 * * *',
    data_set: {
      data_group: '0123',
      data_type: '2nd-visits',
      token: expect.stringMatching(/^\$\{_2ND_VISITS_TOKEN:\?.*\}$/),
    },
    window: { period: 'day', start: '2015-01-01', max_periods: 1 },
    query: DRAFT.query,
    record: { timestamp: 'day', id: ['_timestamp', 'channel', 'on'] },
    tests: [{ name: 'rows: some', rows: [row], records: [record] }],
  });
});

test('a job of a query without a window takes snapshots, and may leave its query in its own file', () => {
  const text = jobFile({ ...DRAFT, timestamp: undefined, queryFile: '../sql/a b.sql' }, undefined);
  expect(parse(text)).toMatchObject({
    snapshot: { period: 'day' },
    query_file: '../sql/a b.sql',
    record: { id: ['_timestamp', 'channel', 'on'] },
  });
});

describe('a dashboard with a job', () => {
  const load = (draft: ShownDraft, url = OWN_WRITE_API) => {
    const files = Object.fromEntries(
      dashboardFiles(draft, 'TOKEN', url).map(({ path, text }) => [path, text]),
    );
    const options = { environment: { TOKEN: 'the-token' }, currentDirectory: folderOf(files) };
    return { files, ...loadWriteApiConfig('write-api.yaml', options) };
  };
  const modulesOf = ({ dashboards }: ReturnType<typeof load>) =>
    dashboards[0]?.parts.flatMap((part) => (part.kind === 'section' ? [] : part)) ?? [];

  test('shows its numbers, and those by each of its first dimensions, in fewer than 30 lines', () => {
    const dimensions = ['channel', 'on', 'outcome_of_it', 'office'];
    const loaded = load({ ...DRAFT, name: 'visits-by-channel', dimensions });
    expect(loaded.problems).toEqual([]);
    expect(loaded.files['dashboards/0123.yaml']?.split('\n').length).toBeLessThan(30);
    expect(loaded.config).toMatchObject({ listen: { host: '127.0.0.1', port: 3_039 } });
    expect(modulesOf(loaded).map(({ title, groupBy, period }) => [title, groupBy, period])).toEqual([
      ['Visits per week', undefined, 'week'],
      ['Visits by channel', 'channel', 'week'],
      ['Visits by on', 'on', 'week'],
      ['Visits by outcome of it', 'outcome_of_it', 'week'],
    ]);
  });

  test.each<[string, Partial<ShownDraft>, object]>([
    ['another field', { value: 'visitors' }, { kind: 'sum', of: { value: 'visitors' } }],
    ['how things stand', { timestamp: undefined }, { kind: 'last', of: { value: 'count' } }],
    ['no numbers', { value: undefined }, { kind: 'count' }],
  ])('knows of %s', (_, over, formula) => {
    const loaded = load({ ...DRAFT, ...over });
    expect(loaded.problems).toEqual([]);
    expect(modulesOf(loaded).map((module) => module.formula)).toEqual([formula, formula, formula]);
  });

  test.each([
    ['http://127.0.0.1:4040/', { host: '127.0.0.1', port: 4_040 }],
    ['http://[::1]:4040', { host: '::1', port: 4_040 }],
    ['https://numbers.example', { host: '127.0.0.1', port: 3_039 }],
  ])('is served where the collector looks for the write API: %s', (url, listen) => {
    expect(load(DRAFT, url)).toMatchObject({ problems: [], config: { listen } });
  });

  test('says what to add to files that were there before', () => {
    expect(whereItIs(DRAFT, OWN_WRITE_API, ['write-api.yaml', 'dashboards/0123.yaml'])).toBe(
      '\nWhile serve runs, the dashboard is at http://127.0.0.1:3039/dashboards/0123\n' +
        'See that write-api.yaml has the data set 0123/2nd-visits, and dashboards: dashboards.\n' +
        'Add modules of 0123/2nd-visits to dashboards/0123.yaml.\n',
    );
  });

  test('is called as its data group, as far as the name of a file can be', () => {
    expect(dashboardUrl({ dataGroup: 'my-service' }, 'http://a.example/')).toBe(
      'http://a.example/dashboards/{data_group}',
    );
    expect(dashboardUrl({ dataGroup: 'My_Service' }, 'http://a.example')).toBe(
      'http://a.example/dashboards/my-service',
    );
  });
});

test('a configuration names the variable of a URL, never the URL, and the file of a file', () => {
  const draft = {
    writeApi: 'https://a.example/#x',
    database: 'no',
    client: 'pg',
    zones: { database: 'UTC', job: 'Europe/London' },
  };
  expect(parse(configFile({ ...draft, filename: undefined }))).toEqual({
    write_api: { url: 'https://a.example/#x' },
    databases: { no: { client: 'pg', connection: '${DATABASE_URL}', timezone: 'UTC' } },
    schedule: { timezone: 'Europe/London' },
  });
  expect(parse(configFile({ ...draft, filename: "it's.db" })).databases.no.connection).toEqual({
    filename: "it's.db",
  });
});

test.each([
  ["postgres://me:it's%20#x@host/db", 'to"ken'],
  ['postgres://me:$HOME`a"\\n@host/db?sslmode=require', "it's"],
])('secrets are read again as they were given: %s', (url, token) => {
  const read = parseEnv(envFile(url.replace('#', '%23'), DRAFT, token));
  const same = (text: string | undefined) => decodeURIComponent(String(text));
  expect(same(read.DATABASE_URL)).toBe(same(url.replace('#', '%23')));
  expect(read._2ND_VISITS_TOKEN).toBe(token);
});

describe('a database on the command line', () => {
  const at = (text: string) => {
    const found = databaseAt(text, DIALECTS);
    return found && [found.dialect.client, found.name, found.at];
  };

  test.each([
    ['postgres://me@host/Carers_Allowance', ['pg', 'carers-allowance']],
    ['MariaDB://host/db?x=1', ['mysql2', 'db']],
    ['postgres://host', ['pg', 'source']],
  ])('%s is a server', (url, expected) => {
    expect(at(url)).toEqual([...expected, { url }]);
  });

  test.each([
    ['data/Visits.db', 'data/Visits.db'],
    ['sqlite:data/Visits.db', 'data/Visits.db'],
    ['sqlite:///srv/Visits.db', '/srv/Visits.db'],
    ['file:Visits.db', 'Visits.db'],
  ])('%s is a file', (text, filename) => {
    expect(at(text)).toEqual(['better-sqlite3', 'visits', { filename }]);
  });

  test('of another kind, or none, is none', () => {
    for (const text of ['oracle://host/db', '', 'sqlite:']) expect(at(text)).toBeUndefined();
  });
});

test('a name of a table becomes one that a job may have', () => {
  expect(jobNameOf('public.Sales Orders')).toBe('public-sales-orders');
  expect(jobNameOf('Démarches_été')).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  expect(jobNameOf('日本')).toBe('first-job');
});
