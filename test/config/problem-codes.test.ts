import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentFileOf, readEnvironment } from '../../src/config/environment-file.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { PROBLEM_KINDS } from '../../src/config/problem-codes.ts';
import { CONFIG, ENVIRONMENT, folderOf, JOB, load } from './folder.ts';

/** A good file with the keys of the example in place of its own. */
function withExample(good: string, example: string): string {
  const named = [...example.matchAll(/^(\w+):/gm)].map(([, key]) => key);
  // A job has one mode.
  const keys = named.includes('cursor') ? [...named, 'window'] : named;
  const sections = good.split(/^(?=\w+:)/m).filter((section) => !keys.includes(section.split(':')[0]));
  return `${sections.join('')}${example}\n`;
}

/** A write-api.yaml and a dashboard without mistakes. */
const WRITE_API = `
dashboards: dashboards
data_sets: [{ data_group: my-service, data_type: visits, token: "\${TOKEN}" }]
`;
const DASHBOARD = `
title: My service
modules: [{ type: kpi, title: Visits, data_set: my-service/visits, period: month }]
`;

const GOOD = new Map([
  ['config.yaml', CONFIG],
  ['write-api.yaml', WRITE_API],
]);

const goodFile = (file: string): string =>
  GOOD.get(file) ?? (file.startsWith('dashboards/') ? DASHBOARD : JOB);

/** Of both configurations in a folder. */
const problemsIn = (folder: string) => [
  ...load(folder, ENVIRONMENT).problems,
  ...loadWriteApiConfig('write-api.yaml', { environment: ENVIRONMENT, currentDirectory: folder }).problems,
];

test('the files that the examples change have no mistakes', () => {
  const files = Object.fromEntries(GOOD);
  const folder = folderOf({ ...files, 'collectors/visits.yaml': JOB, 'dashboards/visits.yaml': DASHBOARD });
  expect(problemsIn(folder)).toEqual([]);
});

test.each(Object.entries(PROBLEM_KINDS))('the example of %s is that mistake and no other', (code, kind) => {
  const { file, text } = kind.example;
  const folder = folderOf({
    ...Object.fromEntries(GOOD),
    'schema/README.md': '',
    'collectors/good.yaml': JOB,
    'dashboards/good.yaml': DASHBOARD,
    [file]: file === '.env' ? text : withExample(goodFile(file), text),
  });
  if (!GOOD.has(file) && file !== '.env') chmodSync(join(folder, file), 0o644);
  const ofVariables = readEnvironment(
    environmentFileOf('config.yaml', undefined, folder),
    ENVIRONMENT,
    folder,
  );
  const problems = [...ofVariables.problems, ...problemsIn(folder)];
  expect(problems.map((problem) => [problem.code, problem.file])).toEqual([[code, file]]);
});
