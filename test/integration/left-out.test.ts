import { describe, expect, test } from 'vitest';
import { checkQuery } from '../../src/advice/check-query.ts';
import { previewRows } from '../../src/advice/preview-rows.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { ALL_PRODUCTS } from '../support/databases.ts';
import { startFaultyServer } from '../support/faulty-server.ts';
import { startWriteApi } from '../support/write-api.ts';

const TABLES = [
  'CREATE TABLE applications (id integer, submitted_at timestamp, channel varchar(20), score float)',
  "INSERT INTO applications VALUES (1, '2014-06-09 10:00:00', 'digital', 1.5)",
  "INSERT INTO applications VALUES (2, '2014-06-09 11:00:00', 'digital', 2.5), (3, '2014-06-09 12:00:00', 'post', 4)",
];
const COUNTS = `SELECT date(submitted_at) AS day, channel, count(*) AS count, avg(score) AS score FROM applications
  WHERE submitted_at >= :from AND submitted_at < :to GROUP BY date(submitted_at), channel`;
const NOW = '2014-06-10T05:30:00Z';

const window = (over: Record<string, unknown> = {}) => jobOf({ query: COUNTS, record: {}, ...over });
const cursor = (query: string, record: object = {}) =>
  jobOf({ cursor: { columns: ['id'], start: [0] }, query, record });
const EVENTS = 'SELECT id, submitted_at, channel, score FROM applications WHERE id > :id ORDER BY id';
const snapshot = (query: string, record: object = {}) =>
  jobOf({ snapshot: { period: 'day' }, query, record });

describe.each(ALL_PRODUCTS)('%s: a job that says nothing of its records', (product) => {
  const place = collectingEach(product, startWriteApi, TABLES);
  const idsOf = async () =>
    JSON.parse((await place.collecting.state.progressOf('applications'))?.fingerprint ?? '{}');

  test('counts by the only date and by all that are no numbers', async () => {
    expect(await place.collecting.run(window(), NOW)).toMatchObject({ outcome: 'succeeded', records: 2 });
    expect(await idsOf()).toMatchObject({
      'record.timestamp': 'day',
      'record.id': ['_timestamp', 'channel'],
    });
    expect(await place.api.stored()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          _timestamp: '2014-06-09T00:00:00+00:00',
          channel: 'digital',
          count: 2,
          score: 2,
        }),
        expect.objectContaining({
          _timestamp: '2014-06-09T00:00:00+00:00',
          channel: 'post',
          count: 1,
          score: 4,
        }),
      ]),
    );
  });

  test('goes on when its defaults are written out, and when they are left out again', async () => {
    await place.collecting.run(window(), NOW);
    const written = window({ record: { timestamp: 'day', id: ['_timestamp', 'channel'] } });
    for (const job of [written, window()]) {
      const result = await place.collecting.run(job, NOW);
      expect(result).toMatchObject({ outcome: 'succeeded', records: 0, unchanged: 2 });
    }
    expect(await place.api.stored()).toHaveLength(2);
  });

  test('stops when its query gets another column that is no number, and not when it gets a number', async () => {
    await place.collecting.run(window(), NOW);
    const more = window({ query: COUNTS.replace('count(*)', 'count(*) AS again, count(*)') });
    expect(await place.collecting.run(more, NOW)).toMatchObject({ outcome: 'succeeded' });
    const other = window({
      query: COUNTS.replace('channel,', 'channel, substr(channel, 1, 1) AS initial,').replace(
        'avg(score)',
        'min(score)',
      ),
      record: {
        fields: { channel: 'channel', initial: { column: 'initial', as: 'string' }, count: 'count' },
      },
    });
    const { failure } = await place.collecting.run(other, NOW);
    expect(failure).toMatchObject({ side: 'config' });
    expect(failure?.message).toContain(
      'record.id was ["_timestamp","channel"] and is ["_timestamp","channel","initial"]',
    );
  });

  test('with a cursor has its columns in the id, although they are numbers', async () => {
    expect(await place.collecting.run(cursor(EVENTS), NOW)).toMatchObject({ records: 3 });
    expect(await idsOf()).toMatchObject({
      'record.timestamp': 'submitted_at',
      'record.id': ['_timestamp', 'channel', 'id'],
    });
    const hidden = await place.collecting.run(cursor(EVENTS, { omit: ['id'] }), NOW);
    expect(hidden.failure?.message).toContain('do not have what tells rows apart: id of cursor.columns');
  });

  test('takes a snapshot for the period of the run, whatever dates its query has', async () => {
    const query = 'SELECT submitted_at, channel, id AS number FROM applications';
    expect(await place.collecting.run(snapshot(query), NOW)).toMatchObject({ records: 3 });
    expect(await idsOf()).toEqual(
      expect.objectContaining({ 'record.id': ['_timestamp', 'channel', 'submitted_at'] }),
    );
    expect(await place.api.stored()).toEqual(
      expect.arrayContaining([expect.objectContaining({ _timestamp: '2014-06-10T00:00:00+00:00' })]),
    );
  });

  test('is told by check and preview what it means', async () => {
    const route = { source: createSource('source', place.database.settings), localTime: { zone: 'UTC' } };
    const { signal } = new AbortController();
    try {
      const { job } = await checkQuery(window(), route, Date.parse(NOW), signal);
      const preview = await previewRows(window(), undefined, 1, route, signal);
      for (const told of [job, preview.job]) {
        expect(told).toMatchObject({
          leftOut: ['timestamp', 'id'],
          record: { timestamp: 'day', id: ['_timestamp', 'channel'] },
        });
      }
    } finally {
      await route.source.close();
    }
  });
});

