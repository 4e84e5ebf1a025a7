import { expect, test } from 'vitest';
import { WithheldError } from '../../src/collect/failures.ts';
import { refitting, rulesOf } from '../../src/collect/stored-rules.ts';
import { jobOf } from '../support/collecting.ts';

/** What becomes of stored records when the zone of the database is changed. */
const refittingOf = (job: Record<string, unknown>) => {
  const of = jobOf(job);
  return () => refitting(rulesOf(of, 'UTC'), of, 'Europe/London');
};

test.each([
  ['a column of its own', { style: 'plain', fields: [{ column: 'seen_at' }] }],
  ['the names of an older style', { style: 'pp-db-collector-template', fields: ['seen_at'] }],
])('an id that has the text of a column, as %s, is another one in another zone: withheld', (_, id) => {
  const attempt = refittingOf({ record: { timestamp: 'seen_at', id } });
  expect(attempt).toThrow(WithheldError);
  expect(attempt).toThrow('timezone of the database was "UTC" and is "Europe/London"');
});

test('the zone that only the position of a cursor depends on keeps no record back', () => {
  const cursor = { columns: ['number'], start: [0], lag: '0s' };
  expect(refittingOf({ cursor, record: { timestamp: 'seen_at', id: ['_timestamp'] } })).not.toThrow();
});
