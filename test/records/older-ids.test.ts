import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesBetween, fingerprintOf } from '../../src/collect/fingerprint.ts';
import { jobSchema, type RecordMapping } from '../../src/config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';
import { jobOf } from '../support/collecting.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });

/** The `_id` that a job's `record.id` makes of one row; each column is given as its kind and its value. */
function idOf(
  id: unknown,
  cells: Readonly<Record<string, readonly [ColumnKind, RawValue]>>,
  { fields, zone = 'UTC' }: { fields?: unknown; zone?: string } = {},
): string {
  const { record } = jobSchema.parse({
    database: 'source',
    data_set: { data_group: 'test', data_type: 'older', token: 'the-token' },
    cursor: { columns: ['at'], start: [0] },
    query: 'SELECT 1',
    record: { timestamp: 'at', id, ...(fields === undefined ? {} : { fields }) },
  });
  const columns = Object.entries(cells).map(([name, [kind]]) => column(name, kind));
  const encoder = compileRecords(record as RecordMapping, columns, {
    period: undefined,
    timezone: 'UTC',
    localTime: { zone },
    timestamps: undefined,
  });
  return encoder.encode(Object.values(cells).map(([, value]) => value)).id;
}

const at = (text: string): Record<string, readonly [ColumnKind, RawValue]> => ({
  at: [text.length === 10 ? 'date' : 'local-datetime', text],
});
const CHANNEL = { fields: { channel: { column: 'channel', case: 'lower' }, period: { value: 'day' } } };

describe('the Java template', () => {
  const id = (period: string, over: object = {}) => ({
    style: 'pp-db-collector-template',
    fields: [{ column: 'at', format: 'yyyy-MM-dd' }, { value: period }, 'channel'],
    ...over,
  });

  test.each<[string, string, string, object, string]>([
    ['2015-01-01', 'day', 'DIGITAL', {}, 'daf0bfaebd465c4a22a64b9b0e72b006'],
    ['2015-01-01 00:00:00', 'day', 'DIGITAL', {}, 'daf0bfaebd465c4a22a64b9b0e72b006'],
    ['2014-06-01 00:00:00', 'month', 'Paper form', {}, '79c3c2c205e4bd4761f65a64ecb3abf8'],
    ['2014-01-22', 'week', 'café', {}, '6e749d42be8d8c143c38b870fb8ff4d4'],
    ['2014-01-22', 'week', 'café', { charset: 'iso-8859-1' }, '3e807ac8da9a6d3250a9977b61f5f2dd'],
  ])('%s %s %s %o', (day, period, channel, over, expected) => {
    expect(idOf(id(period, over), { ...at(day), channel: ['text', channel] }, CHANNEL)).toBe(expected);
  });

  test('writes a question mark for each character that the charset lacks, as Java does', () => {
    const made = (channel: string, charset: string) =>
      idOf(id('day', { charset }), { ...at('2015-01-01'), channel: ['text', channel] }, CHANNEL);
    const md5 = (text: string) => createHash('md5').update(Buffer.from(text, 'latin1')).digest('hex');
    expect(made('ŵ😀é', 'iso-8859-1')).toBe(md5('2015-01-01day??é'));
    expect(made('ŵ😀é', 'us-ascii')).toBe(md5('2015-01-01day???'));
  });

  test('takes the date of a time as the database prints it', () => {
    const cells = { at: ['instant', '2014-06-01 00:30:00+01'], channel: ['text', 'x'] } as const;
    expect(idOf(id('day'), cells, { ...CHANNEL, zone: 'Europe/London' })).toBe(
      createHash('md5').update('2014-06-01dayx').digest('hex'),
    );
  });
});

const STAMP = { field: '_timestamp', format: 'yyyyMMddHHmmss' };

