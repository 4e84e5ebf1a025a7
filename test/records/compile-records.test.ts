import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RecordMapping } from '../../src/config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue } from '../../src/model/row.ts';
import { compileRecords, type RecordRules } from '../../src/records/compile-records.ts';

const RULES: RecordRules = {
  period: 'day',
  timezone: 'Europe/London',
  localTime: { zone: 'UTC' },
  timestamps: undefined,
};

const column = (name: string, kind: ColumnKind, type: string = kind): Column => ({ name, kind, type });

function recordOf(
  columns: readonly Column[],
  row: readonly RawValue[],
  mapping: Partial<RecordMapping> = {},
  rules: Partial<RecordRules> = {},
) {
  const full: RecordMapping = { timestamp: 'day', id: ['_timestamp'], ...mapping };
  return compileRecords(full, columns, { ...RULES, ...rules }).encode(row);
}

const DAY = column('day', 'date');

/** The JSON text of one value beside a date. */
function jsonOf(
  kind: ColumnKind,
  value: RawValue,
  field: object = {},
  rules: Partial<RecordRules> = {},
): string {
  const fields = Object.keys(field).length > 0 ? { value: { column: 'value', ...field } } : undefined;
  const record = recordOf(
    [DAY, column('value', kind)],
    ['2014-06-01', value],
    { ...(fields && { fields }) },
    rules,
  );
  return record.json.slice(record.json.indexOf('"value":') + '"value":'.length, -1);
}

describe('a record', () => {
  test('has _id, _timestamp and the fields in this order, without white space', () => {
    const columns = [column('channel', 'text'), DAY, column('count', 'integer')];
    const { json, id } = recordOf(columns, ['digital', '2015-01-01', '12'], {
      id: ['_timestamp', 'channel'],
    });
    expect(json).toBe(`{"_id":"${id}","_timestamp":"2015-01-01T00:00:00Z","channel":"digital","count":12}`);
  });

  test('has the id that a shell computes from the JSON array of its id fields', () => {
    const { id } = recordOf([DAY, column('channel', 'text')], ['2015-01-01', 'digital'], {
      id: ['_timestamp', 'period', 'channel'],
      fields: { period: { value: 'day' }, channel: 'channel' },
    });
    // printf '%s' '["2015-01-01T00:00:00Z","day","digital"]' | sha256sum | cut -c1-32
    expect(id).toBe('49b72262ff4e105e4bb9c430a624524c');
  });

  test('keeps the ids of the older template: MD5 of the row’s plain texts, joined', () => {
    const { id } = recordOf(
      [column('submitted_on', 'date'), column('channel', 'text')],
      ['2015-01-01', 'POST'],
      {
        timestamp: 'submitted_on',
        id: { fields: ['submitted_on', 'period', 'channel'], style: 'pp-db-collector-template' },
        fields: { period: { value: 'day' }, channel: { column: 'channel', case: 'lower' } },
      },
    );
    expect(id).toBe(createHash('md5').update('2015-01-01dayPOST').digest('hex'));
  });

  test('keeps the ids that the platform made itself: base64 of the values joined by a dot', () => {
    const id = (separator?: string) =>
      recordOf([DAY, column('count', 'integer')], ['2015-01-01', '7'], {
        id: { fields: ['_timestamp', 'count'], style: 'base64', separator },
      }).id;
    expect(Buffer.from(id(), 'base64').toString()).toBe('2015-01-01T00:00:00Z.7');
    expect(Buffer.from(id('_'), 'base64').toString()).toBe('2015-01-01T00:00:00Z_7');
  });

  test('leaves out the columns of omit', () => {
    const { json } = recordOf(
      [DAY, column('internal_note', 'text'), column('count', 'integer')],
      ['2015-01-01', 'x', '1'],
      {
        omit: ['internal_note'],
      },
    );
    expect(json).not.toContain('internal_note');
  });

  test('changes the case, then maps, then falls back', () => {
    const field = { case: 'lower', map: { post: 'paper', fax: null }, default: 'other' };
    expect(jsonOf('text', 'POST', field)).toBe('"paper"');
    expect(jsonOf('text', 'Fax', field)).toBe('null');
    expect(jsonOf('text', 'web', field)).toBe('"other"');
    expect(jsonOf('text', null, field)).toBe('null');
    expect(jsonOf('text', 'Web', { case: 'upper' })).toBe('"WEB"');
  });
});

