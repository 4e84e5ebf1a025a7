import { describe, expect, test } from 'vitest';
import { judgeColumns } from '../../src/first-job/dimensions.ts';
import type { SurveyedColumn } from '../../src/first-job/table-survey.ts';

const column = (name: string, values: SurveyedColumn['values'], over: Partial<SurveyedColumn> = {}) => ({
  name,
  type: 'text',
  kind: 'text' as const,
  sql: name,
  isNeverNull: false,
  values,
  ...over,
});

const repeated = (...values: string[]) =>
  Array.from({ length: 60 }, (_, row) => values[row % values.length] ?? '');
const many = (count: number) => Array.from({ length: 60 }, (_, row) => `v${row % count}`);

const outcomeOf = (each: SurveyedColumn) =>
  judgeColumns([each]).map((judged) => (judged.isDimension ? judged.values : judged.reason));

describe('a column is a dimension', () => {
  test('when it is a text of few values, a code of a fixed length or a truth', () => {
    expect(outcomeOf(column('channel', repeated('digital', 'post')))).toEqual([2]);
    expect(outcomeOf(column('code', repeated('a', 'b', 'c'), { kind: 'padded-text' }))).toEqual([3]);
    expect(outcomeOf(column('is_online', repeated('t', 'f'), { kind: 'boolean' }))).toEqual([2]);
  });

  test('of an empty table only when its type says that it has few values', () => {
    expect(outcomeOf(column('outcome', [], { type: 'enum' }))).toEqual([0]);
    expect(outcomeOf(column('channel', []))).toEqual(['there are no values to judge it by']);
  });

  test.each([
    ['email', repeated('a', 'b'), 'its name says that it tells who somebody is'],
    ['applicant_name', repeated('a', 'b'), 'its name says that it tells who somebody is'],
    ['PostCode', repeated('a', 'b'), 'its name says that it tells who somebody is'],
    ['office_id', repeated('a', 'b'), 'it tells single rows or things apart'],
    ['comment', repeated('a', 'x'.repeat(61)), 'it holds free text'],
    ['town', many(60), 'every row has its own value'],
    ['town', many(21), 'it holds more than 20 values'],
    ['town', ['a', 'b', 'b'], 'nearly every row has its own value'],
    ['town', repeated('a'), 'it holds the same value everywhere'],
  ])('%s with such values is none', (name, values, reason) => {
    expect(outcomeOf(column(name, values))).toEqual([reason]);
  });

  test('uuids are none, whatever their values, and numbers are not even mentioned', () => {
    const type = 'uuid';
    expect(outcomeOf(column('batch', repeated('a', 'b'), { type }))).toEqual([
      'it tells single rows or things apart',
    ]);
    expect(outcomeOf(column('age', repeated('1', '2'), { kind: 'integer' }))).toEqual([]);
  });

  test('four at most, because each makes the groups smaller', () => {
    const columns = ['one', 'two', 'three', 'four', 'five'].map((name) => column(name, repeated('a', 'b')));
    expect(judgeColumns(columns).map(({ isDimension }) => isDimension)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
