import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PERIODS } from '../../src/calendar/period.ts';
import type { FieldMapping } from '../../src/config/schema/job-schema.ts';
import type { ColumnKind } from '../../src/model/row.ts';
import { compileRecords, type RecordRules } from '../../src/records/compile-records.ts';
import { compileCursor } from '../../src/records/cursor.ts';
import { TEXT_FORMATS } from '../../src/records/text-format.ts';

const column = (name: string, kind: ColumnKind) => ({ name, kind, type: kind });

function recordOf(
  kind: ColumnKind,
  text: string,
  rules: Partial<RecordRules> = {},
  format?: (typeof TEXT_FORMATS)[number],
): Record<string, string> {
  const mapping = { timestamp: { column: 'at', format }, id: ['_timestamp'], fields: {} };
  const encoder = compileRecords(mapping, [column('at', kind)], {
    period: undefined,
    timezone: 'UTC',
    localTime: { zone: 'UTC' },
    timestamps: undefined,
    ...rules,
  });
  return JSON.parse(encoder.encode([text]).json);
}

const AMERICA = { localTime: { zone: 'America/New_York' } };
const INDIA = { localTime: { zone: 'Asia/Kolkata' } };

test.each<[ColumnKind, string, Partial<RecordRules>]>([
  ['local-datetime', '9999-12-31 23:59:59', AMERICA],
  ['local-datetime', '9999-12-31 23:59:59', { ...AMERICA, period: 'hour' }],
  ['local-datetime', '9999-12-31 23:59:59', { ...AMERICA, period: 'day' }],
  ['local-datetime', '0001-01-01 00:00:00', INDIA],
  ['local-datetime', '0001-01-01 00:00:00', { ...INDIA, period: 'week' }],
  ['instant', '9999-12-31 23:30:00-01', {}],
  ['instant', '0001-01-01 00:30:00+01', {}],
  ['instant', '0001-01-01 00:30:00+00', { period: 'day', timezone: 'America/New_York' }],
  ['instant', '9999-12-31 23:30:00+00', { period: 'month', timezone: 'Asia/Kolkata' }],
])('%s %s outside of the years 1 to 9999 is no record: %o', (kind, text, rules) => {
  expect(() => recordOf(kind, text, rules)).toThrow(
    `column at: "${text}" lies outside of the years 1 to 9999 in UTC`,
  );
});

test.each<[ColumnKind, string]>([
  ['date', '0000-01-01'],
  ['date', '0000-00-00'],
  ['date', 'infinity'],
  ['date', '-infinity'],
  ['date', '0044-03-15 BC'],
  ['date', '10000-01-01'],
  ['local-datetime', '0000-12-31 23:00:00'],
  ['local-datetime', 'infinity'],
  ['instant', '0001-12-31 00:00:00+00 BC'],
  ['instant', '10000-01-01 00:00:00+00'],
  ['text', '0000-06-01'],
])('%s %s is no record in any period', (kind, text) => {
  for (const period of [undefined, ...PERIODS]) {
    if (kind === 'date' && period === 'hour') continue;
    expect(() => recordOf(kind, text, { period })).toThrow(/is not a date|lies outside|has no hour/);
  }
});

test('a year 0 is no record in any format of a text', () => {
  for (const format of TEXT_FORMATS) {
    const text = format
      .replace('yyyy', '0000')
      .replace(/MM|dd/g, '01')
      .replace(/HH|mm|ss/g, '00');
    expect(() => recordOf('text', text, { period: 'day' }, format)).toThrow(/is not a date/);
  }
});

test.each<[ColumnKind, string, Partial<RecordRules>, string]>([
  ['date', '0001-01-01', { period: 'week' }, '0001-01-01T00:00:00Z'],
  ['date', '9999-12-31', { period: 'week' }, '9999-12-27T00:00:00Z'],
  ['local-datetime', '9999-12-31 18:59:59', AMERICA, '9999-12-31T23:59:59Z'],
  [
    'local-datetime',
    '9999-12-31 19:00:00',
    { ...AMERICA, period: 'day', timezone: 'America/New_York' },
    '9999-12-31T00:00:00Z',
  ],
  ['instant', '0001-01-01 00:00:00+00', {}, '0001-01-01T00:00:00Z'],
])('%s %s at the edge is one: %o', (kind, text, rules, timestamp) => {
  expect(recordOf(kind, text, rules)._timestamp).toBe(timestamp);
});

test.each<[FieldMapping, string]>([
  [{ column: 'value' }, '9999-12-31 23:59:59'],
  [{ column: 'value', as: 'datetime' }, '9999-12-31 23:59:59'],
  [{ column: 'value', as: 'string' }, '9999-12-31 23:59:59'],
])('a field has no such year either: %o', (field, text) => {
  const mapping = { timestamp: 'day', id: ['_timestamp'], fields: { value: field } };
  const columns = [column('day', 'date'), column('value', 'local-datetime')];
  const rules = { period: undefined, timezone: 'UTC', timestamps: undefined, ...AMERICA };
  expect(() => compileRecords(mapping, columns, rules).encode(['2015-01-01', text])).toThrow(
    'column value: "9999-12-31 23:59:59" lies outside of the years 1 to 9999 in UTC',
  );
});

test('a field that is a local date has none either', () => {
  const mapping = {
    timestamp: 'day',
    id: ['_timestamp'],
    fields: { value: { column: 'value', as: 'date' as const } },
  };
  const columns = [column('day', 'date'), column('value', 'instant')];
  const rules = {
    period: undefined,
    timezone: 'Asia/Kolkata',
    localTime: { zone: 'UTC' },
    timestamps: undefined,
  };
  expect(() =>
    compileRecords(mapping, columns, rules).encode(['2015-01-01', '9999-12-31 23:59:59+00']),
  ).toThrow('lies outside of the years 1 to 9999');
});

test('a cursor does not follow such times', () => {
  const reader = compileCursor(['at'], [column('at', 'local-datetime')]);
  for (const text of ['0000-01-01 00:00:00', 'infinity', '10000-01-01 00:00:00'])
    expect(() => reader.valuesOf([text])).toThrow('which is no date that exists in the years 1 to 9999');
});

test('whatever a database prints, a _timestamp has four digits of a year from 1 to 9999', () => {
  const edges = fc.constantFrom(
    '0001-01-01',
    '0001-01-02',
    '9999-12-30',
    '9999-12-31',
    '0000-12-31',
    '2015-06-01',
  );
  const time = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const offset = fc.constantFrom('+00', '+14', '-12', '+05:30');
  const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Kiritimati');
  const period = fc.constantFrom(undefined, ...PERIODS);
  fc.assert(
    fc.property(edges, time, offset, zone, period, (date, hour, shift, timezone, each) => {
      try {
        const { _timestamp } = recordOf('instant', `${date} ${hour}:00${shift}`, { timezone, period: each });
        expect(_timestamp).toMatch(/^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      } catch (error) {
        expect(String(error)).toMatch(/NotARecordError/);
      }
    }),
  );
});
