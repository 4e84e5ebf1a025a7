import { expect, test } from 'vitest';
import type { Parameter } from '../../src/model/query.ts';
import { type Client, dialectOf } from '../../src/sources/dialects.ts';
import * as statement from '../../src/sources/statement.ts';

const parameterText = (parameter: Parameter, client: Client, zone: string) =>
  statement.parameterText(parameter, dialectOf(client).parameters, zone);

const at = (text: string, client: Client, zone: string) =>
  parameterText({ kind: 'instant', epochMilliseconds: Date.parse(text) }, client, zone);

test.each<[string, string, Client, string]>([
  ['2014-05-31T23:00:00Z', 'Europe/London', 'pg', '2014-06-01 00:00:00+01'],
  ['2014-01-01T00:00:00Z', 'Europe/London', 'pg', '2014-01-01 00:00:00+00'],
  ['2014-01-01T00:00:00Z', 'America/St_Johns', 'pg', '2013-12-31 20:30:00-03:30'],
  ['1800-01-01T00:00:00Z', 'Europe/London', 'pg', '1799-12-31 23:58:45-00:01:15'],
  ['2014-06-01T00:00:00.250Z', 'UTC', 'pg', '2014-06-01 00:00:00.250+00'],
  ['2014-05-31T23:00:00Z', 'Europe/London', 'mysql2', '2014-06-01 00:00:00'],
  ['2014-06-01T12:30:01Z', 'Asia/Kolkata', 'mysql2', '2014-06-01 18:00:01'],
  ['2014-05-31T23:00:00Z', 'Europe/London', 'better-sqlite3', '2014-06-01'],
  ['2014-05-31T23:00:00Z', 'UTC', 'better-sqlite3', '2014-05-31 23:00:00'],
])('%s in %s is written for %s as %s', (instant, zone, client, expected) => {
  expect(at(instant, client, zone)).toBe(expected);
});

test.each<Client>(['pg', 'mysql2', 'better-sqlite3'])('a date is written for %s as it is', (client) => {
  expect(parameterText({ kind: 'date', date: '2014-06-01' }, client, 'Asia/Kolkata')).toBe('2014-06-01');
});

test.each(['2014-06-01', '2014-06-01 00:00:00', '2014-06-01T00:00:00', '2014-06-01T00:00:00Z'])(
  'SQLite takes %s for no earlier than the midnight it is',
  (stored) => {
    expect(stored >= at('2014-06-01T00:00:00Z', 'better-sqlite3', 'UTC')).toBe(true);
    expect(stored < at('2014-06-02T00:00:00Z', 'better-sqlite3', 'UTC')).toBe(true);
  },
);

test.each<[string, string, Client, string]>([
  ['0001-01-01T00:00:00Z', 'America/New_York', 'pg', '0001-01-01 00:00:00-04:56:02'],
  ['0001-01-01T00:00:00Z', 'America/New_York', 'mysql2', '0001-01-01 00:00:00'],
  ['0001-01-01T00:00:00Z', 'America/New_York', 'better-sqlite3', '0001-01-01'],
  ['9999-12-31T23:00:00Z', 'Asia/Kolkata', 'mysql2', '9999-12-31 23:59:59.999'],
])('%s in %s, which is in no year that %s has, is the nearest that it has', (instant, zone, client, text) => {
  expect(at(instant, client, zone)).toBe(text);
});