describe('a value', () => {
  test.each<[ColumnKind, RawValue, string]>([
    ['integer', '9223372036854775807', '9223372036854775807'],
    ['integer', '-9223372036854775808', '-9223372036854775808'],
    ['integer', 9223372036854775807n, '9223372036854775807'],
    ['integer', '00042', '42'],
    ['integer', '-0', '0'],
    ['integer', null, 'null'],
    ['decimal', '12345678901234567890.12', '12345678901234567890.12'],
    ['decimal', '0.10', '0.1'],
    ['decimal', '1.50', '1.5'],
    ['decimal', '-0.00', '0'],
    ['decimal', '007.000', '7'],
    ['decimal', '-.5', '-0.5'],
    ['decimal', '100', '100'],
    ['decimal', 1e-7, '0.0000001'],
    ['float', '0.1', '0.1'],
    ['float', '1e-05', '0.00001'],
    ['float', '100000000000000000000', '1e+20'],
    ['float', '-0', '0'],
    ['boolean', 't', 'true'],
    ['boolean', 0, 'false'],
    ['text', 'é "quoted" \\ 😀\n', '"é \\"quoted\\" \\\\ 😀\\n"'],
    ['padded-text', 'ab   ', '"ab"'],
    ['text', 'ab   ', '"ab   "'],
    ['date', '2014-06-01', '"2014-06-01"'],
    ['local-datetime', '2014-06-01 12:30:00.120000', '"2014-06-01T12:30:00.12Z"'],
    ['local-datetime', '2014-06-01 12:30:00.000000', '"2014-06-01T12:30:00Z"'],
    ['instant', '2014-06-01 00:30:00.5+01', '"2014-05-31T23:30:00.5Z"'],
    ['instant', '2014-06-01 00:30:00+05:30', '"2014-05-31T19:00:00Z"'],
    ['instant', '1840-06-01 00:00:00-00:01:15', '"1840-06-01T00:01:15Z"'],
    ['dynamic', 3n, '3'],
    ['dynamic', 1.5, '1.5'],
    ['dynamic', '12', '"12"'],
  ])('%s %o becomes %s', (kind, raw, json) => {
    expect(jsonOf(kind, raw)).toBe(json);
  });

  test.each<[string, RawValue, string]>([
    ['integer', '12.00', '12'],
    ['number', '12345678901234567890.12', '12345678901234567890.12'],
    ['number', '1e3', '1000'],
    ['string', '12', '"12"'],
    ['boolean', '1', 'true'],
    ['date', '2014-06-01 23:30:00', '"2014-06-02"'],
    ['datetime', '2014-06-01', '"2014-06-01T00:00:00Z"'],
    ['datetime', '2014-06-01T10:00:00+01:00', '"2014-06-01T09:00:00Z"'],
  ])('as %s %o becomes %s', (as, raw, json) => {
    expect(jsonOf('text', raw, { as })).toBe(json);
  });

  test.each<[ColumnKind, RawValue, object, string]>([
    [
      'integer',
      '9223372036854775808',
      {},
      'column value: "9223372036854775808" is an integer of more than 64 bits, which the write API refuses',
    ],
    [
      'decimal',
      '99999999999999999999.00',
      {},
      'column value: "99999999999999999999" is an integer of more than 64 bits, which the write API refuses',
    ],
    ['decimal', 'NaN', {}, 'column value: "NaN" is not a number that JSON has'],
    ['decimal', `${'1'.repeat(400)}.5`, {}, 'column value: a number of more than 308 digits'],
    ['float', 'Infinity', {}, 'column value: "Infinity" is not a number that JSON has'],
    ['integer', 1.5, {}, 'column value: 1.5 is not an integer'],
    ['date', '0000-00-00', {}, 'column value: "0000-00-00" is not a date'],
    ['date', 'infinity', {}, 'column value: "infinity" is not a date'],
    ['date', '2014-02-30', {}, 'column value: "2014-02-30" is not a date'],
    [
      'local-datetime',
      '2014-06-31 10:00:00',
      {},
      'column value: "2014-06-31 10:00:00" is not a date and time',
    ],
    [
      'instant',
      '2014-06-30 10:00:00+99:00',
      {},
      'column value: "2014-06-30 10:00:00+99:00" is not a date and time',
    ],
    [
      'text',
      'a\0b',
      {},
      'column value: holds U+0000 or half of a character (a lone surrogate), which the write API cannot store',
    ],
    [
      'text',
      'a\ud800b',
      {},
      'column value: holds U+0000 or half of a character (a lone surrogate), which the write API cannot store',
    ],
    ['dynamic', new Uint8Array([1]), {}, 'column value: holds binary data'],
    ['text', new Uint8Array([0x4f, 0x72, 0xe9]), {}, 'column value: holds bytes that are no text in UTF-8'],
    ['padded-text', new Uint8Array([49]), {}, 'column value: holds binary data'],
    ['integer', new Uint8Array([49]), {}, 'column value: holds binary data'],
    ['decimal', new Uint8Array([49]), {}, 'column value: holds binary data'],
    ['float', new Uint8Array([49]), {}, 'column value: holds binary data'],
    ['boolean', new Uint8Array([1]), {}, 'column value: holds binary data'],
    ['date', new Uint8Array(10), {}, 'column value: holds binary data'],
    ['local-datetime', new Uint8Array(19), {}, 'column value: holds binary data'],
    ['text', new Uint8Array([49]), { as: 'integer' }, 'column value: holds binary data'],
    ['text', new Uint8Array([49]), { as: 'string', case: 'lower' }, 'column value: holds binary data'],
    ['text', 'yes', { as: 'boolean' }, 'column value: "yes" is not a boolean'],
    ['text', '1.5', { as: 'integer' }, 'column value: "1.5" is not an integer'],
  ])('%s %o %o is refused', (kind, raw, field, message) => {
    expect(() => jsonOf(kind, raw, field)).toThrow(message);
  });
});

