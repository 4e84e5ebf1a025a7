import { describe, expect, test } from 'vitest';
import type { RecordMapping, SuppressSettings } from '../../src/config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';
import { MappingError, NotARecordError } from '../../src/records/not-a-record.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });
const COLUMNS = [column('day', 'date'), column('channel', 'text'), column('count', 'decimal')];

const suppress = (given: Partial<SuppressSettings> = {}): SuppressSettings => ({
  fields: ['count'],
  below: 5,
  replace_with: null,
  zero: false,
  mark: false,
  ...given,
});

const encoderOf = (
  settings: Partial<SuppressSettings>,
  mapping: Partial<RecordMapping> = {},
  columns: readonly Column[] = COLUMNS,
) =>
  compileRecords(
    { timestamp: 'day', id: ['_timestamp', 'channel'], suppress: suppress(settings), ...mapping },
    columns,
    { period: 'day', timezone: 'UTC', localTime: { zone: 'UTC' }, timestamps: undefined },
  );

/** What becomes of a count, as it stands in the record. */
const becomes = (value: RawValue, settings: Partial<SuppressSettings> = {}, kind: ColumnKind = 'decimal') => {
  const columns = [column('day', 'date'), column('channel', 'text'), column('count', kind)];
  const { json } = encoderOf(settings, {}, columns).encode(['2014-06-01', 'web', value]);
  return json.slice(json.indexOf('"count":') + '"count":'.length, -1);
};

describe('a number is blanked', () => {
  test.each<[string, string]>([
    ['1', 'null'],
    ['4', 'null'],
    ['4.999999999999999999999', 'null'],
    ['5', '5'],
    ['5.0', '5'],
    ['5.000000000000000000001', '5.000000000000000000001'],
    ['12345678901234567890.12', '12345678901234567890.12'],
    ['0', '0'],
    ['0.00', '0'],
    [`0.${'0'.repeat(400)}1`, 'null'],
    ['-1', 'null'],
    ['-12345678901234567890.5', 'null'],
  ])('%s becomes %s', (value, expected) => {
    expect(becomes(value)).toBe(expected);
  });

  test.each<[string, string]>([
    ['1e-07', 'null'],
    ['1e+20', '1e+20'],
    ['4.999999999999999', 'null'],
    ['-0', '0'],
  ])('a binary fraction %s becomes %s', (value, expected) => {
    expect(becomes(value, {}, 'float')).toBe(expected);
  });

  test('zero, too, with zero: true', () => {
    expect(becomes('0', { zero: true })).toBe('null');
    expect(becomes('5', { zero: true })).toBe('5');
  });

  test('by whatever the job sends in its place', () => {
    expect(becomes('3', { replace_with: '<5' })).toBe('"<5"');
    expect(becomes('3', { replace_with: 0 })).toBe('0');
  });

  test('a null stays null and counts as nothing blanked', () => {
    expect(becomes(null, { mark: true, replace_with: -1 })).toBe('null');
  });

  test('in the named fields only, constants included', () => {
    const fields = { channel: 'channel', count: 'count', other: { column: 'count' }, three: { value: 3 } };
    const { json } = encoderOf({ fields: ['count', 'three'] }, { fields }).encode(['2014-06-01', 'web', '2']);
    expect(JSON.parse(json)).toMatchObject({ count: null, other: 2, three: null });
  });
});

describe('a record in which a number was blanked', () => {
  test('carries suppressed: true as its last key with mark, and only then', () => {
    const encoder = encoderOf({ mark: true });
    const jsonOf = (count: string | null) => encoder.encode(['2014-06-01', 'web', count]).json;
    expect(jsonOf('3')).toMatch(/"count":null,"suppressed":true}$/);
    expect(jsonOf('7')).toMatch(/"count":7}$/);
    expect(jsonOf('0')).toMatch(/"count":0}$/);
    expect(jsonOf('4')).toMatch(/"suppressed":true}$/);
  });

  test('does not mark the next one when it turns out to be none', () => {
    const columns = [...COLUMNS, column('note', 'text')];
    const encoder = encoderOf({ mark: true }, {}, columns);
    expect(() => encoder.encode(['2014-06-01', 'web', '3', 'a\0b'])).toThrow(NotARecordError);
    expect(encoder.encode(['2014-06-01', 'web', '7', 'ab']).json).not.toContain('suppressed');
  });

  test('has the id that it would have anyway', () => {
    const row = ['2014-06-01', 'web', '3'];
    expect(encoderOf({}).encode(row).id).toBe(encoderOf({ fields: ['count'], below: 1 }).encode(row).id);
  });
});

describe('what is no number could hide a small one', () => {
  test.each<[ColumnKind, string, string]>([
    ['text', '3', 'string'],
    ['boolean', 't', 'boolean'],
    ['date', '2014-06-01', 'string'],
  ])('a %s is not a record', (kind, value, what) => {
    try {
      becomes(value, {}, kind);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NotARecordError);
      expect(error).toMatchObject({
        message: `the field count is to be suppressed when it is small, and holds a ${what}`,
        remedy: 'Add as: integer or as: number to record.fields.count, or select a number in the query.',
        deadLetterCause: 'not-a-record',
      });
    }
  });

  test('as: integer makes it one', () => {
    const columns = [column('day', 'date'), column('channel', 'text'), column('count', 'text')];
    const fields = { channel: 'channel', count: { column: 'count', as: 'integer' } } as const;
    const { json } = encoderOf({}, { fields }, columns).encode(['2014-06-01', 'web', '3']);
    expect(json).toMatch(/"count":null}$/);
  });
});

describe('a job is refused', () => {
  test.each<[string, Partial<SuppressSettings>, Partial<RecordMapping>, string]>([
    [
      'a field that the record does not have',
      { fields: ['total'] },
      {},
      'record.suppress names the field total, which the record does not have',
    ],
    [
      'a field suppressed beside mark',
      { mark: true },
      { fields: { channel: 'channel', count: 'count', Suppressed: { value: 'no' } } },
      'the record has a field Suppressed, and record.suppress.mark adds one of that name',
    ],
    [
      'a suppressed field in the id',
      {},
      { id: ['_timestamp', 'count'] },
      'the field count is in record.suppress and in record.id, and the _id would give its numbers away',
    ],
    [
      'a suppressed field in an id of another style',
      {},
      { id: { fields: ['count'], style: 'base64' } },
      'the _id would give its numbers away',
    ],
    [
      'the column of a suppressed field in an id that is made of columns',
      { fields: ['total'] },
      { fields: { total: 'count' }, id: { fields: ['count'], style: 'pp-db-collector-template' } },
      'the field total is in record.suppress and in record.id',
    ],
  ])('for %s', (_, settings, mapping, message) => {
    const refusal = () => encoderOf(settings, mapping);
    expect(refusal).toThrow(MappingError);
    expect(refusal).toThrow(message);
  });

  test('but not for a field suppressed without mark', () => {
    const fields = { channel: 'channel', count: 'count', suppressed: { value: 'no' } } as const;
    expect(encoderOf({}, { fields }).encode(['2014-06-01', 'web', '3']).json).toContain('"suppressed":"no"');
  });
});
