import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentFileOf, readEnvironment } from '../../src/config/environment-file.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { folderOf } from './folder.ts';

const read = (folder: string, variables: Record<string, string> = {}, named?: string) =>
  readEnvironment(environmentFileOf('config.yaml', named, folder), variables, folder);

const told = (text: string) =>
  read(folderOf({ '.env': text })).problems.map((problem) => formatProblem(problem, { excerpt: true }));

test('variables are those of .env beside the configuration, and never instead of those of the process', () => {
  const folder = folderOf({ 'etc/.env': 'A=file\nexport B="two\nlines"\nC=file # a comment\n' });
  const file = environmentFileOf('etc/config.yaml', undefined, folder);
  expect(readEnvironment(file, { A: 'process', C: '' }, folder)).toEqual({
    variables: { A: 'process', B: 'two\nlines', C: '' },
    problems: [],
  });
});

test('without a file, or with a folder of its name, they are those of the process', () => {
  const folder = folderOf({});
  expect(read(folder, { A: 'process' })).toEqual({ variables: { A: 'process' }, problems: [] });
  mkdirSync(join(folder, '.env'));
  expect(read(folder, { A: 'process' })).toEqual({ variables: { A: 'process' }, problems: [] });
});

test('a file that is named is read in its place, and must be there', () => {
  const folder = folderOf({ '.env': 'A=beside', 'test.env': 'B=named' });
  expect(read(folder, {}, 'test.env').variables).toEqual({ B: 'named' });
  expect(read(folder, {}, 'tset.env').problems).toMatchObject([
    {
      severity: 'error',
      code: 'unreadable-file',
      file: 'tset.env',
      message: 'expected a readable file of environment variables, got no such file or directory',
      suggestion: 'name one that can be read',
    },
  ]);
});

test.each([0o640, 0o604, 0o620])('a file with the rights %o is warned of', (mode) => {
  const folder = folderOf({ '.env': 'A=1' });
  chmodSync(join(folder, '.env'), mode);
  expect(read(folder)).toMatchObject({
    variables: { A: '1' },
    problems: [{ severity: 'warning', code: 'exposed-secret', suggestion: 'run chmod 600 .env' }],
  });
});

test('lines that set nothing are told by their numbers, without a word of them', () => {
  const text = '# TOKEN: a\n\nTOKEN: s3cret\r\nA="one\nTOKEN: s3cret\n"\nmy-token=s3cret\ns3cret\nB=1';
  const problems = told(text);
  expect(problems.join('\n')).not.toContain('s3cret');
  expect(
    problems.map((problem) => /^\.env:(\d+):1 {2}warning: expected NAME=value/.exec(problem)?.[1]),
  ).toEqual(['3', '7', '8']);
});

test('a quote that is not closed is told, because it becomes a part of the value', () => {
  expect(told('A="s3cret\nB=1')).toEqual([
    '.env:1:1  warning: expected NAME=value, got a value whose " is not closed; put # in front of a comment',
  ]);
});
