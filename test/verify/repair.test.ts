import { describe, expect, test } from 'vitest';
import type { Route } from '../../src/collect/run-context.ts';
import type { Complete } from '../../src/config/config.ts';
import type { Target } from '../../src/model/target.ts';
import type { VerifyOptions } from '../../src/verify/prepare.ts';
import { repairJob } from '../../src/verify/repair.ts';
import type { Verified } from '../../src/verify/verify-records.ts';
import { jobOf, SILENT } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

const NOW = '2015-02-01T05:00:00Z';
const place = collectingEach('postgresql', () => startWriteApi({ raw_queries_allowed: true }), [
  'CREATE TABLE visits (seq integer, day date, channel text, visits bigint)',
  `INSERT INTO visits SELECT n, date '2015-01-01' + n / 100, 'c' || n, n FROM generate_series(0, 999) n`,
]);
const SELECT = 'SELECT seq, day, channel, visits FROM visits';

const windowJob = (over: Record<string, unknown> = {}) =>
  jobOf({
    query: `${SELECT} WHERE day >= :from_date AND day < :to_date`,
    window: { period: 'day', start: '2015-01-01', lookback: 1, max_periods: 31 },
    record: { timestamp: 'day', id: ['_timestamp', 'channel'], omit: ['seq'] },
    ...over,
  });
const cursorJob = () =>
  jobOf({
    query: `${SELECT} WHERE seq > :seq ORDER BY seq`,
    cursor: { columns: ['seq'], start: [-1], max_rows: 300 },
    record: { timestamp: 'day', id: ['channel'] },
  });

async function tamper(): Promise<void> {
  await place.database.execute('UPDATE visits SET visits = visits + 1 WHERE seq % 200 = 7');
  await place.database.execute('DELETE FROM visits WHERE seq IN (13, 514, 999)');
  await place.database.execute(
    `INSERT INTO visits SELECT n, date '2015-01-03', 'new' || n, n FROM generate_series(-7, -1) n`,
  );
}

function repair(verified: Verified, job: Complete, deleteExtra: boolean, over: Partial<Route> = {}) {
  const { state } = place.collecting;
  const route = { ...place.collecting.routeOf(job), ...over };
  const options = { state, route, observer: SILENT, now: () => Date.parse(NOW), grace: 0, deleteExtra };
  return repairJob(verified, options, new AbortController().signal);
}

describe('a repair', () => {
  test.each([true, false])(
    'delivers what differs, and removes what is extra when asked to: %s',
    async (deleteExtra) => {
      const job = windowJob();
      await place.collecting.run(job, NOW);
      await tamper();
      const verified = await place.collecting.verify(job, NOW);
      expect(verified.verification.counts).toMatchObject({ missing: 7, different: 5, extra: 3, equal: 992 });
      const { delivered, removed, left, result } = await repair(verified, job, deleteExtra);
      expect({ delivered, removed, outcome: result.outcome }).toEqual({
        ...{ delivered: 12, removed: deleteExtra ? 3 : 0, outcome: 'succeeded' },
      });
      const extra = deleteExtra ? 0 : 3;
      expect(left).toEqual({ missing: 0, different: 0, extra });
      const { verification } = await place.collecting.verify(job, NOW);
      expect(verification.counts).toMatchObject({ missing: 0, different: 0, extra, equal: 1_004 });
    },
  );

  test.each(['remove', 'keep'])(
    'lets the next run know still what the source has no more, with deleted: %s',
    async (deleted) => {
      const job = windowJob({
        window: { period: 'day', start: '2015-01-01', lookback: 31, max_periods: 31 },
        deleted,
      });
      await place.collecting.run(job, NOW);
      await tamper();
      await repair(await place.collecting.verify(job, NOW), job, false);
      expect(await place.collecting.run(job, NOW)).toMatchObject({ vanished: 3, unchanged: 0 });
      const extra = deleted === 'remove' ? 0 : 3;
      expect((await place.collecting.verify(job, NOW)).verification.counts).toMatchObject({ extra });
    },
  );

  test.each([
    ['sends', { requests: 1, removals: 0 }, 5, undefined],
    ['removes', { requests: 3, removals: 2 }, 12, 2],
  ])(
    'that breaks while it %s says what it had done',
    async (_, { requests, removals }, delivered, removed) => {
      const job = windowJob();
      await place.collecting.run(job, NOW);
      await tamper();
      const verified = await place.collecting.verify(job, NOW);
      const real = place.collecting.targetOf(job);
      let [sent, asked] = [0, 0];
      const broken = () => Promise.reject(Object.assign(new Error('it broke'), { side: 'target' }));
      const target: Target = {
        address: real.address,
        empty: (signal) => real.empty(signal),
        post: (...args) => (++sent > requests ? broken() : real.post(...args)),
        remove: (...args) => (++asked > removals ? broken() : real.remove(...args)),
      };
      const limits = { max_batch_records: 5, max_batch_bytes: 1_048_576, requests_in_flight: 1 };
      const also = removed === undefined ? '' : `, removed: ${removed}`;
      await expect(repair(verified, job, removed !== undefined, { target, limits })).rejects.toMatchObject({
        message: `it broke; delivered by then: ${delivered}${also}`,
        side: 'target',
      });
      const { counts } = (await place.collecting.verify(job, NOW)).verification;
      expect(counts).toMatchObject({ extra: 3 - (removed ?? 0) });
      expect(counts.missing + counts.different).toBe(12 - delivered);
    },
  );

  test('leaves nothing for the next runs to miss where it has removed records', async () => {
    const job = windowJob({ window: { period: 'day', start: '2015-01-01', lookback: 31, max_periods: 31 } });
    await place.collecting.run(job, NOW);
    await tamper();
    await repair(await place.collecting.verify(job, NOW), job, true);
    for (const _ of ['sends all', 'sends all', 'sends nothing']) await place.collecting.run(job, NOW);
    expect(await place.collecting.run(job, NOW)).toMatchObject({ vanished: 0, records: 0, unchanged: 1_004 });
  });

  test('delivers the rows that came behind the position of a cursor', async () => {
    const job = cursorJob();
    await place.collecting.run(job, NOW);
    await place.database.execute('UPDATE visits SET visits = -1 WHERE seq = 20');
    await place.database.execute(
      "INSERT INTO visits VALUES (450, date '2015-01-05', 'late', 1), (2000, date '2015-01-09', 'next', 1), (460, date '1910-01-09', 'old', 1)",
    );
    const verified = await place.collecting.verify(job, NOW);
    expect(verified.verification.counts).toMatchObject({ source: 1_002, missing: 2, different: 1, extra: 0 });
    expect(await repair(verified, job, true)).toMatchObject({
      delivered: 3,
      left: { missing: 0, different: 0 },
    });
  });
});

