import { describe, expect, test } from 'vitest';
import type { Route } from '../../src/collect/run-context.ts';
import type { Complete } from '../../src/config/config.ts';
import type { Target } from '../../src/model/target.ts';
import { prepare, type VerifyOptions } from '../../src/verify/prepare.ts';
import { repairSums } from '../../src/verify/repair-sums.ts';
import { type VerifiedSums, verifySums } from '../../src/verify/verify-sums.ts';
import { jobOf, SILENT } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

const NOW = '2015-02-01T05:00:00Z';
const REASON = 'it answered 400: querying for raw data is not allowed';
const DATA_SET = { data_group: 'test', data_type: 'applications', token: 'the-token' };
const never = new AbortController().signal;

const place = collectingEach('postgresql', () => startWriteApi(), [
  'CREATE TABLE visits (seq integer, day date, channel text, visits bigint, rate numeric)',
  `INSERT INTO visits SELECT n, date '2015-01-01' + n / 10, 'c' || n, n, n / 100.0 FROM generate_series(0, 299) n`,
]);
const SELECT = 'SELECT seq, day, channel, visits, rate FROM visits';

const windowJob = (over: Record<string, unknown> = {}) =>
  jobOf({
    query: `${SELECT} WHERE day >= :from_date AND day < :to_date`,
    window: { period: 'day', start: '2015-01-01', max_periods: 7 },
    record: { timestamp: 'day', id: ['_timestamp', 'channel'], omit: ['seq'] },
    ...over,
  });

async function verify(job: Complete, over: Partial<VerifyOptions> = {}): Promise<VerifiedSums> {
  const options = { ...place.collecting.verifying(job, NOW), folder: '/nonexistent', ...over };
  return verifySums(await prepare(job, options, never), REASON);
}

function repair(verified: VerifiedSums, job: Complete, over: Partial<Route> = {}) {
  const [route, { state }] = [{ ...place.collecting.routeOf(job), ...over }, place.collecting];
  return repairSums(
    verified,
    { state, route, observer: SILENT, now: () => Date.parse(NOW), grace: 0 },
    never,
  );
}

const put = (...records: readonly Record<string, string | number>[]) =>
  place.collecting.client.post(DATA_SET, records);
const execute = (sql: string) => place.database.execute(sql);

