import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { computedColumns } from '../../src/sources/sqlite/computed-columns.ts';

const database = new Database(':memory:');
database.exec(`CREATE TABLE t (d, n, s); INSERT INTO t VALUES
  ('2014-06-09 10:00:00', 1, 'post'), ('2014-06-10', 2.5, '12'), (NULL, NULL, NULL)`);
afterAll(() => database.close());

const computed = (expression: string) => computedColumns(`SELECT ${expression} AS it FROM t`).get('it');
const valuesOf = (expression: string): unknown[] =>
  database.prepare(`SELECT ${expression} AS it FROM t`).pluck().all({ from_date: '2014-06-09' });

describe('a computed column is told by the text of the query, and is that whatever the rows hold:', () => {
  test.each([
    ...['count(*)', 'COUNT(DISTINCT s)', 'sum(n)', 'total(s)', 'avg(s)', 'round(avg(n), 1)', 'abs(s)', '12'],
    ...['count(*) FILTER (WHERE n > 1)', 'sum(n) OVER (PARTITION BY s)', 'coalesce(sum(n), 0)', 'length(s)'],
    ...[
      'CAST(s AS integer)',
      'cast(n AS REAL)',
      '100.0 * count(*) / 3',
      'max(count(*), 0)',
      's + n',
      't.n - 1',
    ],
    ...['ifnull(n * 2, 0)', '(sum(n) + 1) % 2', '-n'],
  ])('a number: %s', (expression) => {
    expect(computed(expression)).toBe('number');
    for (const value of valuesOf(expression)) expect(value === null || typeof value === 'number').toBe(true);
  });

  test.each([
    'date(d)',
    "date(d, 'start of month')",
    'datetime(d)',
    ':from_date',
    'coalesce(date(d), date(s))',
  ])('a time: %s', (expression) => {
    expect(computed(expression)).toBe('time');
    for (const value of valuesOf(expression)) expect(String(value)).toMatch(/^(null$|-?\d{4}-\d\d-\d\d)/);
  });

  test.each([
    ...[
      "'count(*)'",
      'lower(s)',
      'upper(n)',
      'trim(d)',
      "replace(n, '1', '')",
      "strftime('%Y', d)",
      'group_concat(n)',
    ],
    ...['hex(n)', 'CAST(n AS text)', "printf('%d', n)", "coalesce(lower(s), 'none')"],
  ])('a text: %s', (expression) => {
    expect(computed(expression)).toBe('text');
    for (const value of valuesOf(expression)) expect(value === null || typeof value === 'string').toBe(true);
  });

  test.each([
    ...['s', 't.s', 'max(s)', "s || '1' * 2", "n + 1 || 'x'", 'CASE WHEN n > 1 THEN s ELSE n END'],
    ...["coalesce(sum(n), 'none')", 'coalesce(s, count(*))', "s -> '$.a'"],
    ...['"count"', '(SELECT s FROM t)', 'count(*) > 1', 'date(d) = s', 'count(*) || s'],
    ...['n > 1 AND s', 'NOT n', 'n * 2 IS NULL', "s LIKE '1' + 1"],
  ])('nobody knows: %s', (expression) => {
    expect(computed(expression)).toBeUndefined();
  });

  test('nor what several queries give together', () => {
    expect(computedColumns("SELECT count(*) AS it FROM t UNION SELECT 'x'").size).toBe(0);
  });

  test('of the outermost query', () => {
    const sql =
      'WITH a AS (SELECT count(*) AS s FROM t) SELECT s, (SELECT 1) AS one, sum(s) total, count(*) FROM a';
    expect([...computedColumns(sql)]).toEqual([['total', 'number']]);
  });
});