test('a part that begins and ends within days is compared, and told, in whole days', async () => {
  const job = windowJob();
  await place.collecting.run(job, NOW);
  const part = { from: Date.parse('2015-01-03T12:00:00Z'), to: Date.parse('2015-01-05T01:00:00Z') };
  expect((await place.collecting.verify(job, NOW, { part })).verification).toMatchObject({
    span: { from: Date.parse('2015-01-03'), to: Date.parse('2015-01-06') },
    counts: { source: 300 },
  });
});

describe('what is no difference', () => {
  test('are records of another job, rows that are no records and dead letters', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    await place.collecting.client.post(
      { data_group: 'test', data_type: 'applications', token: 'the-token' },
      [
        { _id: 'foreign', _timestamp: '2015-01-02T00:00:00Z', kind: 'other' },
        { _id: 'later', _timestamp: '2016-01-02T00:00:00Z', channel: 'x', visits: 1 },
      ],
    );
    await place.database.execute("INSERT INTO visits VALUES (5000, date '2015-01-03', NULL, 1)");
    expect((await place.collecting.verify(job, NOW)).verification.counts).toEqual({
      ...{ source: 1_000, equal: 1_000, missing: 0, different: 0, extra: 0, setAside: 1 },
    });
  });

  test('is not what has become equal when it is looked at once more', async () => {
    const job = windowJob();
    await place.collecting.run(job, NOW);
    const { verification: before } = await place.collecting.verify(job, NOW);
    const change = (by: string) =>
      place.database.execute(`UPDATE visits SET visits = visits ${by} 5 WHERE seq % 10 = 0`);
    await change('+');
    const alone: VerifyOptions['alone'] = async (work) => {
      await change('-');
      return await work();
    };
    const { verification } = await place.collecting.verify(job, NOW, { alone });
    expect(verification.counts).toEqual(before.counts);
  });

  test('is what writers change and change back, or move, while it is compared', async () => {
    const job = windowJob({ record: { timestamp: 'day', id: ['channel'], omit: ['seq'] } });
    await place.collecting.run(job, NOW);
    const move = (by: string) =>
      place.database.execute(`UPDATE visits SET day = day ${by} 1 WHERE seq % 10 = 0`);
    // The first look meets them moved, the second one while they move.
    await move('+');
    let [isOver, moves] = [false, 0];
    const write = async () => {
      for (; !isOver; moves++) await move(moves % 2 === 0 ? '-' : '+');
    };
    let writing: Promise<void> | undefined;
    const alone: VerifyOptions['alone'] = async (work) => {
      writing = write();
      await expect.poll(() => moves).toBeGreaterThan(1);
      return await work();
    };
    const { verification } = await place.collecting.verify(job, NOW, { alone });
    expect(moves).toBeGreaterThan(2);
    isOver = true;
    await writing;
    for (const { standing, source, dataSet } of verification.differences)
      expect([standing, source?.get('_timestamp')]).not.toEqual(['different', dataSet?.get('_timestamp')]);
    expect(verification.counts.missing).toBe(0);
  });
});
