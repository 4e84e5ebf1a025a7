import { expect, test } from 'vitest';
import type { DeadLetter } from '../../src/model/dead-letter.ts';
import { subjectOf, subjectText } from '../../src/model/letter-subject.ts';

const letterOf = (content: DeadLetter['content']) => ({ content }) as DeadLetter;
const text = (content: DeadLetter['content'], names?: Parameters<typeof subjectOf>[1]) =>
  subjectText(subjectOf(letterOf(content), names));

const record = (fields: Record<string, unknown>) =>
  ({ kind: 'record', json: JSON.stringify(fields) }) as const;
const NAMES = {
  timestamp: { column: 'day', format: 'DD/MM/YYYY' },
  id: ['_timestamp', 'channel', 'office'],
  fields: { channel: { column: 'chan' }, office: 'office_name', count: 'count' },
};
const row = {
  kind: 'row',
  columns: ['day', 'chan', 'office_name', 'applicant', 'count'].map((name) => ({
    name,
    type: 'text',
    kind: 'text' as const,
  })),
  row: ['2026-11-16 13:00:00', 'paper', 'Leeds\u0000\n2', 'Ada Lovelace', '12'],
} as const;

test('a record is told by its day and its dimensions', () => {
  const fields = { _timestamp: '2026-11-16T00:00:00Z', _id: 'MQ', channel: 'paper', count: 12 };
  expect(text(record(fields))).toBe('2026-11-16, channel paper');
});

test('a number is told where it tells records apart', () => {
  const fields = { _timestamp: '2026-11-16T00:00:00Z', office: 7, count: 12 };
  expect(text(record(fields), { id: { fields: ['_timestamp', 'office', { value: 1 }] } })).toBe(
    '2026-11-16, office 7',
  );
});

test('a row is told by what its id is made of, in one line, and by nothing else', () => {
  expect(text(row, NAMES)).toBe('2026-11-16 13:00, channel paper, office Leeds 2');
});

test('of a job that leaves its id and its timestamp out, the columns of the row tell them', () => {
  const kinds = ['instant', 'text', 'padded-text', 'boolean', 'integer'] as const;
  const columns = row.columns.map((column, index) => ({ ...column, kind: kinds[index] ?? 'text' }));
  const typed = { ...row, columns, row: ['2026-11-16 00:00:00+00', 'paper', 'Leeds', 't', '12'] };
  expect(text(typed, {})).toBe('2026-11-16, chan paper, office_name Leeds');
  expect(text(typed, { fields: { office: 'office_name', count: 'count' } })).toBe('2026-11-16, office Leeds');
});

test('a row of a job that is gone is not told', () => {
  expect(text(row)).toBe('–');
});

test('a long value is cut', () => {
  expect(text(record({ channel: 'x'.repeat(50) }))).toBe(`channel ${'x'.repeat(39)}…`);
});
