import { describe, expect, test } from 'vitest';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

const place = collectingEach('better-sqlite3', startWriteApi, [
  'CREATE TABLE applications (submitted_on date, submitted_at datetime, channel text)',
]);

const apply = (day: string, channel: string) =>
  place.database.execute(`INSERT INTO applications VALUES ('${day}', '${day} 12:00:00', '${channel}')`);

const counts = async () =>
  (await place.api.stored()).map(
    ({ _timestamp, channel, count }) => `${String(_timestamp).slice(0, 10)} ${channel} ${count}`,
  );

const collectedTo = async () => (await place.collecting.state.progressOf('applications'))?.collectedTo;

describe('a window job', () => {
  test('brings the rows of the periods that are over into the data set', async () => {
    await apply('2014-06-08', 'digital');
    await apply('2014-06-09', 'digital');
    await apply('2014-06-09', 'digital');
    await apply('2014-06-09', 'post');
    await apply('2014-06-10', 'digital');
    const result = await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z');
    expect(result).toMatchObject({
      outcome: 'succeeded',
      rows: 3,
      records: 3,
      requests: 1,
      failure: undefined,
    });
    expect(await counts()).toEqual(['2014-06-08 digital 1', '2014-06-09 digital 2', '2014-06-09 post 1']);
  });

  test('changes nothing when it runs again', async () => {
    await apply('2014-06-09', 'digital');
    await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z');
    const before = await place.api.stored();
    await place.collecting.run(jobOf(), '2014-06-10T05:31:00Z');
    expect(await place.api.stored()).toEqual(before);
  });

  test('collects all the days of an outage at the next run', async () => {
    const job = jobOf({ window: { period: 'day', lookback: 0 } });
    await apply('2014-06-09', 'digital');
    await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z');
    for (const day of ['2014-06-10', '2014-06-11', '2014-06-12']) await apply(day, 'post');
    const result = await place.collecting.run(job, '2014-06-13T05:30:00Z');
    expect(result.records).toBe(3);
    expect(await counts()).toEqual([
      '2014-06-09 digital 1',
      '2014-06-10 post 1',
      '2014-06-11 post 1',
      '2014-06-12 post 1',
    ]);
  });

  test('finds rows that appeared late, within the lookback', async () => {
    await apply('2014-06-08', 'digital');
    await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z');
    await apply('2014-06-08', 'digital');
    await place.collecting.run(jobOf(), '2014-06-11T05:30:00Z');
    expect(await counts()).toEqual(['2014-06-08 digital 2']);
  });

  test('is empty without rows, and counts as collected', async () => {
    const result = await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z');
    expect(result).toMatchObject({ outcome: 'empty', requests: 0 });
    expect(await collectedTo()).toBe(Date.parse('2014-06-09T23:00:00Z'));
  });

  test('moves its progress window by window, and keeps what was acknowledged before a failure', async () => {
    await apply('2014-06-01', 'digital');
    await apply('2014-06-03', '');
    const job = jobOf({
      window: { period: 'day', start: '2014-06-01', max_periods: 1 },
      max_dead_letters: 0,
      query:
        "SELECT submitted_on, nullif(channel, '') AS channel FROM applications WHERE submitted_at >= :from AND submitted_at < :to",
    });
    const result = await place.collecting.run(job, '2014-06-10T05:30:00Z');
    expect(result).toMatchObject({ outcome: 'failed', records: 1 });
    expect(result.failure?.message).toBe(
      'more than 0 rows of the run cannot be delivered, the first because the field channel is null, and the _id is made of it',
    );
    expect(await collectedTo()).toBe(Date.parse('2014-06-02T23:00:00Z'));
  });

  test('is not ready with too few rows: nothing is sent and progress stays', async () => {
    await apply('2014-06-09', 'digital');
    const result = await place.collecting.run(jobOf({ expect: { min_rows: 2 } }), '2014-06-10T05:30:00Z');
    expect(result.outcome).toBe('not_ready');
    expect(await counts()).toEqual([]);
    expect(await collectedTo()).toBeUndefined();
  });

  test('is not ready with too many rows, and sends them once they are right', async () => {
    await apply('2014-06-09', 'digital');
    await apply('2014-06-09', 'post');
    const result = await place.collecting.run(jobOf({ expect: { max_rows: 1 } }), '2014-06-10T05:30:00Z');
    expect(result).toMatchObject({ outcome: 'not_ready', records: 0 });
    expect(await counts()).toEqual([]);
    expect(await collectedTo()).toBeUndefined();
    const next = await place.collecting.run(jobOf({ expect: { max_rows: 2 } }), '2014-06-10T06:30:00Z');
    expect(next).toMatchObject({ outcome: 'succeeded', records: 2 });
  });

  test('fails when two rows would have one _id, naming them', async () => {
    await apply('2014-06-09', 'digital');
    await apply('2014-06-09', 'post');
    const job = jobOf({ record: { timestamp: 'submitted_on', id: ['_timestamp'] } });
    const { failure } = await place.collecting.run(job, '2014-06-10T05:30:00Z');
    expect(failure?.message).toBe(
      'rows 1 and 2 of the query would have the same _id: _timestamp="2014-06-09T00:00:00Z"',
    );
    expect(failure?.remedy).toBe(
      'Add to record.id what tells such rows apart (channel), or group the rows in the query.',
    );
    expect(await counts()).toEqual([]);
  });

  test('fails when the query ignores its window', async () => {
    await apply('2014-05-01', 'digital');
    const job = jobOf({ query: 'SELECT submitted_on, channel FROM applications WHERE :from < :to' });
    const { failure } = await place.collecting.run(job, '2014-06-10T05:30:00Z');
    expect(failure?.message).toContain(
      'outside the window from 2014-06-07T00:00:00Z to 2014-06-10T00:00:00Z',
    );
  });

  test('is interrupted by its signal and fails by its timeout', async () => {
    const slow = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
      SELECT '2014-06-09' AS submitted_on, 'x' AS channel FROM n WHERE i < 0 AND :from < :to`;
    const timedOut = await place.collecting.run(
      jobOf({ query: slow, timeout: '200ms' }),
      '2014-06-10T05:30:00Z',
    );
    expect(timedOut.failure?.message).toBe('the run took longer than its timeout of 0.2 s');
    const stop = new AbortController();
    const running = place.collecting.run(jobOf({ query: slow }), '2014-06-10T05:30:00Z', {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('stopped')), 100);
    expect((await running).outcome).toBe('interrupted');
  });
});

test('a span that is asked for does not leave a gap behind the progress', async () => {
  const span = (from: string, to: string) => ({
    span: { from: Date.parse(from), to: Date.parse(to), resume: false },
  });
  await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z', span('2014-01-01', '2014-02-01'));
  expect(await collectedTo()).toBeUndefined();
  await place.collecting.run(jobOf(), '2014-06-10T05:30:00Z');
  await place.collecting.run(jobOf(), '2014-06-20T05:30:00Z', span('2014-06-15', '2014-06-17'));
  expect(await collectedTo()).toBe(Date.parse('2014-06-09T23:00:00Z'));
  await place.collecting.run(jobOf(), '2014-06-20T05:30:00Z', span('2014-06-08', '2014-06-11T23:00:00Z'));
  expect(await collectedTo()).toBe(Date.parse('2014-06-11T23:00:00Z'));
});
