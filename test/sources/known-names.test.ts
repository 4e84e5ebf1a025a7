import { expect, test } from 'vitest';
import { knownNamesText } from '../../src/sources/known-names.ts';

const ROWS = [
  ['visits', 'day'],
  ['visits', 'channel'],
  ['visits', 'channels'],
  ['shops', 'chanell'],
  ['shops', 'id'],
];
const column = (name: string, sql: string) => knownNamesText({ kind: 'column', name }, sql, ROWS);
const table = (name: string) => knownNamesText({ kind: 'table', name }, `select 1 from ${name}`, ROWS);

test('the nearest columns of the tables in the query, and of no other', () => {
  expect(column('chanel', 'select chanel from Visits')).toBe('Did you mean channel or channels?');
  expect(column('s.chanel', 'select s.chanel from shops as s')).toBe('Did you mean chanell?');
});

test('the few that there are, where none is near', () => {
  expect(column('person', 'select person from shops')).toBe(
    'Correct the name of the column: shops has chanell and id.',
  );
  expect(column('person', 'select person from shops, visits')).toBe(
    'Correct the name of the column: visits and shops have day, channel, channels, chanell and id.',
  );
  expect(table('people')).toBe('Correct the name of the table: the database has visits and shops.');
});

test('the nearest tables', () => {
  expect(table('shop.visit')).toBe('Did you mean visits?');
});

test('nothing of tables that are unknown, and nothing of too many', () => {
  expect(column('person', 'select person from others')).toBeUndefined();
  const many = Array.from({ length: 13 }, (_, index) => ['wide', `value_${index}`]);
  expect(knownNamesText({ kind: 'column', name: 'x' }, 'select x from wide', many)).toBeUndefined();
});
