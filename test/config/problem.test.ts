import { describe, expect, test } from 'vitest';
import { findingAt } from '../../src/config/finding.ts';
import { formatPath, formatProblem, problemOf } from '../../src/config/problem.ts';
import { SourceFile } from '../../src/config/yaml/source-file.ts';
import { ENVIRONMENT, JOB, loadFiles } from './folder.ts';

const complaint = { code: 'unknown-field', message: 'expected a field, got "chanel"' } as const;
const problemIn = (text: string, piece: string) => {
  const file = new SourceFile('/a/job.yaml', 'job.yaml', text, false);
  const start = text.indexOf(piece);
  return problemOf(findingAt({ file, start, end: start + piece.length }, ['record', 'id', 1], complaint));
};

describe('the carets of a cron expression', () => {
  test.each([
    ['schedule: "30 25 * * *"', '25'],
    ['schedule: 0  25 * * *', '25'],
    ["schedule: '0 0 30 2 *'", '30 2'],
    ['schedule: >-\n  0 25 * * *', '25'],
    ['schedule: "30 6 *"', '"30 6 *"'],
    ['schedule: "30\\t25 * * *"', '"30\\t25 * * *"'],
    ['schedule: "30 ${HOUR} * * *"', '"30 ${HOUR} * * *"'],
  ])('%s stand under %s', (line, marked) => {
    const job = `${JOB.replace(/^schedule:.*\n/m, '')}${line}\n`;
    const { problems } = loadFiles({ 'collectors/transactions.yaml': job }, { ...ENVIRONMENT, HOUR: '25' });
    const [{ column = 0, length = 0, excerpt = [] } = {}] = problems;
    expect(excerpt.at(-1)?.text.slice(column - 1, column - 1 + length)).toBe(marked);
  });
});

describe('a problem', () => {
  test('is plain data', () => {
    const problem = problemIn('a: 1\nid: [x, chanel]\n', 'chanel');
    expect(problem).toEqual({
      severity: 'error',
      code: 'unknown-field',
      file: 'job.yaml',
      line: 2,
      column: 9,
      length: 6,
      path: 'record.id[1]',
      message: 'expected a field, got "chanel"',
      excerpt: [
        { line: 1, text: 'a: 1' },
        { line: 2, text: 'id: [x, chanel]' },
      ],
    });
    expect(JSON.parse(JSON.stringify(problem))).toEqual(problem);
  });

  test('is one line of text, and with an excerpt shows the value', () => {
    const problem = problemIn('a: 1\nid: [x, chanel]\n', 'chanel');
    const line = 'job.yaml:2:9  record.id[1]: expected a field, got "chanel"';
    expect(formatProblem(problem)).toBe(line);
    expect(formatProblem(problem, { excerpt: true })).toBe(
      `${line}\n    1 | a: 1\n    2 | id: [x, chanel]\n      |         ^^^^^^`,
    );
  });

  test('in the first line has no line before it', () => {
    expect(problemIn('chanel', 'chanel').excerpt).toEqual([{ line: 1, text: 'chanel' }]);
  });

  test('of a value over several lines marks the first', () => {
    expect(problemIn('q: |\n  a\n  b\n', '|\n  a\n  b\n')).toMatchObject({ line: 1, column: 4, length: 1 });
  });

  test('after tabs keeps them under the line', () => {
    expect(formatProblem(problemIn('\t\tchanel', 'chanel'), { excerpt: true }).split('\n').at(-1)).toBe(
      '      | \t\t^^^^^^',
    );
  });
});

test.each([
  [[], ''],
  [['record', 'id', 1], 'record.id[1]'],
  [['databases', 'my db', 'client'], 'databases["my db"].client'],
  [[0, 'a'], '[0].a'],
])('the path %j is written %s', (path, text) => {
  expect(formatPath(path)).toBe(text);
});

test('an excerpt shows characters that a terminal would take for commands as \ufffd', () => {
  const file = new SourceFile('job.yaml', 'job.yaml', 'a: "\x1b[31mred"', false);
  const problem = problemOf(
    findingAt({ file, start: 4, end: 5 }, [], { code: 'yaml-syntax', message: 'expected text' }),
  );
  expect(formatProblem(problem, { excerpt: true })).toBe(
    'job.yaml:1:5  expected text\n    1 | a: "\ufffd[31mred"\n      |     ^',
  );
});
