import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { MODES } from '../../src/model/mode.ts';
import { CONFIG, CURSOR_JOB, JOB, loadFiles, SNAPSHOT_JOB } from './folder.ts';

const loadJob = (text: string, over: Readonly<Record<string, string>> = {}) =>
  loadFiles({ 'collectors/transactions.yaml': text, ...over });

const told = (text: string) => loadJob(text).problems.map((problem) => formatProblem(problem));

describe('a job of each mode', () => {
  test('has its defaults filled in', () => {
    expect(loadJob(CURSOR_JOB).config?.jobs).toMatchObject([
      {
        cursor: { start: ['2015-01-01T00:00:00Z', 0], lag: 0, max_rows: 100_000 },
        data_set: { replace: false },
        max_dead_letters: 100,
      },
    ]);
    expect(loadJob(SNAPSHOT_JOB).config?.jobs).toMatchObject([
      { snapshot: { period: 'hour', keep_pending: 30 * 86_400_000 } },
    ]);
  });

  test.each([
    ['a window', JOB],
    ['a cursor', CURSOR_JOB],
    ['a cursor with a lag', withLag(CURSOR_JOB)],
    ['a snapshot', SNAPSHOT_JOB],
    ['a snapshot that replaces', SNAPSHOT_JOB.replace('data_set:', 'data_set:\n  replace: true')],
    ['a window that need not say that it does not', JOB.replace('data_set:', 'data_set:\n  replace: false')],
    ['a snapshot with a timestamp', SNAPSHOT_JOB.replace('record:', 'record:\n  timestamp: day')],
    ['a lag of nothing', CURSOR_JOB.replace('query:', '  lag: 0s\nquery:')],
    ['large numbers in quotes', CURSOR_JOB.replace(', 0]', ', "9007199254740993"]')],
    ['min_rows beside a cursor', `${CURSOR_JOB}expect: { min_rows: 1 }\n`],
    ['min_rows beside a snapshot', `${SNAPSHOT_JOB}expect: { min_rows: 1 }\n`],
    ['suppressed counts', `${SNAPSHOT_JOB}  suppress: { fields: [count], below: 5, mark: true }\n`],
  ])('is loaded without a word: %s', (_, text) => {
    const { config, problems } = loadJob(text);
    expect(problems).toEqual([]);
    expect(config?.jobs).toHaveLength(1);
  });
});

function withLag(job: string): string {
  return job
    .replace('query:', '  lag: 5m\nquery:')
    .replace('  ORDER', '    AND updated_at <= :until\n  ORDER');
}

test('a job of any mode has no settings of one, so that nothing but its mode tells what it is', () => {
  const [job] = loadJob(CURSOR_JOB).config?.jobs ?? [];
  // @ts-expect-error only a job whose mode is known has settings
  expect(job?.window).toBeUndefined();
  expect(job?.mode).toBe('cursor');
});

describe('the query of a cursor job', () => {
  test.each([
    ['without ORDER BY', CURSOR_JOB.replace(/\n {2}ORDER BY .*/, '')],
    ['ordered in a comment only', CURSOR_JOB.replace('ORDER BY', '-- ORDER BY')],
    ['ordered in a literal only', CURSOR_JOB.replace(/ORDER BY .*/, "AND channel <> 'ORDER BY'")],
    [
      'ordered within parentheses only',
      CURSOR_JOB.replace(/ORDER BY .*/, 'AND id IN (SELECT id FROM a ORDER BY id LIMIT 9)'),
    ],
  ])('%s is warned about, and loaded', (_, text) => {
    expect(told(text)).toEqual([
      'collectors/transactions.yaml:10:8  warning: query: expected a query with ORDER BY, got one without; rows must come in the order of the cursor columns, or the run fails; write ORDER BY updated_at, id',
    ]);
    expect(loadJob(text).config?.jobs).toHaveLength(1);
  });

  test.each([
    'order  by updated_at, id',
    'Order /* the whole cursor */ By updated_at, id',
    'AND id > (SELECT 1) ORDER BY 1, 2',
  ])('may be ordered in any way of writing it: %s', (order) => {
    expect(told(CURSOR_JOB.replace(/ORDER BY .*/, order))).toEqual([]);
  });

  test('is warned about when it does not begin behind the cursor', () => {
    expect(told(CURSOR_JOB.replace(/ {2}WHERE .*\n/, ''))).toEqual([
      'collectors/transactions.yaml:10:8  warning: query: expected a query that begins behind :updated_at, :id, got one without; without them the second run fails; write WHERE (updated_at, id) > (:updated_at, :id)',
    ]);
  });

  test('whose parameter is mistyped has one mistake and not two', () => {
    const byId = CURSOR_JOB.replace('[updated_at, id]', '[event_id]')
      .replace('[2015-01-01T00:00:00Z, 0]', '[0]')
      .replace('(updated_at, id) > (:updated_at, :id)', 'event_id > :evnt_id');
    expect(told(byId)).toMatchObject([expect.stringContaining('did you mean ":event_id"?')]);
    expect(told(withLag(CURSOR_JOB).replace(':until', ':untill'))).toMatchObject([
      expect.stringContaining('did you mean ":until"?'),
    ]);
  });

  test.each(['pg', 'mysql2', 'better-sqlite3'])('has the same rules in every database: %s', (client) => {
    const connection = client === 'better-sqlite3' ? '{ filename: a }' : `{ host: a }`;
    const config = CONFIG.replace('client: pg', `client: ${client}`).replace('${DATABASE_URL}', connection);
    const job = CURSOR_JOB.replace('> (:updated_at, :id)', '> (:updated_at, :id) AND updated_at <= :until');
    const { problems } = loadJob(job.replace(/\n {2}ORDER BY .*/, ''), { 'config.yaml': config });
    expect(problems.map(({ code }) => code)).toEqual(['unordered-query', 'unknown-parameter']);
  });

  test('is not asked for :until or kept from it by a lag that is wrong itself', () => {
    for (const job of [CURSOR_JOB, withLag(CURSOR_JOB).replace('  lag: 5m\n', '')]) {
      const { problems } = loadJob(job.replace('query:', '  lag: 5\nquery:'));
      expect(problems.map(({ path }) => path)).toEqual(['cursor.lag']);
    }
  });
});