describe('the Python collectors', () => {
  test.each<[string, string, string]>([
    ['digital', 'B1', 'dHJhbnNhY3Rpb25zLWJ5LWNoYW5uZWxfMjAxNTAxMDEwMDAwMDBfd2Vla19kaWdpdGFs'],
    ['café ~ü?>', 'B2', 'dHJhbnNhY3Rpb25zLWJ5LWNoYW5uZWxfMjAxNTAxMDEwMDAwMDBfd2Vla19jYWbDqSB-w7w_Pg=='],
  ])('data type, time, span and %s, joined by _ (%s)', (channel, _, expected) => {
    const fields = [{ value: 'transactions-by-channel' }, STAMP, { value: 'week' }, 'channel'];
    const id = { style: 'base64url', separator: '_', fields };
    expect(idOf(id, { ...at('2015-01-01'), channel: ['text', channel] })).toBe(expected);
  });

  test('an id mapping, joined by nothing, with keys that are missing (C1)', () => {
    const fields = [
      { field: '_timestamp', format: 'yyyy-MM-dd HH:mm:ss+00:00' },
      ...['week', 'licensing', 'start'].map((value) => ({ value })),
      { column: 'event_type', null_as: '' },
    ];
    const id = { style: 'base64url', separator: '', fields };
    expect(idOf(id, { ...at('2015-01-01'), event_type: ['text', null] }, { fields: {} })).toBe(
      'MjAxNS0wMS0wMSAwMDowMDowMCswMDowMHdlZWtsaWNlbnNpbmdzdGFydA==',
    );
  });

  test('the plugin that computes ids (D1)', () => {
    const fields = [STAMP, { value: 'week' }, { value: 'browsers' }, 'organisation', 'number'];
    const cells = {
      ...at('2015-01-01'),
      organisation: ['text', 'cabinet-office'],
      number: ['integer', '3'],
    } as const;
    expect(idOf({ style: 'base64url', separator: '_', fields }, cells)).toBe(
      'MjAxNTAxMDEwMDAwMDBfd2Vla19icm93c2Vyc19jYWJpbmV0LW9mZmljZV8z',
    );
  });

  test('monitoring: the plain text (E)', () => {
    const fields = ['check', { field: '_timestamp', format: 'yyyy-MM-ddTHH:mm:ss+00:00' }];
    const id = { style: 'plain', separator: '.', fields };
    const cells = (check: string) => ({ ...at('2015-01-01 06:00:00'), check: ['text', check] as const });
    expect(idOf(id, cells('Check_name'))).toBe('Check_name.2015-01-01T06:00:00+00:00');
    expect(() => idOf(id, cells('Check name'))).toThrow(
      'the _id would be "Check name.2015-01-01T06:00:00+00:00", and an _id is made of visible ASCII characters',
    );
  });
});

test('ids that the platform made itself (F1)', () => {
  const id = { style: 'base64', fields: ['_timestamp', { value: 'day' }, 'channel'] };
  expect(idOf(id, { ...at('2015-01-01'), channel: ['text', 'digital'] })).toBe(
    'MjAxNS0wMS0wMVQwMDowMDowMFouZGF5LmRpZ2l0YWw=',
  );
});

test('Python’s own words, selected as text by the query (F2)', () => {
  const texts = ['x', '12', '0.1', '1e+16', '1.0', 'True', null, '9007199254740993', '0.3'];
  const cells = Object.fromEntries(texts.map((text, index) => [`part_${index}`, ['text', text]] as const));
  // Python 2 prints 0.30000000000000004 in twelve digits: 0.3.
  const fields = Object.keys(cells).map((name) => ({ column: name, null_as: 'None' }));
  expect(idOf({ style: 'base64', fields }, { ...at('2015-01-01'), ...cells }, { fields: {} })).toBe(
    'eC4xMi4wLjEuMWUrMTYuMS4wLlRydWUuTm9uZS45MDA3MTk5MjU0NzQwOTkzLjAuMw==',
  );
});

