import { describe, expect, test } from 'vitest';
import type { RecordMapping } from '../../src/config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });
const COLUMNS = [column('day', 'date'), column('channel', 'text'), column('count', 'integer')];

const encoderOf = (mapping: Partial<RecordMapping> = {}) =>
  compileRecords({ timestamp: 'day', id: ['_timestamp', 'channel'], ...mapping }, COLUMNS, {
    period: 'day',
    timezone: 'UTC',
    localTime: { zone: 'UTC' },
    timestamps: ['2014-06-01T00:00:00Z', '2014-07-01T00:00:00Z'],
  });

const causeOf = (row: readonly RawValue[]) => {
  try {
    return encoderOf().encode(row).id;
  } catch (error) {
    return (error as { deadLetterCause?: string }).deadLetterCause;
  }
};

const GOOD = ['2014-06-01', 'web', '1'];

test('the key of a row is the _id that its record has', () => {
  expect(encoderOf().keyOf(GOOD)).toBe(encoderOf().encode(GOOD).id);
});

describe('a row that is not a record keeps its key', () => {
  test('when a value is at fault that the id is not made of', () => {
    const row = ['2014-06-01', 'web', 'one'];
    expect(causeOf(row)).toBe('not-a-record');
    expect(encoderOf().keyOf(row)).toBe(encoderOf().encode(GOOD).id);
  });

  test('when it has no _timestamp, and the id needs none', () => {
    const encoder = encoderOf({ id: ['channel'] });
    expect(encoder.keyOf([null, 'web', '1'])).toBe(encoder.encode(GOOD).id);
    expect(encoder.keyOf(['2014-06-31', 'web', '1'])).toBe(encoder.encode(GOOD).id);
  });

  test('when it is outside the window', () => {
    const row = ['2014-08-01', 'web', '1'];
    expect(causeOf(row)).toBe('outside-window');
    const key = encoderOf().keyOf(row);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(key).not.toBe(encoderOf().keyOf(GOOD));
  });

  test.each([
    [{ fields: ['_timestamp', 'channel'], style: 'base64' as const }],
    [{ fields: ['day', 'channel'], style: 'pp-db-collector-template' as const }],
  ])('in the style of %j', (id) => {
    const key = encoderOf({ id }).keyOf(['2014-06-01', 'web', 'one']);
    expect(key).toBe(encoderOf({ id }).encode(GOOD).id);
  });

  test('and asking for it changes no record that follows', () => {
    const encoder = encoderOf();
    const { json } = encoder.encode(GOOD);
    encoder.keyOf(['2014-06-02', 'post', 'x']);
    expect(encoder.encode(GOOD).json).toBe(json);
  });
});

test.each<[string, readonly RawValue[]]>([
  ['its _timestamp is at fault', ['2014-06-31', 'web', '1']],
  ['it has no _timestamp', [null, 'web', '1']],
  ['a field of the id is at fault', ['2014-06-01', 'a\0b', '1']],
  ['a field of the id is null', ['2014-06-01', null, '1']],
])('a row has no key when %s', (_, row) => {
  expect(causeOf(row)).toBe('not-a-record');
  expect(encoderOf().keyOf(row)).toBeUndefined();
});
