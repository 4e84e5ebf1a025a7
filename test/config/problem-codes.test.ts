import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentFileOf, readEnvironment } from '../../src/config/environment-file.ts';
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

test('the files that the examples change have no mistakes', () => {
  expect(load(folderOf({ 'config.yaml': CONFIG, 'collectors/visits.yaml': JOB })).problems).toEqual([]);
});

test.each(Object.entries(PROBLEM_KINDS))('the example of %s is that mistake and no other', (code, kind) => {
  const { file, text } = kind.example;
  const isConfig = file === 'config.yaml';
  const folder = folderOf({
    'config.yaml': isConfig ? withExample(CONFIG, text) : CONFIG,
    'schema/README.md': '',
    'collectors/good.yaml': JOB,
    ...(isConfig ? {} : { [file]: file === '.env' ? text : withExample(JOB, text) }),
  });
  if (!isConfig && file !== '.env') chmodSync(join(folder, file), 0o644);
  const ofVariables = readEnvironment(
    environmentFileOf('config.yaml', undefined, folder),
    ENVIRONMENT,
    folder,
  );
  const problems = [...ofVariables.problems, ...load(folder, ENVIRONMENT).problems];
  expect(problems.map((problem) => [problem.code, problem.file])).toEqual([[code, file]]);
});
