import { expect, test } from 'vitest';
import type { RunningRun } from '../../src/model/run.ts';
import type { RunObserver } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE waiting (channel text, number integer)',
  "INSERT INTO waiting VALUES ('digital', 5), ('post', 3)",
]);

const job = (over: Record<string, unknown> = {}) =>
  jobOf({
    snapshot: { period: 'hour', keep_pending: '2d' },
    query: 'SELECT channel, number FROM waiting ORDER BY channel',
    record: { id: ['_timestamp', 'channel'] },
    ...over,
  });

const limits = { max_batch_records: 1, max_batch_bytes: 1_048_576, requests_in_flight: 2 };
const down = { status: 401, body: { status: 'error', messages: ['no'] } };
const told = ({ method, text }: ReceivedRequest) => {
  const records: { _timestamp: string; channel: string; number: number }[] = JSON.parse(text);
  const each = records.map(
    ({ _timestamp, channel, number }) => `${_timestamp.slice(11, 16)} ${channel} ${number}`,
  );
  return `${method} ${each.join(', ')}`.trim();
};
/** What the write API has acknowledged since it is up. */
const arrived = (from = 0) => place.api.requests.slice(from).map(told);

test('a snapshot is stamped with the start of the period in which it is taken', async () => {
  const result = await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  expect(result).toMatchObject({ outcome: 'succeeded', rows: 2, records: 2 });
  expect(arrived()).toEqual(['POST 05:00 digital 5, 05:00 post 3']);
  await place.collecting.state.setProgress('applications', undefined);
  await place.collecting.run(
    job({ snapshot: { period: 'day' }, timezone: 'Europe/London' }),
    '2014-06-10T23:30:00Z',
  );
  expect(JSON.parse(place.api.requests.at(-1)?.text ?? '')[0]).toMatchObject({
    _timestamp: '2014-06-11T00:00:00Z',
  });
});

test('what was taken while the write API failed is sent first by the next run, oldest first', async () => {
  place.api.otherwise(down);
  expect(await place.collecting.run(job(), '2014-06-10T05:30:00Z', { limits })).toMatchObject({
    outcome: 'failed',
    failure: { side: 'refused' },
  });
  await place.database.execute('UPDATE waiting SET number = number + 10');
  await place.collecting.run(job(), '2014-06-10T06:30:00Z', { limits });
  await place.database.execute('UPDATE waiting SET number = number + 10');
  place.api.otherwise({ status: 200, body: { status: 'ok' } });
  const before = place.api.requests.length;
  const result = await place.collecting.run(job(), '2014-06-10T07:30:00Z', {
    limits: { ...limits, requests_in_flight: 1 },
  });
  expect(result).toMatchObject({ outcome: 'succeeded', rows: 2, records: 6 });
  expect(arrived(before)).toEqual([
    'POST 05:00 digital 5',
    'POST 05:00 post 3',
    'POST 06:00 digital 15',
    'POST 06:00 post 13',
    'POST 07:00 digital 25',
    'POST 07:00 post 23',
  ]);
  expect(await place.collecting.state.pendingOf('applications')).toEqual([]);
});

test('how many of the records that wait are sent is told while it goes on', async () => {
  place.api.otherwise(down);
  await place.collecting.run(job(), '2014-06-10T05:30:00Z', { limits });
  place.api.otherwise({ status: 200, body: { status: 'ok' } });
  const { state } = place.collecting;
  const asked: Promise<ReadonlyMap<string, RunningRun>>[] = [];
  const observer: RunObserver = ({ kind }) => {
    if (kind === 'snapshot-acknowledged') asked.push(state.running());
  };
  await place.collecting.run(job(), '2014-06-10T06:30:00Z', { limits, observer });
  const works = (await Promise.all(asked)).map((running) => running.get('applications')?.work);
  const work = { unit: 'record', owed: 4, since: Date.parse('2014-06-10T06:30:00Z') };
  expect(works).toEqual([
    { ...work, done: 2 },
    { ...work, done: 4 },
  ]);
});

test('what is pending is delivered although the database fails', async () => {
  place.api.otherwise(down);
  await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  place.api.otherwise({ status: 200, body: { status: 'ok' } });
  await place.database.execute('DROP TABLE waiting');
  const before = place.api.requests.length;
  const result = await place.collecting.run(job(), '2014-06-10T06:30:00Z');
  expect(result).toMatchObject({ outcome: 'failed', failure: { side: 'source' }, records: 2 });
  expect(arrived(before)).toEqual(['POST 05:00 digital 5, 05:00 post 3']);
});

test('pending records are gone after keep_pending, which is told', async () => {
  place.api.otherwise(down);
  await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  const expired: number[] = [];
  await place.collecting.run(job(), '2014-06-12T06:30:00Z', {
    observer: (event) => {
      if (event.kind === 'pending-expired') expired.push(event.records);
    },
  });
  expect(expired).toEqual([2]);
  expect(await place.collecting.state.pendingOf('applications')).toHaveLength(1);
});

