import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { type JsonSchema, jsonSchemaOf } from '../../src/config/schema/json-schema.ts';
import { writeApiSchema } from '../../src/config/schema/write-api-schema.ts';
import { installDebianPackage } from '../support/debian-package.ts';
import { Workplace } from '../support/program.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/write-api.md'), 'utf8');
const EXAMPLE = readFileSync(join(ROOT, 'write-api.example.yaml'), 'utf8');
const TOKEN = 'the-token';
const DASHBOARD = `
title: Carer's Allowance
modules: [{ type: kpi, title: Transactions, data_set: carers-allowance/transaction-count, period: month }]
`;

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

function load(text: string) {
  workplace.write('write-api.yaml', text);
  workplace.write('schemas/transaction-count.json', '{}');
  workplace.write('dashboards/visits.yaml', DASHBOARD);
  return loadWriteApiConfig('write-api.yaml', {
    environment: {
      CARERS_ALLOWANCE_TOKEN: TOKEN,
      DASHBOARDS_TOKEN: TOKEN,
      WRITE_API_DATABASE_URL: 'postgres://localhost/a',
    },
    currentDirectory: workplace.folder,
  });
}

function keysOf({ properties = {}, anyOf = [], items }: JsonSchema): string[] {
  const below = [...Object.values(properties), ...anyOf, ...(items === undefined ? [] : [items])];
  return [...Object.keys(properties), ...below.flatMap(keysOf)];
}

describe('write-api.example.yaml', () => {
  const minimal = { data_group: 'carers-allowance', data_type: 'transaction-count', token: TOKEN };

  test('says nothing but the defaults', () => {
    const { config, problems } = load(EXAMPLE);
    const { storage, ...expected } = writeApiSchema.parse({ data_sets: [minimal] });
    expect(problems).toEqual([]);
    expect(config).toMatchObject(expected);
    expect(config?.storage).toEqual({ file: join(workplace.folder, 'data/write-api.sqlite') });
    expect(storage).toEqual({ file: 'data/write-api.sqlite' });
    // Those that are optional have no default in the schema.
    const more = Object.entries(config?.data_sets[0] ?? {}).filter(
      ([key]) => !(key in (expected.data_sets[0] ?? {})),
    );
    expect(Object.fromEntries(more)).toEqual({
      queryable: true,
      raw_queries_allowed: false,
      published: true,
      realtime: false,
    });
  });

  test('has every key', () => {
    const missing = keysOf(jsonSchemaOf('write-api')).filter(
      (key) => !new RegExp(`\\b${key}:`).test(EXAMPLE),
    );
    expect(missing).toEqual([]);
  });

  test('is right where it is commented out', () => {
    const other = EXAMPLE.replace(/^( *)# (?=[a-z_0-9]+:)/gm, '$1')
      .replace(/^ {2}file: .*\n/m, '')
      .replace(/^ {4}token: .*\n/m, '');
    expect(load(other).problems).toEqual([]);
  });
});

/** The code block below a heading. */
function exampleOf(heading: string): string {
  const [, section = ''] = DOCUMENT.split(`\n### ${heading}\n`);
  return /```\w+\n(.*?)```/s.exec(section)?.[1] ?? '';
}

const isInstalled = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

describe('docs/write-api.md', () => {
  let api: RunningWriteApi;

  beforeEach(async () => {
    api = await startWriteApi({
      data_group: 'carers-allowance',
      data_type: 'transaction-count',
      name: 'test_applications',
    });
  });

  afterEach(() => api.close());

  async function run(heading: string, file: string, command: string, args: readonly string[]) {
    workplace.write(file, exampleOf(heading).replaceAll('http://127.0.0.1:3039', api.url));
    const child = spawn(command, args, { cwd: workplace.folder, env: { ...process.env, TOKEN } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = await once(child, 'close');
    return { code, output };
  }

  const STORED = [
    expect.objectContaining({ _id: '2015-01-01', _timestamp: '2015-01-01T00:00:00+00:00', count: 123 }),
    expect.objectContaining({ _id: '2015-01-02', count: 456 }),
  ];

  test('has an example in curl that stores, removes and empties', async () => {
    expect(await run('curl', 'example.sh', 'bash', ['-e', 'example.sh'])).toEqual({
      code: 0,
      output:
        '{"status":"ok"}{"status":"ok"}{"status":"ok","message":"test_applications now contains 0 records"}',
    });
    expect(await api.stored()).toEqual([]);
  });

  test('has an example in TypeScript that stores with the exported client', async () => {
    const link = join(workplace.folder, 'node_modules/pp-db-collector');
    mkdirSync(dirname(link));
    symlinkSync(ROOT, link);
    workplace.write('package.json', '{"type":"module"}');
    expect(await run('TypeScript', 'example.ts', process.execPath, ['example.ts'])).toEqual({
      code: 0,
      output: 'stored\n',
    });
    expect(await api.stored()).toEqual(STORED);
  });

  test('has an example in Python that stores', async () => {
    expect(await run('Python', 'example.py', 'python3', ['example.py'])).toEqual({
      code: 0,
      output: "{'status': 'ok'}\n",
    });
    expect(await api.stored()).toEqual(STORED);
  });

  test('has an example in Go that stores', { timeout: 300_000 }, async () => {
    if (!isInstalled('go', 'version')) installDebianPackage('golang-go');
    const ran = await run('Go', 'example.go', 'go', ['run', 'example.go']);
    expect(ran).toEqual({ code: 0, output: 'stored\n' });
    expect(await api.stored()).toEqual(STORED);
  });

  test('names every metric of the server', async () => {
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    const names = [...metrics.matchAll(/^# HELP (pp_write_api_\w+)/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !DOCUMENT.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
