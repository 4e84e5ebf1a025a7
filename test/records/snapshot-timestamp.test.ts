import { describe, expect, test } from 'vitest';
import type { Period } from '../../src/calendar/period.ts';
import type { Column, ColumnKind } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';
import { MappingError } from '../../src/records/not-a-record.ts';
import { snapshotTimestamp } from '../../src/records/timestamp.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });
const RULES = { period: 'day', timezone: 'UTC', localTime: { zone: 'UTC' }, timestamps: undefined } as const;

test.each<[string, Period, string, string]>([
  ['2014-06-01T10:59:59.999Z', 'hour', 'Europe/London', '2014-06-01T10:00:00Z'],
  ['2014-06-01T10:10:00Z', 'hour', 'Asia/Kolkata', '2014-06-01T10:00:00Z'],
  ['2014-05-31T22:59:59Z', 'day', 'Europe/London', '2014-05-31T00:00:00Z'],
  ['2014-05-31T23:00:00Z', 'day', 'Europe/London', '2014-06-01T00:00:00Z'],
  ['2014-06-01T03:00:00Z', 'day', 'America/New_York', '2014-05-31T00:00:00Z'],
  ['2014-06-01T12:00:00Z', 'week', 'Europe/London', '2014-05-26T00:00:00Z'],
  ['2014-06-30T23:30:00Z', 'month', 'Europe/London', '2014-07-01T00:00:00Z'],
  ['2014-06-30T22:30:00Z', 'quarter', 'Europe/London', '2014-04-01T00:00:00Z'],
  ['2014-12-31T23:30:00Z', 'year', 'Europe/Paris', '2015-01-01T00:00:00Z'],
])('a snapshot taken at %s, by %s in %s, is of %s', (takenAt, period, timezone, expected) => {
  expect(snapshotTimestamp(Date.parse(takenAt), period, timezone)).toBe(expected);
});

describe('a record without a timestamp column', () => {
  const columns = [column('channel', 'text'), column('count', 'integer')];
  const rules = { ...RULES, snapshotTimestamp: '2014-06-01T10:00:00Z' };

  test('has the _timestamp of the snapshot, and every column as a field', () => {
    const encoder = compileRecords({ id: ['_timestamp', 'channel'] }, columns, rules);
    expect(encoder.timestampColumn).toBeUndefined();
    const { id, json } = encoder.encode(['web', '3']);
    expect(json).toBe(`{"_id":"${id}","_timestamp":"2014-06-01T10:00:00Z","channel":"web","count":3}`);
    expect(encoder.keyOf(['web', 'x'])).toBe(id);
  });

  test('has another _id in another snapshot', () => {
    const idAt = (text: string) =>
      compileRecords({ id: ['_timestamp', 'channel'] }, columns, {
        ...rules,
        snapshotTimestamp: text,
      }).encode(['web', '3']).id;
    expect(idAt('2014-06-01T10:00:00Z')).toBe(idAt('2014-06-01T10:00:00Z'));
    expect(idAt('2014-06-01T10:00:00Z')).not.toBe(idAt('2014-06-01T11:00:00Z'));
  });

  test('is refused where nothing tells its _timestamp', () => {
    const refusal = () => compileRecords({ id: ['channel'] }, columns, RULES);
    expect(refusal).toThrow(MappingError);
    expect(refusal).toThrow('record.timestamp is left out');
  });

  test('takes the column when the job names one all the same', () => {
    const mapping = { timestamp: 'day', id: ['_timestamp'] };
    const encoder = compileRecords(mapping, [column('day', 'date')], rules);
    expect(encoder.encode(['2014-05-01']).json).toContain('"_timestamp":"2014-05-01T00:00:00Z"');
  });
});