describe('a datetime without zone', () => {
  const london = { localTime: { zone: 'Europe/London' } };

  test.each([
    ['2014-03-30 00:59:59', '"2014-03-30T00:59:59Z"'],
    ['2014-03-30 02:00:00', '"2014-03-30T01:00:00Z"'],
    ['2014-10-26 00:59:59', '"2014-10-25T23:59:59Z"'],
    ['2014-10-26 02:00:00', '"2014-10-26T02:00:00Z"'],
  ])('%s in London is %s', (text, json) => {
    expect(jsonOf('local-datetime', text, {}, london)).toBe(json);
  });

  test.each(['2014-03-30 01:30:00', '2014-10-26 01:30:00'])(
    '%s does not tell an instant in London',
    (text) => {
      expect(() => jsonOf('local-datetime', text, {}, london)).toThrow(
        `column value: "${text}" exists twice or not at all in Europe/London, where the clocks were changed`,
      );
    },
  );

  test('takes the reading that the database’s settings name', () => {
    const read = (ambiguous: 'earlier' | 'later') =>
      jsonOf(
        'local-datetime',
        '2014-10-26 01:30:00',
        {},
        { localTime: { zone: 'Europe/London', ambiguous } },
      );
    expect(read('earlier')).toBe('"2014-10-26T00:30:00Z"');
    expect(read('later')).toBe('"2014-10-26T01:30:00Z"');
  });

  test('still tells its day when both readings fall on it', () => {
    const { json } = recordOf([column('day', 'local-datetime')], ['2014-10-26 01:30:00'], {}, london);
    expect(json).toContain('"_timestamp":"2014-10-26T00:00:00Z"');
  });

  test('is right in a zone that moves by half an hour', () => {
    const lordHowe = { localTime: { zone: 'Australia/Lord_Howe' } };
    expect(jsonOf('local-datetime', '2014-04-06 01:15:00', {}, lordHowe)).toBe('"2014-04-05T14:15:00Z"');
    expect(jsonOf('local-datetime', '2014-04-06 02:15:00', {}, lordHowe)).toBe('"2014-04-05T15:45:00Z"');
    expect(() => jsonOf('local-datetime', '2014-04-06 01:45:00', {}, lordHowe)).toThrow('exists twice');
  });
});

