import { describe, expect, test } from 'vitest';
import { isMap, isScalar, isSeq, type Pair, parseDocument } from 'yaml';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { formatProblem, type Problem } from '../../src/config/problem.ts';
import { DASHBOARD, WRITE_API as OF_DASHBOARD } from './dashboards.ts';
import { CURSOR_JOB, ENVIRONMENT, folderOf, JOB, loadFiles, SNAPSHOT_JOB } from './folder.ts';

const CONFIG = `
write_api: { url: "https://a.example", retry: { for: 5m, max_delay: 30s }, proxy: "http://proxy.example:3128", gzip: true }
databases:
  benefits: { client: pg, connection: "\${DATABASE_URL}", timezone: UTC, max_connections: 2 }
  other: { client: mysql2, connection: { host: a, port: 3306, user: b, password: "\${TOKEN}", ssl: { reject_unauthorized: true } } }
  file: { client: better-sqlite3, connection: { filename: a.sqlite } }
collectors: collectors
state: { file: state.sqlite }
schedule: { timezone: Europe/London, max_concurrent_runs: 4 }
http: { listen: "127.0.0.1:9464", token: "\${TOKEN}" }
log: { level: info }
`;
const LARGE_JOB = `${JOB.replace('period: day', 'period: day\n  lookback: 3\n  start: 2015-01-01')}
  fields: { channel: { column: channel, case: lower, map: { post: paper }, default: other }, count: count }
  suppress: { fields: [count], below: 5 }
expect: { min_rows: 1 }
tests: [{ name: a, rows: [{ day: 2015-01-01 }], records: [] }]
`;
const WRITE_API = `
listen: 127.0.0.1:3039
storage: { file: a.sqlite }
data_sets: [{ data_group: a, data_type: b, token: "\${TOKEN}", name: c }]
`;

/** Of these the keys are names that people choose. */
const CHOSEN = ['databases', 'fields', 'map', 'rows', 'records', 'filter_by'];

function problemsOf(file: string, text: string): readonly Problem[] {
  if (file === 'config.yaml' || file.startsWith('collectors/'))
    return loadFiles({ 'config.yaml': CONFIG, [file]: text }).problems;
  const currentDirectory = folderOf({ 'write-api.yaml': OF_DASHBOARD, [file]: text });
  return loadWriteApiConfig('write-api.yaml', { environment: ENVIRONMENT, currentDirectory }).problems;
}

/** All pairs of keys and values, with whether the key is chosen. */
function pairsIn(node: unknown, above = ''): readonly Pair[] {
  if (isSeq(node)) return node.items.flatMap((item) => pairsIn(item, above));
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    // What stands in a list of `fields` is no mapping.
    const isChosen = CHOSEN.includes(above);
    return [...(isChosen ? [] : [pair]), ...pairsIn(pair.value, isChosen ? '' : key)];
  });
}

/** Two letters changed places, or one more where that changes nothing. */
function misspelt(key: string): string {
  const swapped = `${key[0]}${key[2] ?? ''}${key[1]}${key.slice(3)}`;
  return key.length < 3 || swapped === key ? `${key}x` : swapped;
}

const FILES: readonly (readonly [string, string])[] = [
  ['config.yaml', CONFIG],
  ['collectors/transactions.yaml', LARGE_JOB],
  [
    'collectors/events.yaml',
    CURSOR_JOB.replace('columns:', 'lag: 5m\n  columns:').replace('ORDER', 'AND updated_at <= :until ORDER'),
  ],
  ['collectors/waiting.yaml', SNAPSHOT_JOB],
  ['write-api.yaml', WRITE_API],
  ['dashboards/carers-allowance.yaml', DASHBOARD],
];

describe.each(FILES)('in %s', (file, text) => {
  const keys = pairsIn(parseDocument(text).contents).map((pair, index) => [index, String(pair.key)] as const);

  test('nothing is wrong', () => {
    expect(problemsOf(file, text).map((problem) => formatProblem(problem))).toEqual([]);
  });

  test.each(keys)('the misspelt key %i, %s, is one mistake, told with what was meant', (index, key) => {
    const document = parseDocument(text);
    const pair = pairsIn(document.contents)[index];
    if (isScalar(pair?.key)) pair.key.value = misspelt(key);
    const problems = problemsOf(file, String(document));
    expect(problems.map(({ suggestion }) => suggestion)).toEqual([`did you mean "${key}"?`]);
  });
});

test('several misspelt keys, also below each other, are one mistake each, and what stands under them is checked', () => {
  const job = JOB.replace('data_set:', 'data_sett:').replace(
    'data_group: carers-allowance',
    'dat_group: a b',
  );
  const problems = loadFiles({ 'collectors/transactions.yaml': job }).problems;
  expect(problems.map(({ path, code }) => [path, code])).toEqual([
    ['data_sett', 'unknown-key'],
    ['data_set.dat_group', 'unknown-key'],
    ['data_set.data_group', 'wrong-value'],
  ]);
});

test('a misspelt key beside the right one is told, and both stay what they are', () => {
  const problems = loadFiles({ 'collectors/transactions.yaml': `${JOB}databse: other\n` }).problems;
  expect(problems.map(({ path, code }) => [path, code])).toEqual([['databse', 'unknown-key']]);
});

test('a job without a mode is not asked for what other modes need', () => {
  const job = SNAPSHOT_JOB.replace(/^snapshot.*\n/m, '');
  const problems = loadFiles({ 'collectors/transactions.yaml': job }).problems;
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['missing-key', 'expected one of window, cursor and snapshot, got none of them'],
  ]);
});

test('a section of fields that is empty is one mistake, and no defect', () => {
  const job = `${JOB}  fields:\n  suppress: { fields: [count], below: 5 }\n`;
  const problems = loadFiles({ 'collectors/transactions.yaml': job }).problems;
  expect(problems.map(({ path }) => path)).toEqual(['record.fields']);
});

test('a column of a cursor that is nothing is one mistake', () => {
  const job = CURSOR_JOB.replace('[updated_at, id]', '[updated_at, ~]');
  const problems = loadFiles({ 'collectors/transactions.yaml': job }).problems;
  expect(problems.map(({ path }) => path)).toEqual(['cursor.columns[1]']);
});
