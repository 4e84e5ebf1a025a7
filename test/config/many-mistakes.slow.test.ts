import { expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { JOB, loadFiles } from './folder.ts';

const COUNT = 20_000;
const names = Array.from({ length: COUNT }, (_, index) => `unknown_${index % 10_000}`);
const withQuery = (query: string) => JOB.replace(/query: \|\n.*\n/, query);
const placesIn = (job: string) => {
  const { problems } = loadFiles({ 'collectors/transactions.yaml': job });
  return problems.filter(({ code }) => code === 'unknown-parameter');
};

// What takes quadratic time does not come to its end here.
test('thousands of unknown parameters have places of their own', () => {
  const lines = names.map((name) => `    AND :${name} = 1`).join('\n');
  const problems = placesIn(withQuery(`query: |\n  SELECT day WHERE true\n${lines}\n`));
  expect(problems).toHaveLength(COUNT);
  expect(problems.map(({ line, column }) => [line, column])).toEqual(
    names.map((_, index) => [12 + index, 9]),
  );
  expect(formatProblem(problems[12_345] ?? never(), { excerpt: true })).toMatch(
    /yaml:12357:9 .* got ":unknown_2345"\n12356 \| {5}AND :unknown_2344 = 1\n12357 \| {5}AND :unknown_2345 = 1\n {6}\| {9}\^{13}$/s,
  );
});

test('those of one long line, too, which is not repeated with each of them', () => {
  const problems = placesIn(withQuery(`query: SELECT ${names.map((name) => `:${name}`).join(', ')}\n`));
  expect(problems).toHaveLength(COUNT);
  expect(problems.map(({ line }) => line)).toEqual(names.map(() => 10));
  const columns = problems.map(({ column }) => column);
  expect(columns).toEqual(columns.toSorted((one, other) => one - other));
  expect(new Set(columns).size).toBe(COUNT);
  expect(problems[7]).toMatchObject({ length: 0, excerpt: [] });
});

function never(): never {
  throw new Error('there is no such problem');
}
