import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { formatProblem, type Problem } from '../../src/config/problem.ts';

/** Files with one mistake each; the comments at their tops say what is told about them, from the line on. */
const FOLDER = join(import.meta.dirname, 'bad');
const SECRET = 'hunter2';
const OPTIONS = {
  currentDirectory: FOLDER,
  environment: {
    DATABASE_URL: `postgres://user:${SECRET}@localhost/benefits`,
    MYSQL_URL: `mysql://user:${SECRET}@localhost/benefits`,
    PORT: SECRET,
    TOKEN: SECRET,
  },
};

const filesIn = (folder: string) =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`);

const expected = (file: string) =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/^# expect: (.*)$/gm)].map(([, text]) => text);

const told = (problem: Problem) => formatProblem(problem).slice(problem.file.length + 1);

describe('a mistake in a job file is told at its place', () => {
  const { config, rejectedJobs } = loadConfig('config.yaml', OPTIONS);
  const problems = new Map(rejectedJobs.map((job) => [job.file, job.problems]));

  test.each(filesIn('jobs'))('%s', (file) => {
    expect(problems.get(file)?.map(told)).toEqual(expected(file));
  });

  test('and no job with a mistake is loaded', () => {
    expect(config?.jobs).toEqual([]);
  });
});

describe('a mistake in the file of a dashboard is told at its place', () => {
  const { config, dashboards, problems } = loadWriteApiConfig('write-api.yaml', OPTIONS);
  const ofFiles = Map.groupBy(problems, ({ file }) => file);

  test.each(filesIn('dashboards'))('%s', (file) => {
    expect(ofFiles.get(file)?.map(told)).toEqual(expected(file));
  });

  test('and no dashboard with a mistake is loaded, but the write API is', () => {
    expect(filesIn('dashboards').length).toBeGreaterThan(40);
    expect(dashboards).toEqual([]);
    expect(config?.data_sets).toHaveLength(4);
  });
});

describe('a mistake in config.yaml is told at its place', () => {
  test.each(filesIn('config'))('%s', (file) => {
    const { config, problems } = loadConfig(file, OPTIONS);
    expect(problems.map(told)).toEqual(expected(file));
    expect(config).toBeUndefined();
  });
});

test('no mistake shows a secret, in its words or in its excerpt', () => {
  const files = ['config.yaml', ...filesIn('config')];
  const problems = files.flatMap((file) => loadConfig(file, OPTIONS).problems);
  expect(problems.length).toBeGreaterThan(90);
  const leaks = problems.filter((problem) => {
    const text = `${JSON.stringify(problem)}${formatProblem(problem, { excerpt: true })}`;
    return [SECRET, 'secret-in-a-list', '987654321', 'token: 0123'].some((secret) => text.includes(secret));
  });
  expect(leaks).toEqual([]);
});
