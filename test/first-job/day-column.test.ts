import { describe, expect, test } from 'vitest';
import { dayColumns, localDateOf, obviousDayColumn } from '../../src/first-job/day-column.ts';
import type { SurveyedColumn } from '../../src/first-job/table-survey.ts';

const column = (name: string, kind: SurveyedColumn['kind'], values: SurveyedColumn['values'] = []) => ({
  name,
  type: kind,
  kind,
  sql: name,
  isNeverNull: false,
  values,
});

describe('a column may tell the day', () => {
  test('by its type, where columns have types', () => {
    const columns = [
      column('made_on', 'date'),
      column('made_at', 'local-datetime'),
      column('sent_at', 'instant'),
      column('text', 'text', ['2015-01-01']),
    ];
    expect(dayColumns(columns, false).map(({ column: { name }, form }) => [name, form])).toEqual([
      ['made_on', 'date'],
      ['made_at', 'time'],
      ['sent_at', 'time'],
    ]);
  });

  test.each([
    [['2015-01-01', '2015-01-02'], 'date'],
    [['2015-01-01 06:30:00', '2015-01-01 06:30:00.25'], 'time'],
    [['2015-01-01T06:30:00Z'], 'spelled'],
    [['2015-01-01 06:30:00', '2015-01-01'], 'spelled'],
    [['2015-01-01', 'soon'], undefined],
    [['2015-02-30'], undefined],
    [[1_420_070_400], undefined],
    [[], undefined],
  ])('by its values %j, where only these have types', (values, form) => {
    expect(dayColumns([column('at', 'text', values)], true)[0]?.form).toBe(form);
  });
});

describe('the obvious column', () => {
  const obvious = (...names: string[]) =>
    obviousDayColumn(
      dayColumns(
        names.map((name) => column(name, 'date')),
        false,
      ),
    )?.column.name;

  test('is the only one, or the only one that is no time of a change, an end or a birth', () => {
    expect(obvious('updated_at')).toBe('updated_at');
    expect(obvious('created_at', 'updated_at', 'date_of_birth')).toBe('created_at');
  });

  test('is not one of two that are as likely', () => {
    expect(obvious('submitted_at', 'decided_at')).toBeUndefined();
    expect(obvious()).toBeUndefined();
  });
});

test('the date of a time is that of the zone of the job', () => {
  const zones = { database: 'UTC', job: 'Europe/London' };
  expect(localDateOf('2014-05-31 23:30:00', zones)).toBe('2014-06-01');
  expect(localDateOf('2014-05-31 23:30:00', { database: 'Europe/London', job: 'Europe/London' })).toBe(
    '2014-05-31',
  );
  expect(localDateOf('2014-06-01 01:30:00+02', zones)).toBe('2014-06-01');
  expect(localDateOf('2014-05-31', zones)).toBe('2014-05-31');
  for (const text of ['infinity', '0000-00-00', null, 7]) expect(localDateOf(text, zones)).toBeUndefined();
});
