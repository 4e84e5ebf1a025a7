import { describe, expect, test } from 'vitest';
import { type Client, dialectOf } from '../../src/sources/dialects.ts';
import * as outline from '../../src/sources/query-outline.ts';

const outlineOf = (sql: string, client: Client) => outline.outlineOf(sql, dialectOf(client).syntax);

describe('the time of which a query makes dates', () => {
  test.each<[Client, string, string | undefined]>([
    ['pg', 'SELECT submitted_at::date AS day, count(*) FROM a GROUP BY 1', 'submitted_at'],
    ['pg', 'SELECT a.submitted_at :: date AS day FROM a', 'a.submitted_at'],
    ['pg', 'SELECT (submitted_at)::date AS day FROM a', 'submitted_at'],
    ['pg', 'SELECT CAST(submitted_at AS date) AS day FROM a', 'submitted_at'],
    ['pg', "SELECT date_trunc('day', a.submitted_at) AS day FROM a", 'a.submitted_at'],
    ['pg', "SELECT (submitted_at AT TIME ZONE 'UTC')::date AS day FROM a", 'submitted_at'],
    ['pg', "SELECT to_char(submitted_at, 'YYYY-MM') AS month FROM a", 'submitted_at'],
    ['pg', 'SELECT extract(year from submitted_at) AS year FROM a', 'submitted_at'],
    ['mysql2', 'SELECT date(`submitted_at`) AS day FROM a', '`submitted_at`'],
    ['mysql2', "SELECT date_format(submitted_at, '%Y-%m-01') AS day FROM a", 'submitted_at'],
    ['better-sqlite3', "SELECT strftime('%Y-%m-%d', submitted_at) AS day FROM a", 'submitted_at'],
    ['better-sqlite3', 'SELECT substr(submitted_at, 1, 10) AS day FROM a', 'submitted_at'],
    ['pg', "SELECT (submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date AS day FROM a", undefined],
    ['pg', "SELECT (submitted_at AT TIME ZONE 'Asia/Kolkata')::date AS day FROM a", undefined],
    ['pg', "SELECT (submitted_at + interval '5 hours')::date AS day FROM a", undefined],
    ['mysql2', "SELECT date(convert_tz(submitted_at, 'UTC', :timezone)) AS day FROM a", undefined],
    ['pg', 'SELECT :from_date::date AS day, count(*) FROM a', undefined],
    ['pg', 'SELECT cast(amount AS integer) FROM a', undefined],
    ['pg', "SELECT day FROM a -- submitted_at::date\nWHERE note <> 'x::date'", undefined],
  ])('%s: %s', (client, sql, column) => {
    expect(outlineOf(sql, client).datedTime).toBe(column);
  });
});

describe('what a query groups by and does not select', () => {
  test.each([
    ['SELECT day, count(*) FROM a GROUP BY day', []],
    ['SELECT day, count(*) FROM a GROUP BY 1', []],
    ['SELECT day, count(*) FROM a GROUP BY day, region', ['region']],
    [
      'SELECT a.day AS d, count(*) FROM a GROUP BY a.day, a.region HAVING count(*) > 1 ORDER BY 1',
      ['a.region'],
    ],
    ['SELECT submitted_at::date AS day, count(*) FROM a GROUP BY submitted_at::date', []],
    [
      "SELECT submitted_at::date day, count(*) FROM a GROUP BY date_trunc('hour', submitted_at)",
      ["date_trunc('hour', submitted_at)"],
    ],
    ['SELECT day, lower(channel) AS channel, count(*) FROM a GROUP BY day, channel', ['channel']],
    ['SELECT day, lower(channel) AS kind, count(*) FROM a GROUP BY day, kind', []],
    ['WITH b AS (SELECT day, region FROM a GROUP BY day, region) SELECT day FROM b', []],
    ['SELECT * FROM a GROUP BY region', []],
  ])('%s', (sql, expected) => {
    expect(outlineOf(sql, 'pg').groupedButNotSelected).toEqual(expected);
  });
});

test.each([
  ['SELECT day, channel FROM a', { isGrouped: false, isAggregated: false, hasDistinctRows: false }],
  ['SELECT count(*) AS n FROM a', { isGrouped: false, isAggregated: true, hasDistinctRows: true }],
  ['SELECT DISTINCT day FROM a', { isGrouped: false, isAggregated: true, hasDistinctRows: true }],
  ['SELECT day FROM (SELECT day FROM a GROUP BY day) b', { isGrouped: true, isAggregated: true }],
  ["SELECT 'count(*)' AS count FROM a", { isGrouped: false, isAggregated: false, aggregates: [] }],
  ['SELECT day, count(*) AS n, 2 * sum(x) s FROM a GROUP BY day', { aggregates: ['n', 's'] }],
])('%s is outlined', (sql, expected) => {
  expect(outlineOf(sql, 'pg')).toMatchObject(expected);
});