test('with replace the data set is emptied once all rows are stored, and not before', async () => {
  const replacing = job({
    data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
  });
  await place.collecting.run(replacing, '2014-06-10T05:30:00Z', { limits });
  expect(arrived().sort()).toEqual(['POST 05:00 digital 5', 'POST 05:00 post 3', 'PUT']);
  expect(arrived()[0]).toBe('PUT');
  const before = place.api.requests.length;
  await place.database.execute('ALTER TABLE waiting RENAME TO gone');
  await place.collecting.run(replacing, '2014-06-10T06:30:00Z', { limits });
  expect(arrived(before)).toEqual([]);
});

test('with replace a data set is not emptied again in the midst of a delivery, and only the newest snapshot counts', async () => {
  const replacing = job({
    data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
  });
  const one = { limits: { ...limits, requests_in_flight: 1 } };
  const stored = { status: 200, body: { status: 'ok' } };
  place.api.script(stored, stored, down);
  expect(await place.collecting.run(replacing, '2014-06-10T05:30:00Z', one)).toMatchObject({
    outcome: 'failed',
  });
  const [pending] = await place.collecting.state.pendingOf('applications');
  expect(pending).toMatchObject({ mustEmpty: false, records: 1 });
  const before = place.api.requests.length;
  await place.collecting.run(replacing, '2014-06-10T06:30:00Z', one);
  expect(arrived(before)).toEqual(['PUT', 'POST 06:00 digital 5', 'POST 06:00 post 3']);
});

test('a run that is stopped does not empty a data set that it can no longer fill', async () => {
  const replacing = job({
    data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
  });
  place.api.otherwise(down);
  await place.collecting.run(replacing, '2014-06-10T05:30:00Z');
  place.api.otherwise({ status: 200, body: { status: 'ok' } });
  const before = place.api.requests.length;
  const signal = AbortSignal.abort(new Error('stopped'));
  const result = await place.collecting.run(replacing, '2014-06-10T06:30:00Z', { signal, grace: 1_000 });
  expect(result.outcome).toBe('interrupted');
  expect(arrived(before)).toEqual([]);
});

test('what is pending can be delivered without taking a new snapshot', async () => {
  place.api.otherwise(down);
  await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  place.api.otherwise({ status: 200, body: { status: 'ok' } });
  const before = place.api.requests.length;
  const result = await place.collecting.run(job(), '2014-06-10T06:30:00Z', { onlyPending: true });
  expect(result).toMatchObject({ outcome: 'succeeded', rows: 0, records: 2 });
  expect(arrived(before)).toEqual(['POST 05:00 digital 5, 05:00 post 3']);
});

test('too few rows are not a snapshot', async () => {
  const result = await place.collecting.run(job({ expect: { min_rows: 3 } }), '2014-06-10T05:30:00Z');
  expect(result.outcome).toBe('not_ready');
  expect(arrived()).toEqual([]);
  expect(await place.collecting.state.pendingOf('applications')).toEqual([]);
});

test('a clock that is wrong for a while lets nothing grow old that is pending', async () => {
  place.api.otherwise(down);
  await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  await place.collecting.run(job(), '2014-06-12T06:30:00Z', {
    steadyNow: () => Date.parse('2014-06-10T05:30:06Z'),
  });
  expect((await place.collecting.state.pendingOf('applications')).map(({ records }) => records)).toEqual([
    2, 2,
  ]);
});

test('a snapshot of a wrong clock is no newer than the ones that follow it', async () => {
  place.api.otherwise(down);
  const replacing = job({
    data_set: { data_group: 'test', data_type: 'applications', token: 'the-token', replace: true },
  });
  await place.collecting.run(job(), '2014-06-10T17:30:00Z');
  await place.collecting.run(replacing, '2014-06-10T05:30:00Z');
  const pending = await place.collecting.state.pendingOf('applications');
  expect(pending.map(({ takenAt }) => new Date(takenAt).toISOString().slice(11, 16))).toEqual(['05:30']);
});

test('what a wrong clock has delivered does not stand for what is delivered after it', async () => {
  const deliveredUpTo = async () => (await place.collecting.state.progressOf('applications'))?.collectedTo;
  await place.collecting.run(job(), '2014-06-10T17:30:00Z');
  expect(await deliveredUpTo()).toBe(Date.parse('2014-06-10T17:30:00Z'));
  place.api.otherwise(down);
  await place.collecting.run(job(), '2014-06-10T05:30:00Z');
  expect(await deliveredUpTo()).toBeUndefined();
  place.api.otherwise({ status: 200, body: { status: 'ok' } });
  await place.collecting.run(job(), '2014-06-10T05:40:00Z');
  expect(await deliveredUpTo()).toBe(Date.parse('2014-06-10T05:40:00Z'));
});
