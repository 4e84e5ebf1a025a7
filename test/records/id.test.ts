import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RecordMapping } from '../../src/config/schema/job-schema.ts';
import type { Column, ColumnKind, Row } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';
import { idHash } from '../../src/records/id.ts';
import { idFieldNames, idPartsOf, isInId, partText, tellsPeriod } from '../../src/records/id-parts.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });
const COLUMNS = [column('at', 'local-datetime'), column('number', 'decimal'), column('name', 'text')];
const row = (number: string, name: string): Row => ['2014-06-01 12:30:05', number, name];

const encoderOf = (id: unknown, over: Partial<RecordMapping> = {}) =>
  compileRecords({ timestamp: 'at', id, ...over } as RecordMapping, COLUMNS, {
    ...{ period: undefined, timezone: 'UTC', localTime: { zone: 'UTC' }, timestamps: undefined },
  });

describe('an _id', () => {
  test('is the start of the SHA-256 of the JSON of its parts, whatever their length', () => {
    const encoder = encoderOf(['name']);
    // Of quotes the JSON is twice as long, and at last takes all the room there is.
    const lengths = [0, 1, 26, 27, 28, 59, ...Array.from({ length: 60 }, (_, index) => 32_720 + index)];
    for (const name of lengths.map((length) => '"'.repeat(length)))
      expect(encoder.encode(row('1', name)).id).toBe(
        hash('sha256', JSON.stringify([name]), 'hex').slice(0, 32),
      );
  });

  test.each([
    ['the usual style', ['name']],
    ['an older one', { style: 'plain', fields: ['name'] }],
  ])('of %s is told from others by two words of its hash, as its text is', (_style, id) => {
    const encoder = encoderOf(id);
    const hashOf = idHash(id as RecordMapping['id']);
    const wordsOf = (name: string) => {
      const { id: text } = encoder.encode(row('1', name));
      expect(hashOf(text)).toEqual(encoder.idWords.slice(0, 2));
      return [...encoder.idWords.subarray(0, 2)];
    };
    const words = ['a', 'b', 'c', 'a'].map(wordsOf);
    expect(new Set(words.map(String)).size).toBe(3);
    expect(words[3]).toEqual(words[0]);
  });

  test('of an older style finds room in a record of any length', () => {
    const encoder = encoderOf({ style: 'plain', fields: ['number'] });
    for (let quotes = 32_680; quotes < 32_770; quotes += 1) {
      const name = '"'.repeat(quotes);
      const { id, json } = encoder.encode(row('123456', name));
      expect(id).toBe('123456');
      expect(JSON.parse(json)).toEqual({ _id: id, _timestamp: '2014-06-01T12:30:05Z', number: 123456, name });
    }
  });

  test('of an older style has all digits of a number', () => {
    const id = { style: 'plain', fields: ['number'] };
    expect(encoderOf(id).encode(row('9007199254740993001', 'a')).id).toBe('9007199254740993001');
  });

  test('writes the time of a column as it stands, in the format that is asked for', () => {
    const made = (format: string) =>
      encoderOf({ style: 'plain', fields: [{ column: 'at', format }] }).encode(row('1', 'a')).id;
    expect(made('yyyyMMddHHmmss')).toBe('20140601123005');
    expect(made('yyyy-MM-ddTHH:mm:ss+00:00')).toBe('2014-06-01T12:30:05+00:00');
  });

  test('is made of the column where a field of the same name comes from another one', () => {
    const fields = { name: { column: 'number' } } as RecordMapping['fields'];
    const made = (part: object) =>
      encoderOf({ style: 'plain', fields: [part] }, { fields }).encode(row('17', 'seventeen')).id;
    expect(made({ column: 'name' })).toBe('seventeen');
    expect(made({ field: 'name' })).toBe('17');
  });

  test('of the template may be made of _timestamp', () => {
    const id = { style: 'pp-db-collector-template', fields: ['_timestamp', 'name'] };
    expect(encoderOf(id).encode(row('1', 'a')).id).toBe(hash('md5', '2014-06-01T12:30:05Za', 'hex'));
  });
});

describe('the parts of an _id', () => {
  const OLDER = {
    style: 'plain',
    fields: ['channel', { column: 'at', format: 'yyyy-MM-dd' }, { value: 'week' }, { field: 'week' }],
  } as unknown as RecordMapping['id'];
  const TEMPLATE = { style: 'pp-db-collector-template', fields: ['channel'] } as RecordMapping['id'];

  test('are told in words', () => {
    expect(idPartsOf(OLDER).map(partText)).toEqual(['channel', 'column at as yyyy-MM-dd', '"week"', 'week']);
  });

  test('are the fields among them, and what the template may take for fields', () => {
    expect(idFieldNames(OLDER)).toEqual(['channel', 'week']);
    expect(idFieldNames(TEMPLATE)).toEqual(['channel']);
  });

  test('tell a field by its name, and a column where one is named', () => {
    expect(isInId(OLDER, 'channel', 'other')).toBe(true);
    expect(isInId(OLDER, 'other', 'channel')).toBe(false);
    expect(isInId(OLDER, 'at', 'other')).toBe(false);
    expect(isInId(OLDER, 'other', 'at')).toBe(true);
    expect(isInId(OLDER, 'other', undefined)).toBe(false);
    expect(isInId(TEMPLATE, 'channel', 'other')).toBe(true);
    expect(isInId(TEMPLATE, 'other', 'channel')).toBe(true);
    expect(isInId([], 'other', 'other')).toBe(false);
  });
});

test.each([
  [['_timestamp', 'name'], 'hour', true],
  [['name'], 'day', false],
  [{ style: 'plain', fields: [{ column: 'at' }] }, 'hour', true],
  [{ style: 'plain', fields: [{ field: '_timestamp', format: 'yyyy-MM-dd' }] }, 'day', true],
  [{ style: 'plain', fields: [{ field: '_timestamp', format: 'yyyy-MM-dd' }] }, 'hour', false],
] as const)('an _id of %j says of which %s its record is: %s', (id, period, tells) => {
  expect(tellsPeriod({ timestamp: 'at', id } as unknown as RecordMapping, period)).toBe(tells);
});