describe('where single records cannot be read', () => {
  test('the records as they would be compared say why', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    await expect(place.collecting.verify(job, NOW)).rejects.toMatchObject({ reason: REASON });
  });

  test('days that differ in their count or in a sum are found, with both numbers, and no others', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    const agreed = await verify(job);
    expect(agreed.verification).toMatchObject({ records: 300, days: 30, setAside: 0, differences: [] });
    expect([...agreed.verification.fields].sort()).toEqual(['rate', 'visits']);
    await execute('UPDATE visits SET visits = visits + 1 WHERE seq = 25');
    await execute('UPDATE visits SET rate = rate + 0.0000000001 WHERE seq = 35');
    await execute('DELETE FROM visits WHERE seq = 40');
    await put({ _id: 'foreign', _timestamp: '2015-01-31T12:00:00Z', visits: 3, rate: 0 });
    const { differences } = (await verify(job)).verification;
    expect(differences).toEqual([
      {
        ...{ start: '2015-01-03T00:00:00Z', count: { source: 10, dataSet: 10 } },
        sums: [{ field: 'visits', source: '246', dataSet: '245' }],
      },
      {
        ...{ start: '2015-01-04T00:00:00Z', count: { source: 10, dataSet: 10 } },
        sums: [{ field: 'rate', source: '3.4500000001', dataSet: '3.45' }],
      },
      {
        ...{ start: '2015-01-05T00:00:00Z', count: { source: 9, dataSet: 10 } },
        sums: [
          { field: 'visits', source: '405', dataSet: '445' },
          { field: 'rate', source: '4.05', dataSet: '4.45' },
        ],
      },
      {
        ...{ start: '2015-01-31T00:00:00Z', count: { source: 0, dataSet: 1 } },
        sums: [
          { field: 'visits', source: undefined, dataSet: '3' },
          { field: 'rate', source: undefined, dataSet: '0' },
        ],
      },
    ]);
    expect(
      (await verify(job, { part: { from: Date.parse('2015-01-06'), to: Date.parse('2015-01-20') } }))
        .verification,
    ).toMatchObject({ days: 14, records: 140, differences: [] });
  });

  test('a repair sends the days that differ whole, and tells those that it cannot mend', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    await execute('UPDATE visits SET visits = visits + 1 WHERE seq IN (25, 35)');
    await execute("INSERT INTO visits VALUES (900, date '2015-01-30', 'late', 1, 1)");
    await execute('DELETE FROM visits WHERE seq = 40');
    const verified = await verify(job);
    expect(verified.verification.differences).toHaveLength(4);
    const { delivered, left, result } = await repair(verified, job);
    expect({ delivered, outcome: result.outcome }).toEqual({ delivered: 40, outcome: 'succeeded' });
    expect(left.map(({ start }) => start)).toEqual(['2015-01-05T00:00:00Z']);
    expect((await verify(job)).verification.differences).toEqual(left);
  });

  test('a repair that breaks says how many it had delivered', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    await execute('UPDATE visits SET visits = visits + 1 WHERE seq IN (25, 35)');
    const verified = await verify(job);
    const limits = { max_batch_records: 10, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
    const real = place.collecting.targetOf(job);
    let sent = 0;
    const broken = () => Promise.reject(Object.assign(new Error('it broke'), { side: 'target' }));
    const target: Target = {
      address: real.address,
      empty: (signal) => real.empty(signal),
      remove: (id, signal) => real.remove(id, signal),
      post: (...args) => (++sent > 1 ? broken() : real.post(...args)),
    };
    await expect(repair(verified, job, { target, limits })).rejects.toThrow(
      'it broke; delivered by then: 10',
    );
  });

  test('rows behind the position of a cursor are found and delivered', async () => {
    const job = jobOf({
      query: `${SELECT} WHERE seq > :seq ORDER BY seq`,
      cursor: { columns: ['seq'], start: [-1], max_rows: 70 },
      record: { timestamp: 'day', id: ['channel'] },
    });
    await place.collecting.run(job, NOW);
    await execute(
      "INSERT INTO visits VALUES (150, date '1990-01-05', 'late', 1, 1), (2000, date '2015-01-05', 'next', 1, 1)",
    );
    const verified = await verify(job);
    expect(verified.verification.differences).toMatchObject([
      { start: '1990-01-05T00:00:00Z', count: { source: 1, dataSet: 0 } },
    ]);
    const mended = await repair(verified, job);
    expect(mended).toMatchObject({ delivered: 1, left: [] });
  });

  test('fields that hold texts, or hidden numbers as texts, are not added up', async () => {
    const record = { timestamp: 'day', id: ['_timestamp', 'channel'], omit: ['seq'] };
    const suppress = { fields: ['visits'], below: 5, replace_with: 'few' };
    const job = windowJob({ record: { ...record, suppress } });
    await place.collecting.run(job, NOW);
    expect((await verify(job)).verification).toMatchObject({
      fields: ['rate'],
      records: 300,
      differences: [],
    });
  });

  test('a day that has no number of a field any more differs', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    await execute("UPDATE visits SET rate = NULL WHERE day = '2015-01-04'");
    const verified = await verify(job);
    expect(verified.verification.differences).toEqual([
      {
        ...{ start: '2015-01-04T00:00:00Z', count: { source: 10, dataSet: 10 } },
        sums: [{ field: 'rate', source: undefined, dataSet: '3.45' }],
      },
    ]);
    expect(await repair(verified, job)).toMatchObject({ delivered: 10, left: [] });
  });

  test('a day that has no hidden number any more differs in what is added up', async () => {
    const record = { timestamp: 'day', id: ['_timestamp', 'channel'], omit: ['seq'] };
    const suppress = { fields: ['visits'], below: 15, replace_with: 'few' };
    const job = windowJob({ record: { ...record, suppress } });
    await place.collecting.run(job, NOW);
    await execute('DELETE FROM visits WHERE seq BETWEEN 10 AND 14');
    const verified = await verify(job);
    expect(verified.verification).toMatchObject({
      fields: ['rate'],
      differences: [{ start: '2015-01-02T00:00:00Z', count: { source: 5, dataSet: 10 } }],
    });
    expect((await repair(verified, job)).left).toHaveLength(1);
  });

  test('fields in which the data set has a text are not added up, and all others are', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    await put({ _id: 'foreign', _timestamp: '2015-01-03T12:00:00Z', visits: 'few', rate: 1 });
    expect((await verify(job)).verification).toMatchObject({
      fields: ['rate'],
      differences: [{ start: '2015-01-03T00:00:00Z', count: { source: 10, dataSet: 11 } }],
    });
  });

  test('records that are told apart by a text are added up alone; otherwise nothing is said', async () => {
    const job = windowJob({
      record: {
        timestamp: 'day',
        id: ['_timestamp', 'channel'],
        fields: { service: { value: 'one: two' }, channel: 'channel', visits: 'visits' },
      },
    });
    await place.collecting.run(job, NOW);
    await put({ _id: 'other', _timestamp: '2015-01-03T00:00:00Z', service: 'other', visits: 1 });
    expect((await verify(job)).verification).toMatchObject({ records: 300, differences: [] });
    await expect(verify(job, { jobs: [job, { ...job, name: 'other' }] })).rejects.toMatchObject({
      side: 'target',
      message: `the data set cannot be read: ${REASON}; and its sums cannot be compared, because the records of other are in the same data set`,
    });
  });

  test('a text that a question takes for a truth value keeps nothing apart', async () => {
    const job = windowJob({
      record: {
        timestamp: 'day',
        id: ['_timestamp', 'channel'],
        fields: { online: { value: 'true' }, channel: 'channel', visits: 'visits' },
      },
    });
    await place.collecting.run(job, NOW);
    expect((await verify(job)).verification).toMatchObject({ records: 300, differences: [] });
  });

  test('snapshots cannot be compared by the sums of days', async () => {
    const snapshot = jobOf({
      query: SELECT,
      snapshot: { period: 'day' },
      record: { id: ['_timestamp', 'channel'], omit: ['day'] },
    });
    await place.collecting.run(snapshot, NOW);
    await expect(verify(snapshot)).rejects.toThrow('the time to compare holds no whole day of UTC');
  });

  test('a part of what may lie outside of its windows cannot be compared, all of it can', async () => {
    const job = windowJob({
      window: { period: 'day', start: '2015-01-01', max_periods: 31, allow_outside: true },
    });
    await place.collecting.run(job, NOW);
    expect((await verify(job)).verification).toMatchObject({ records: 300, differences: [] });
    const span = { from: Date.parse('2015-01-06'), to: Date.parse('2015-01-20') };
    await expect(verify(job, { part: span })).rejects.toThrow('only all of them can be compared');
  });
});