describe('without the columns of its query, a job that says nothing of its records', () => {
  const place = collectingEach('better-sqlite3', startFaultyServer, TABLES);
  const refused = { status: 401, body: { status: 'error', messages: ['no'] } };
  const sent = () => place.api.requests.map(({ text }) => JSON.parse(text).length);

  test('delivers what is pending by the ids that it had, and then tells what is wrong', async () => {
    const job = snapshot('SELECT channel, sum(id) AS number FROM applications GROUP BY channel');
    place.api.otherwise(refused);
    await place.collecting.run(job, NOW);
    await place.database.execute('ALTER TABLE applications RENAME TO gone');
    place.api.otherwise({ status: 200, body: { status: 'ok' } });
    const result = await place.collecting.run(job, '2014-06-11T05:30:00Z');
    expect(result).toMatchObject({ outcome: 'failed', records: 2, failure: { side: 'source' } });
    expect(result.failure?.message).toContain('no such table');
    expect(sent().at(-1)).toBe(2);
    expect(await place.collecting.state.pendingOf('applications')).toEqual([]);
  });

  test('has its dead letters replayed, also when where it stands was forgotten', async () => {
    await place.database.execute("INSERT INTO applications VALUES (4, '2014-06-09 10:00:00', NULL, 1)");
    const job = window();
    expect(await place.collecting.run(job, NOW)).toMatchObject({ outcome: 'partial' });
    await place.collecting.state.setProgress('applications', undefined);
    await place.database.execute('DROP TABLE applications');
    const { kept } = await place.collecting.replay(job, NOW);
    expect(kept.map(({ reason }) => reason)).toEqual([
      'the field channel is null, and the _id is made of it',
    ]);
  });

  test('with two dates is told to name one', async () => {
    const query = COUNTS.replace('AS day', 'AS day, date(max(submitted_at)) AS newest');
    const { failure } = await place.collecting.run(window({ query }), NOW);
    expect(failure).toMatchObject({
      message:
        'record.timestamp is left out, and the query has more than one date or time: day (no type), newest (no type)',
      remedy: 'Name the column that gives _timestamp in a line under record, e.g. timestamp: day.',
    });
  });

  test('is told how to name a number that tells its rows apart', async () => {
    const query = `SELECT date(submitted_at) AS day, id FROM applications
      WHERE submitted_at >= :from AND submitted_at < :to`;
    const { failure } = await place.collecting.run(window({ query }), NOW);
    expect(failure?.remedy).toContain('if id names something, write it out, e.g. id: [_timestamp, id].');
  });
});