test('the transactions explorer: two times and a service, joined by nothing (G)', () => {
  const format = 'yyyy-MM-dd HH:mm:ss';
  const fields = [{ column: 'at', format }, { column: 'ends_on', format }, 'service'];
  const cells = { ...at('2014-10-01'), ends_on: ['date', '2015-01-01'], service: ['text', 'abc'] } as const;
  const id = idOf({ style: 'base64', separator: '', fields }, cells);
  expect(Buffer.from(id, 'base64').toString()).toBe('2014-10-01 00:00:002015-01-01 00:00:00abc');
});

describe('an id that an older collector made', () => {
  test('needs the date that its format writes, and no null without null_as', () => {
    const format = 'yyyy-MM-dd';
    expect(() =>
      idOf(
        { style: 'plain', fields: [{ column: 'code', format }] },
        { ...at('2015-01-01'), code: ['text', 'x'] },
      ),
    ).toThrow('column code: "x" is no date and time, which record.id is to write as yyyy-MM-dd');
    expect(() =>
      idOf({ style: 'base64', fields: [{ column: 'code' }] }, { ...at('2015-01-01'), code: ['text', null] }),
    ).toThrow('the field code is null');
    expect(() =>
      idOf({ style: 'base64url', fields: ['code'] }, { ...at('2015-01-01'), code: ['text', ''] }),
    ).toThrow('the _id would be empty');
  });

  test('is what it was made of, for every text', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !each.includes('\0'));
    fc.assert(
      fc.property(text, text, fc.constantFrom('', '_', '.'), (channel, constant, separator) => {
        const id = { style: 'base64url', separator, fields: [{ value: constant }, 'channel'] };
        const made = idOf(id, { ...at('2015-01-01'), channel: ['text', channel] });
        expect(made).toMatch(/^[\w-]+=*$/);
        expect(Buffer.from(made, 'base64url').toString()).toBe(`${constant}${separator}${channel}`);
      }),
    );
  });

  test('is the same JSON in the record when it is plain, whatever it holds', () => {
    const visible = fc.string({ unit: fc.constantFrom(...'ab"\\{}/\'<%~!'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(visible, (text) => {
        const { record } = jobSchema.parse({
          database: 'source',
          data_set: { data_group: 'test', data_type: 'older', token: 'the-token' },
          cursor: { columns: ['at'], start: [0] },
          query: 'SELECT 1',
          record: { timestamp: 'at', id: { style: 'plain', fields: ['channel'] } },
        });
        const columns = [column('at', 'date'), column('channel', 'text')];
        const rules = {
          period: undefined,
          timezone: 'UTC',
          localTime: { zone: 'UTC' },
          timestamps: undefined,
        };
        const { id, json } = compileRecords(record as RecordMapping, columns, rules).encode([
          '2015-01-01',
          text,
        ]);
        expect([id, JSON.parse(json)._id]).toEqual([text, text]);
      }),
    );
  });
});

test('a change of any part is a change of what determines the ids', () => {
  const fingerprint = (part: object, zone = 'UTC') =>
    fingerprintOf(jobOf({ record: { timestamp: 'at', id: { style: 'plain', fields: [part] } } }), zone);
  const before = fingerprint({ column: 'code' });
  expect(changesBetween(before, fingerprint({ column: 'code', null_as: 'None' }))).toEqual([
    'record.id was {"fields":[{"column":"code"}],"style":"plain"} and is {"fields":[{"column":"code","null_as":"None"}],"style":"plain"}',
  ]);
  expect(changesBetween(before, fingerprint({ column: 'code', format: 'yyyy-MM-dd' }))).toHaveLength(1);
  expect(changesBetween(before, fingerprint({ column: 'code' }, 'Europe/London'))).toHaveLength(1);
  const value = fingerprint({ value: 'a' });
  expect(changesBetween(value, fingerprint({ value: 'b' }))).toHaveLength(1);
  expect(changesBetween(value, fingerprint({ value: 'a' }, 'Europe/London'))).toEqual([]);
});
