import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseDate } from '../../src/calendar/date-time.ts';
import { startOfDate } from '../../src/calendar/zone.ts';
import { completeJob } from '../../src/collect/complete-job.ts';
import { exampleQuery } from '../../src/collect/queries.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import type { ColumnKind } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { Workplace } from '../support/program.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const blocks = (text: string) => [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);

const ENVIRONMENT = {
  BENEFITS_DATABASE_URL: 'postgres://reader@localhost/benefits',
  CARERS_ALLOWANCE_TOKEN: 'secret',
};

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

const load = () =>
  loadConfig('config.yaml', { environment: ENVIRONMENT, currentDirectory: workplace.folder });

test('the first job of the README loads as it stands', () => {
  const [config = '', job = ''] = blocks(read('README.md'));
  workplace.write('config.yaml', config);
  workplace.write('collectors/transactions-by-channel.yaml', job);
  const loaded = load();
  expect(loaded.problems).toEqual([]);
  expect(loaded.config?.jobs.map(({ name }) => name)).toEqual(['transactions-by-channel']);
});

describe('docs/getting-started.md', () => {
  const examples = blocks(read('docs/getting-started.md'));

  test('has a config.yaml that loads', () => {
    workplace.write('config.yaml', examples.find((block) => block.startsWith('write_api:')) ?? '');
    workplace.write('collectors/.keep', '');
    expect(load().config?.databases).toHaveProperty('benefits');
  });

  test('has a write-api.yaml that loads', () => {
    workplace.write('write-api.yaml', examples.find((block) => block.startsWith('listen:')) ?? '');
    const options = { environment: ENVIRONMENT, currentDirectory: workplace.folder };
    expect(loadWriteApiConfig('write-api.yaml', options).problems).toEqual([]);
  });
});

test('the dashboards of docs/dashboards.md load as they stand', () => {
  const examples = blocks(read('docs/dashboards.md'));
  const whole = examples.filter((block) => block.startsWith('# yaml-language-server'));
  const modules = examples.filter((block) => block.startsWith('- type:'));
  expect([whole.length, modules.length]).toEqual([1, 1]);
  const texts = [...whole, ...modules.map((block) => `title: Each kind\nmodules:\n${block}`)];
  for (const [index, text] of texts.entries()) workplace.write(`dashboards/example-${index}.yaml`, text);
  const addresses = texts.flatMap((text) => Array.from(text.matchAll(/data_set: ([\w-]+)\/([\w-]+)/g)));
  const dataSets = new Set(
    addresses.map(([, group, type]) => `{ data_group: ${group}, data_type: ${type}, token: the-token }`),
  );
  workplace.write('write-api.yaml', `dashboards: dashboards\ndata_sets: [${[...dataSets].join(', ')}]\n`);
  const options = { environment: ENVIRONMENT, currentDirectory: workplace.folder };
  const { problems, dashboards } = loadWriteApiConfig('write-api.yaml', options);
  expect(problems).toEqual([]);
  expect(dashboards).toHaveLength(2);
});

test('every link of the documents leads to a file', () => {
  const documents = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => join(ROOT, document, '..', target))
      .filter((path) => !exists(path))
      .map((path) => `${document}: ${path}`),
  );
  expect(broken).toEqual([]);
});

function exists(path: string): boolean {
  try {
    return readFileSync(path) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}

describe('the day of a time in docs/records.md', () => {
  const ZONES = ['Europe/London', 'America/New_York', 'Asia/Kolkata'];
  const examples = blocks(read('docs/records.md')).filter((block) => block.includes('submitted_at'));
  let database: TestDatabase;
  let api: RunningWriteApi;

  beforeEach(async () => {
    database = await createDatabase('pg');
    await database.execute(`create table applications as select at::timestamp as submitted_at, 'web' as channel
      from generate_series('2026-05-30'::timestamp, '2026-06-05', '1 hour') as at`);
    api = await startWriteApi();
  });
  afterEach(async () => {
    await api.close();
    await database.drop();
  });

  test('is counted whole by each of the two queries, in every zone', async () => {
    expect(examples).toHaveLength(2);
    for (const timezone of ZONES) {
      for (const example of examples) {
        const { query, window } = parse(example);
        const job = jobOf({ query, window, timezone, record: { timestamp: 'day', id: ['_timestamp'] } });
        const collecting = new Collecting(createSource('source', database.settings), api.url);
        const result = await collecting.run(job, '2026-06-04T12:00:00Z', { span: spanOfTwoDays(timezone) });
        expect(result).toMatchObject({ outcome: 'succeeded', records: 2, deadLetters: 0 });
        expect(await api.stored()).toMatchObject([
          { _timestamp: '2026-06-01T00:00:00+00:00', count: 24 },
          { _timestamp: '2026-06-02T00:00:00+00:00', count: 24 },
        ]);
        await collecting.close();
      }
    }
  });
});

function spanOfTwoDays(zone: string) {
  const [from, to] = ['2026-06-01', '2026-06-03'].map((date) => startOfDate(parseDate(date) ?? 0, zone));
  return { from: from ?? 0, to: to ?? 0, resume: false };
}

test('the jobs of docs/coming-from-an-older-collector.md load, and make the ids that they promise', () => {
  const [java = '', python = ''] = blocks(read('docs/coming-from-an-older-collector.md'));
  workplace.write(
    'config.yaml',
    `${blocks(read('README.md'))[0]}  licensing: { client: pg, connection: "postgres://u@h/d" }\n`,
  );
  workplace.write('collectors/java.yaml', java);
  workplace.write('collectors/python.yaml', python);
  const environment = { ...ENVIRONMENT, LICENSING_JOURNEY_TOKEN: 'secret' };
  const { config, problems } = loadConfig('config.yaml', { environment, currentDirectory: workplace.folder });
  expect(problems).toEqual([]);
  const idOf = (index: number, cells: Record<string, readonly [ColumnKind, string | null]>) => {
    const job = config?.jobs[index];
    if (job === undefined) throw new Error('the job is there');
    const columns = Object.entries(cells).map(([name, [kind]]) => ({ name, kind, type: kind }));
    const { rules } = exampleQuery(job, 0, { zone: 'UTC' });
    return compileRecords(completeJob(job, columns).record, columns, {
      ...rules,
      timestamps: undefined,
    }).encode(Object.values(cells).map(([, value]) => value)).id;
  };
  const count = ['integer', '12'] as const;
  const channel = ['text', 'DIGITAL'] as const;
  expect(idOf(0, { event_time: ['local-datetime', '2015-01-01 00:00:00'], channel, count })).toBe(
    'daf0bfaebd465c4a22a64b9b0e72b006',
  );
  expect(
    idOf(1, {
      week_start: ['date', '2014-12-29'],
      category: ['text', 'licensing'],
      action: ['text', 'start'],
      event_type: ['text', null],
      count,
    }),
  ).toBe(Buffer.from('2014-12-29 00:00:00+00:00weeklicensingstart').toString('base64'));
});