test.each([
  // With NO_BACKSLASH_ESCAPES the text ends at the second quote, otherwise at none.
  ["WHERE path <> 'C:\\' AND submitted_at >= :from AND submitted_at < :to", []],
  ["WHERE path <> 'it\\'s :too' AND submitted_at >= :from AND submitted_at < :to", []],
  ['WHERE `path` <> "C:\\" AND submitted_at >= :from AND submitted_at < :to', []],
  ["WHERE path <> 'C:\\' AND submitted_at >= :form", []],
  ["WHERE submitted_at >= :form AND path <> 'C:\\temp'", ['unknown-parameter']],
  ["WHERE path <> 'C:\\temp'", ['unused-parameters']],
])('a query is wrong when it is so however the server reads backslashes: %s', (where, codes) => {
  const config = CONFIG.replace('client: pg', 'client: mysql2').replace('${DATABASE_URL}', '{ host: a }');
  const job = JOB.replace(
    /query: \|\n(?: {2}.*\n)+/,
    () => `query: |\n  SELECT day, channel, count FROM counts ${where}\n`,
  );
  expect(job).toContain(where);
  const { problems } = loadJob(job, { 'config.yaml': config });
  expect(problems.filter(({ path }) => path === 'query').map(({ code }) => code)).toEqual(codes);
});

test('without a mode nothing is said of the parameters, which depend on it', () => {
  const { problems } = loadJob(JOB.replace('window:\n  period: day\n', '').replace(':to', ':too'));
  expect(problems.map(({ code, path }) => [code, path])).toEqual([['missing-key', '']]);
});

test('the mode of a job replaces another one of its defaults, and merges with the same', () => {
  const defaults =
    'window: { period: week, lookback: 9 }\ncursor: { max_rows: 5 }\nexpect: { min_rows: 2 }\n';
  const loaded = loadJob(JOB, {
    'collectors/defaults.yaml': defaults,
    'collectors/waiting.yaml': SNAPSHOT_JOB,
    'collectors/events.yaml': CURSOR_JOB,
  });
  expect(loaded.problems).toEqual([]);
  expect(loaded.config?.jobs).toMatchObject([
    { name: 'events', cursor: { max_rows: 5 }, expect: { min_rows: 2 } },
    { name: 'transactions', window: { period: 'day', lookback: 9 } },
    { name: 'waiting', snapshot: { period: 'hour' } },
  ]);
  for (const job of loaded.config?.jobs ?? []) {
    expect(MODES.filter((mode) => mode in job)).toEqual([job.mode]);
  }
});

test('defaults may give the mode', () => {
  const loaded = loadJob(SNAPSHOT_JOB.replace('snapshot: { period: hour }\n', ''), {
    'collectors/defaults.yaml': 'snapshot: { period: day }',
  });
  expect(loaded.problems).toEqual([]);
  expect(loaded.config?.jobs).toMatchObject([{ snapshot: { period: 'day' } }]);
});
