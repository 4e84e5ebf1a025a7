import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/sources/dialects.ts';
import { createStatement } from '../../src/sources/statement.ts';
import { query } from './reading.ts';

const [dialect] = DIALECTS;

/** What a database would say of a name, for queries that are not known to stand in a file. */
const placeOf = (sql: string, name: string) =>
  createStatement('benefits', query(sql), dialect, 'UTC').placeOf(name)?.place;

test.each([
  ['select nme from visits', 'nme', 'at line 1, column 8 of the query'],
  ["select 'nme', NME /* nme */ from visits -- nme", 'nme', 'at line 1, column 15 of the query'],
  ['select v.id,\n  v . nme from visits as v', 'v.nme', 'at line 2, column 3 of the query'],
  ['select "nme" from visits', 'nme', 'at line 1, column 8 of the query'],
  ['select id from visit', 'shop.visit', 'at line 1, column 16 of the query'],
  ["select '😀', nme", 'nme', 'at line 1, column 13 of the query'],
])('the only occurrence of a name in %s', (sql, name, place) => {
  expect(placeOf(sql, name)).toBe(place);
});

test.each([
  ['select nme from visits where nme > 1', 'nme'],
  ['select v.nme from visits as v', 'nme'],
  ["select 'nme'", 'nme'],
  ['select 1', ''],
])('none or several in %s', (sql, name) => {
  expect(placeOf(sql, name)).toBeUndefined();
});

test('a query that does not stand in its file as it is has lines and columns of its own', () => {
  const written = { place: 'collectors/visits.yaml:3:1', quote: () => undefined };
  const statement = createStatement('benefits', { ...query('select nme'), written }, dialect, 'UTC');
  expect(statement.placeOf('nme')?.place).toBe(
    'at line 1, column 8 of the query, collectors/visits.yaml:3:1',
  );
  expect(statement.placeOf('other')?.place).toBe('in the query at collectors/visits.yaml:3:1');
});
