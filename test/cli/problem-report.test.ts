import { expect, test } from 'vitest';
import { problemReport } from '../../src/cli/shell/setting.ts';
import type { Problem } from '../../src/config/problem.ts';

const plain = (_: unknown, text: string) => text;

const problem = (file: string, line: number, changes: Partial<Problem> = {}): Problem => ({
  severity: 'error',
  code: 'wrong-value',
  file,
  line,
  column: 7,
  length: 2,
  path: 'window.period',
  message: 'expected day, got "dy"',
  excerpt: [{ line, text: 'perio: dy' }],
  ...changes,
});

const many = (count: number, inFiles: number) =>
  Array.from({ length: count }, (_, index) => problem(`${index % inFiles}.yaml`, index + 1));

test('a report without mistakes is empty', () => {
  expect(problemReport([], plain)).toBe('');
});

test('a report of one file shows each mistake and ends with their number', () => {
  expect(problemReport([problem('a.yaml', 3)], plain)).toBe(
    `a.yaml:3:7  window.period: expected day, got "dy" [wrong-value]
    3 | perio: dy
      |       ^^
1 mistake in 1 file; \`pp-db-collector explain wrong-value\` says more
`,
  );
});

test('a report of several files groups them, in order of lines, with the number of each; warnings are counted apart', () => {
  const warning = problem('a.yaml', 1, { severity: 'warning', excerpt: [], suggestion: 'write day' });
  expect(problemReport([problem('a.yaml', 3), problem('b.yaml', 1), warning], plain)).toBe(
    `a.yaml: 1 mistake, 1 warning
a.yaml:1:7  warning: window.period: expected day, got "dy"; write day [wrong-value]
a.yaml:3:7  window.period: expected day, got "dy" [wrong-value]
    3 | perio: dy
      |       ^^

b.yaml: 1 mistake
b.yaml:1:7  window.period: expected day, got "dy" [wrong-value]
    1 | perio: dy
      |       ^^

2 mistakes, 1 warning in 2 files; \`pp-db-collector explain wrong-value\` says more
`,
  );
});

test('the last line says how to ask about a mistake, and only without one about a warning', () => {
  const warning = problem('a.yaml', 1, { severity: 'warning', code: 'exposed-secret' });
  expect(problemReport([warning, problem('b.yaml', 1)], plain)).toContain('explain wrong-value` says more\n');
  expect(problemReport([warning], plain)).toContain('explain exposed-secret` says more\n');
});

test('warnings alone are not called mistakes', () => {
  const report = problemReport([problem('a.yaml', 1, { severity: 'warning' })], plain);
  expect(report).toMatch(/\n1 warning in 1 file; `pp-db-collector explain wrong-value` says more\n$/);
});

test('a report of 1,000 mistakes shows the lines of 20 and has one line for each of the others', () => {
  const lines = problemReport(many(1_000, 37), plain).trimEnd().split('\n');
  expect(lines.filter((line) => line.includes('^^'))).toHaveLength(20);
  expect(lines.filter((line) => line.includes('.yaml:'))).toHaveLength(1_000 + 37);
  expect(lines.at(-1)).toBe('1,000 mistakes in 37 files; `pp-db-collector explain wrong-value` says more');
  expect(lines.length).toBeLessThan(1_100);
});

test('files with one mistake each take one line each after the first 20', () => {
  const lines = problemReport(many(500, 500), plain).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('499.yaml'))).toEqual([
    '499.yaml:500:7  window.period: expected day, got "dy" [wrong-value]',
  ]);
  expect(lines).toHaveLength(20 * 5 + 480 + 1);
});

test('on a terminal places are bold, lines dim and carets red; those of warnings yellow', () => {
  const marked = (style: unknown, text: string) => `<${style}>${text}</>`;
  const report = problemReport([problem('a.yaml', 1), problem('a.yaml', 2, { severity: 'warning' })], marked);
  expect(report).toBe(
    `<bold>a.yaml:1:7</>  window.period: expected day, got "dy" <dim>[wrong-value]</>
<dim>    1 | perio: dy</>
<dim>      |</>       <red>^^</>
<bold>a.yaml:2:7</>  <yellow>warning</>: window.period: expected day, got "dy" <dim>[wrong-value]</>
<dim>    2 | perio: dy</>
<dim>      |</>       <yellow>^^</>
<bold>1 mistake, 1 warning in 1 file</>; \`pp-db-collector explain wrong-value\` says more
`,
  );
});
