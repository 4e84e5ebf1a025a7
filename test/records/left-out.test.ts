import { describe, expect, test } from 'vitest';
import type { RecordSettings } from '../../src/config/schema/job-schema.ts';
import type { Column, ColumnKind } from '../../src/model/row.ts';
import { completeRecord, type LeftOutRules } from '../../src/records/left-out.ts';

const column = (name: string, kind: ColumnKind, computes?: Column['computes']): Column => ({
  name,
  kind,
  type: kind === 'dynamic' ? 'any' : kind,
  ...(computes === undefined ? {} : { computes }),
});
const COLUMNS = [
  ...[column('day', 'date'), column('channel', 'text'), column('age_band', 'padded-text')],
  ...[column('count', 'integer'), column('share', 'decimal'), column('seconds', 'float')],
];
const WINDOW = { hasOwnTime: false, telling: [] };
const SNAPSHOT = { hasOwnTime: true, telling: [] };

const told = (
  settings: RecordSettings,
  columns: readonly Column[] = COLUMNS,
  rules: LeftOutRules = WINDOW,
) => {
  const { timestamp, id } = completeRecord(settings, columns, rules);
  return { timestamp, id };
};

test('what is written stays as it is', () => {
  const written = { timestamp: 'at', id: ['count'] };
  expect(told(written, [])).toEqual(written);
});

describe('a timestamp that is left out', () => {
  test.each(['date', 'local-datetime', 'instant'] as const)('is the only column of the kind %s', (kind) => {
    expect(told({}, [column('channel', 'text'), column('at', kind)]).timestamp).toBe('at');
  });

  test('is not one that is omitted', () => {
    const columns = [...COLUMNS, column('changed_at', 'instant')];
    expect(told({ omit: ['changed_at'] }, columns)).toEqual({
      timestamp: 'day',
      id: ['_timestamp', 'age_band', 'channel'],
    });
    expect(() => told({}, columns)).toThrow('more than one date or time: day (date), changed_at (instant)');
  });

  test('is a mistake where no column is a date', () => {
    const columns = [column('count', 'integer'), column('day', 'dynamic'), column('channel', 'text')];
    expect(() => told({ id: ['channel'] }, columns)).toThrow(
      expect.objectContaining({
        message:
          'record.timestamp is left out, and by its type no column of the query is a date or a time: count (integer), ' +
          'day (no type), channel (text)',
        remedy: 'Name the column that gives _timestamp in a line under record, e.g. timestamp: day.',
      }),
    );
    expect(() => told({}, [column('count', 'integer')])).toThrow(
      expect.objectContaining({ remedy: 'Select a date or a time, of which the _timestamp is made.' }),
    );
  });

  test('stays left out in a snapshot, whose dates are what it counts by', () => {
    expect(told({}, COLUMNS, SNAPSHOT)).toEqual({
      timestamp: undefined,
      id: ['_timestamp', 'age_band', 'channel', 'day'],
    });
  });
});

describe('an id that is left out', () => {
  test('does not depend on the order of the columns', () => {
    expect(told({}, COLUMNS.toReversed())).toEqual(told({}));
  });

  test('is _timestamp where all else is numbers', () => {
    expect(told({}, [column('day', 'date'), column('count', 'integer')]).id).toEqual(['_timestamp']);
  });

  test.each<[string, RecordSettings['fields'], string[]]>([
    ['only fields', { channel: 'channel', number: 'count' }, ['channel']],
    ['a field by its own name', { by: 'channel' }, ['by']],
    ['what becomes text', { code: { column: 'count', as: 'string' } }, ['code']],
    ['not what becomes a number', { code: { column: 'channel', as: 'integer' } }, []],
    [
      'what is mapped',
      { by: { column: 'channel', map: { a: 'b' } }, up: { column: 'x', case: 'upper' } },
      ['by', 'up'],
    ],
    [
      'a constant that tells jobs apart',
      { period: { value: 'day' }, live: { value: true } },
      ['live', 'period'],
    ],
    ['no constant that tells nothing', { none: { value: null }, one: { value: 1 } }, []],
  ])('has %s', (_, fields, names) => {
    expect(told({ fields }).id).toEqual(['_timestamp', ...names]);
  });

  test('has nothing that is omitted or suppressed', () => {
    const suppress = { fields: ['age_band'], below: 5, replace_with: null, zero: false, mark: false };
    expect(told({ omit: ['channel'], suppress }).id).toEqual(['_timestamp']);
  });

  test('has no computed number, and is a mistake where nobody knows whether a column is one', () => {
    const columns = [...COLUMNS, column('number', 'dynamic', 'number')];
    expect(told({}, columns)).toEqual(told({}));
    expect(() => told({}, [...columns, column('other', 'dynamic')])).toThrow(
      expect.objectContaining({
        message:
          'record.id is left out, and the column other has no type, so that nobody knows whether other is a number ' +
          'that is counted',
        remedy:
          'Write what tells the records apart in a line under record, e.g. id: [_timestamp, channel, age_band].',
      }),
    );
  });

  test('has the columns of a cursor, which must be in the record', () => {
    const rules = { hasOwnTime: false, telling: ['day', 'count'] };
    expect(told({}, COLUMNS, rules).id).toEqual(['_timestamp', 'age_band', 'channel', 'count']);
    expect(() => told({ omit: ['count'] }, COLUMNS, rules)).toThrow(
      'the records do not have what tells rows apart: count of cursor.columns',
    );
  });
});