describe('_timestamp', () => {
  const timestampOf = (
    kind: ColumnKind,
    value: RawValue,
    rules: Partial<RecordRules> = {},
    mapping: Partial<RecordMapping> = {},
  ) => JSON.parse(recordOf([column('day', kind)], [value], mapping, rules).json)._timestamp;

  test.each<[ColumnKind, string, Partial<RecordRules>, string]>([
    ['date', '2014-06-01', {}, '2014-06-01T00:00:00Z'],
    ['instant', '2014-05-31 23:30:00+00', {}, '2014-06-01T00:00:00Z'],
    ['instant', '2014-05-31 22:30:00+00', {}, '2014-05-31T00:00:00Z'],
    ['local-datetime', '2014-05-31 23:30:00', {}, '2014-06-01T00:00:00Z'],
    ['date', '2014-06-05', { period: 'week' }, '2014-06-02T00:00:00Z'],
    ['date', '2014-06-01', { period: 'week' }, '2014-05-26T00:00:00Z'],
    ['date', '2014-06-05', { period: 'month' }, '2014-06-01T00:00:00Z'],
    ['date', '2014-06-05', { period: 'quarter' }, '2014-04-01T00:00:00Z'],
    ['date', '2014-06-05', { period: 'year' }, '2014-01-01T00:00:00Z'],
    ['local-datetime', '2014-06-01 10:59:59', { period: 'hour' }, '2014-06-01T10:00:00Z'],
    ['instant', '2014-06-01 10:45:00+05:30', { period: 'hour' }, '2014-06-01T05:00:00Z'],
    ['local-datetime', '2014-06-01 10:59:59.9', { period: undefined }, '2014-06-01T10:59:59Z'],
    ['text', '2014-06-01', {}, '2014-06-01T00:00:00Z'],
  ])('of a %s %s with %o is %s', (kind, value, rules, timestamp) => {
    expect(timestampOf(kind, value, rules)).toBe(timestamp);
  });

  test.each([
    ['dd/MM/yyyy', '01/06/2014', '2014-06-01T00:00:00Z'],
    ['MM/dd/yyyy', '06/01/2014', '2014-06-01T00:00:00Z'],
    ['dd.MM.yyyy', '01.06.2014', '2014-06-01T00:00:00Z'],
    ['yyyyMM', '201406', '2014-06-01T00:00:00Z'],
    ['yyyy', '2014', '2014-01-01T00:00:00Z'],
    ['dd/MM/yyyy HH:mm', '31/05/2014 23:30', '2014-06-01T00:00:00Z'],
  ] as const)('reads %s', (format, value, timestamp) => {
    expect(timestampOf('text', value, {}, { timestamp: { column: 'day', format } })).toBe(timestamp);
  });

  test.each<[ColumnKind, RawValue, string]>([
    ['date', null, 'column day: is null'],
    ['text', '1 June', 'column day: "1 June" is not a date and time'],
    ['date', '2014-13-01', 'column day: "2014-13-01" is not a date'],
  ])('of a %s %j is refused', (kind, value, message) => {
    expect(() => timestampOf(kind, value)).toThrow(message);
  });

  test('outside the window is refused', () => {
    const timestamps = ['2014-06-01T00:00:00Z', '2014-06-03T00:00:00Z'] as const;
    expect(timestampOf('date', '2014-06-02', { timestamps })).toBe('2014-06-02T00:00:00Z');
    expect(() => timestampOf('date', '2014-06-03', { timestamps })).toThrow(
      'column day gives the _timestamp 2014-06-03T00:00:00Z, outside the window from 2014-06-01T00:00:00Z to 2014-06-03T00:00:00Z',
    );
  });
});

describe('a query whose columns do not fit is refused before its first row', () => {
  const jsonb: Column = {
    name: 'data',
    kind: 'unsupported',
    type: 'jsonb',
    remedy: "select a value of it: data->>'x'",
  };
  const refusal = (columns: readonly Column[], mapping: Partial<RecordMapping> = {}) => {
    try {
      compileRecords({ timestamp: 'day', id: ['_timestamp'], ...mapping }, columns, RULES);
    } catch (error) {
      return { message: (error as Error).message, remedy: (error as { remedy?: string }).remedy };
    }
    return undefined;
  };

  test.each<[string, readonly Column[], Partial<RecordMapping>, string, string]>([
    [
      'a jsonb column',
      [DAY, jsonb],
      {},
      'column data has the type jsonb, which cannot stand in a record',
      "data->>'x'",
    ],
    [
      'a missing timestamp',
      [column('count', 'integer')],
      {},
      'record.timestamp names the column day, which the query does not return',
      'count',
    ],
    [
      'a missing column',
      [DAY],
      { fields: { count: 'amount' } },
      'record.fields.count names the column amount, which the query does not return',
      'day',
    ],
    [
      'a bad key',
      [DAY, column('total count', 'integer')],
      {},
      'column "total count" cannot be a field',
      'AS other_name',
    ],
    [
      'a reserved key',
      [DAY, column('_count', 'integer')],
      {},
      'column "_count" cannot be a field',
      'AS other_name',
    ],
    [
      'a key of one character',
      [DAY, column('n', 'integer')],
      {},
      'column "n" cannot be a field',
      'AS other_name',
    ],
    [
      'an integer as timestamp',
      [column('day', 'integer', 'int4')],
      {},
      'column day has the type int4, which cannot be the _timestamp',
      'Select a date',
    ],
    [
      'two columns of one name',
      [DAY, column('count', 'text'), column('Count', 'text')],
      {},
      'the query has two columns that would be the field Count',
      'AS other_name',
    ],
    [
      'an unknown id field',
      [DAY],
      { id: ['_timestamp', 'chanel'] },
      'record.id names the field chanel, which the record does not have',
      '_timestamp',
    ],
    [
      'map on a number',
      [DAY, column('code', 'integer', 'int4')],
      { fields: { code: { column: 'code', map: { 1: 'x' } } } },
      'record.fields.code: case, map and default apply to strings',
      'as: string',
    ],
  ])('%s', (_title, columns, mapping, message, remedy) => {
    const told = refusal(columns, mapping);
    expect(told?.message).toContain(message);
    expect(told?.remedy).toContain(remedy);
  });
});

test('a null in an id field is not a record', () => {
  const columns = [DAY, column('channel', 'text')];
  expect(() => recordOf(columns, ['2014-06-01', null], { id: ['_timestamp', 'channel'] })).toThrow(
    'the field channel is null, and the _id is made of it',
  );
});
