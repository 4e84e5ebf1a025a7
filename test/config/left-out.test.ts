import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { CONFIG, JOB, loadFiles } from './folder.ts';

const WITHOUT_DATABASE = JOB.replace('database: benefits\n', '');
const SECOND = `  visits:
    client: better-sqlite3
    connection: { filename: visits.sqlite }
`;

const load = (job: string, config = CONFIG) =>
  loadFiles({ 'config.yaml': config, 'collectors/transactions.yaml': job });

describe('database left out', () => {
  test('is the only one of config.yaml, whose SQL the query is read as', () => {
    const { config, problems } = load(WITHOUT_DATABASE);
    expect(problems).toEqual([]);
    expect(config?.jobs).toMatchObject([{ database: 'benefits' }]);
    const wrong = load(WITHOUT_DATABASE.replace(':to', ':until')).problems;
    expect(wrong.map(({ code }) => code)).toEqual(['unknown-parameter']);
  });

  test('is a mistake that names the databases where there are several', () => {
    const [problem, ...others] = load(WITHOUT_DATABASE, CONFIG + SECOND).problems;
    expect(others).toEqual([]);
    expect(problem && formatProblem(problem)).toContain(
      'database: expected the name of a database of config.yaml, got nothing; known are: benefits, visits',
    );
  });

  test('is a mistake where config.yaml has none', () => {
    const { problems } = load(WITHOUT_DATABASE, CONFIG.slice(0, CONFIG.indexOf('databases:')));
    expect(problems.map(({ path }) => path)).toEqual(['databases', 'database']);
  });

  test('may be given by defaults.yaml, and a wrong name is still a mistake', () => {
    const files = { 'config.yaml': CONFIG + SECOND, 'collectors/transactions.yaml': WITHOUT_DATABASE };
    const loaded = loadFiles({ ...files, 'collectors/defaults.yaml': 'database: benefits\n' });
    expect(loaded.config?.jobs).toMatchObject([{ database: 'benefits' }]);
    expect(load(JOB.replace('benefits', 'benefit')).problems).toMatchObject([{ code: 'unknown-database' }]);
  });

  test.each(['database:\n', 'database: ""\n', 'database: [benefits]\n'])('is not the same as %j', (line) => {
    expect(load(line + WITHOUT_DATABASE).problems).toMatchObject([{ path: 'database' }]);
  });
});

test('data_set.data_type left out is the name of the job, on pages, too', () => {
  const job = JOB.replace('  data_type: transactions\n', '').replace(
    'schedule:',
    'description: ${TEXT}\nschedule:',
  );
  const { config, problems } = loadFiles(
    { 'collectors/transactions.yaml': '', 'collectors/claims-by-day.yaml': job },
    { DATABASE_URL: 'postgres://localhost/benefits', TOKEN: 'hunter2', TEXT: 'from outside' },
  );
  expect(problems.map(({ file }) => file)).not.toContain('collectors/claims-by-day.yaml');
  expect(config?.jobs).toMatchObject([
    { data_set: { data_type: 'claims-by-day' }, shown: { data_set: { data_type: 'claims-by-day' } } },
  ]);
});
