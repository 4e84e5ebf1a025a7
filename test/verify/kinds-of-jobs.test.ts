import { describe, expect, test } from 'vitest';
import type { Complete } from '../../src/config/config.ts';
import type { VerifiedCounts } from '../../src/model/verification.ts';
import type { VerifyOptions } from '../../src/verify/prepare.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

const NOW = '2015-02-01T05:00:00Z';
const SELECT = 'SELECT seq, day, office, visits FROM visits';

/** A data set that takes no large numbers. */
const schema = { properties: { visits: { maximum: 5_000 } } };
const place = collectingEach('better-sqlite3', () => startWriteApi({ raw_queries_allowed: true, schema }), [
  'CREATE TABLE visits (seq integer, day date, office text, visits integer)',
  `INSERT INTO visits WITH RECURSIVE n(id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 59)
   SELECT id, date('2015-01-01', (id / 2) || ' days'), 'office ' || (id % 2), id FROM n`,
]);
const execute = (sql: string) => place.database.execute(sql);

const windowJob = (over: Record<string, unknown> = {}, record: Record<string, unknown> = {}): Complete =>
  jobOf({
    query: `${SELECT} WHERE day >= :from_date AND day < :to_date`,
    window: { period: 'day', start: '2015-01-01', max_periods: 7 },
    record: { timestamp: 'day', id: ['_timestamp', 'office'], omit: ['seq'], ...record },
    ...over,
  });

async function countsOf(job: Complete, over: Partial<VerifyOptions> = {}): Promise<Partial<VerifiedCounts>> {
  const { verification } = await place.collecting.verify(job, NOW, over);
  return verification.counts;
}
const EQUAL = { missing: 0, different: 0, extra: 0 };

describe('small numbers that are hidden', () => {
  test.each([{}, { mark: true }, { zero: true, replace_with: 'few' }])(
    'are compared as they left: %o',
    async (over) => {
      const job = windowJob({}, { suppress: { fields: ['visits'], below: 10, ...over } });
      await place.collecting.run(job, NOW);
      expect(await countsOf(job)).toMatchObject({ ...EQUAL, source: 60, equal: 60 });
      // Both are hidden, as far as zeros are.
      await execute('UPDATE visits SET visits = 5 WHERE seq = 3');
      expect(await countsOf(job)).toMatchObject(EQUAL);
      await execute('UPDATE visits SET visits = 11 WHERE seq = 3');
      await execute('UPDATE visits SET visits = 3 WHERE seq = 30');
      expect(await countsOf(job)).toMatchObject({ ...EQUAL, different: 2 });
    },
  );

  test('that are hidden no more differ, and one that only the data set has is still extra', async () => {
    const suppress = { fields: ['visits'], below: 10, mark: true };
    await place.collecting.run(windowJob({}, { suppress }), NOW);
    await execute('DELETE FROM visits WHERE seq = 2');
    expect(await countsOf(windowJob({}, { suppress }))).toMatchObject({ ...EQUAL, extra: 1 });
    expect(await countsOf(windowJob())).toMatchObject({ missing: 0, different: 8 });
  });
});

test('records outside of their windows are compared wherever they are, and are too much within the windows alone', async () => {
  const job = windowJob(
    {
      query: `SELECT day, office, visits, date(day, '-5 days') AS began FROM visits
        WHERE day >= :from_date AND day < :to_date`,
      window: { period: 'day', start: '2015-01-01', max_periods: 7, allow_outside: true },
    },
    { timestamp: 'began', omit: ['day'] },
  );
  await place.collecting.run(job, NOW);
  expect(await countsOf(job)).toMatchObject({ ...EQUAL, source: 60 });
  await execute('UPDATE visits SET visits = 1000 WHERE seq = 20');
  await execute('DELETE FROM visits WHERE seq IN (1, 21)');
  expect(await countsOf(job)).toMatchObject({ missing: 0, different: 1, extra: 1, equal: 57 });
});

describe('a snapshot', () => {
  const snapshotJob = (over: Record<string, unknown> = {}) =>
    jobOf({
      snapshot: { period: 'day' },
      query: 'SELECT office, sum(visits) AS visits FROM visits GROUP BY office',
      record: { id: ['_timestamp', 'office'] },
      ...over,
    });

  test('is compared with the newest that was delivered, and not with those of earlier periods', async () => {
    const job = snapshotJob();
    await place.collecting.run(job, '2015-01-30T05:00:00Z');
    await execute("INSERT INTO visits VALUES (100, '2015-01-30', 'office 2', 7)");
    await place.collecting.run(job, '2015-01-31T05:00:00Z');
    expect(await countsOf(job)).toMatchObject({ ...EQUAL, source: 3, equal: 3 });
    await execute("UPDATE visits SET visits = 8 WHERE office = 'office 2'");
    await execute("DELETE FROM visits WHERE office = 'office 1'");
    expect(await countsOf(job)).toMatchObject({ missing: 0, different: 1, extra: 1, equal: 1 });
  });

  test('whose rows have times of their own is compared as a whole', async () => {
    const job = snapshotJob({ query: SELECT, record: { timestamp: 'day', id: ['seq'] } });
    await place.collecting.run(job, NOW);
    expect(await countsOf(job)).toMatchObject({ ...EQUAL, source: 60 });
    await execute('DELETE FROM visits WHERE seq = 59');
    expect(await countsOf(job)).toMatchObject({ ...EQUAL, extra: 1 });
  });
});

describe('a cursor that follows changes', () => {
  const changesJob = (lag: string) =>
    jobOf({
      query: `SELECT day, seq, office FROM visits WHERE (day, seq) > (:day, :seq) AND day < :until ORDER BY day, seq`,
      cursor: { columns: ['day', 'seq'], start: ['2014-01-01', 0], lag, max_rows: 7 },
      record: { timestamp: 'day', id: ['visit'], fields: { visit: 'seq', office: 'office' } },
    });
  const change = (seq: string, day: string) =>
    execute(`UPDATE visits SET office = 'other', day = '${day}' WHERE seq IN (${seq})`);

  test('has nothing too much of rows that have changed since: the next run delivers them', async () => {
    const job = changesJob('1m');
    await place.collecting.run(job, NOW);
    await change('10, 11, 50, 59', '2015-03-01');
    await execute("INSERT INTO visits VALUES (100, '2015-03-02', 'new', 7)");
    expect(await countsOf(job)).toMatchObject({ ...EQUAL, source: 56 });
    await change('20', '2015-01-02');
    await execute('DELETE FROM visits WHERE seq IN (11, 30)');
    expect(await countsOf(job)).toMatchObject({ missing: 0, different: 1, extra: 2 });
    await place.collecting.run(job, NOW);
    expect(await countsOf(job)).toMatchObject({ missing: 0, different: 1, extra: 2, source: 59 });
  });

  test('has nothing too much of what it has collected with a shorter lag', async () => {
    await place.collecting.run(changesJob('1m'), NOW);
    expect(await countsOf(changesJob('10000d'))).toMatchObject({ ...EQUAL, source: 60 });
  });
});

describe('two jobs in one data set', () => {
  const named = (name: string, where: string, record: Record<string, unknown> = {}): Complete => ({
    ...windowJob({ query: `${SELECT} WHERE day >= :from_date AND day < :to_date AND ${where}` }, record),
    name,
  });

  test('that a constant tells apart do not take the records of each other for too much', async () => {
    const of = (office: number) =>
      named(`office-${office}`, `office = 'office ${office}'`, {
        fields: { visits: 'visits', office: 'office', source: { value: `source ${office}` } },
        omit: undefined,
      });
    const jobs = [of(0), of(1)];
    for (const job of jobs) await place.collecting.run(job, NOW);
    for (const job of jobs) expect(await countsOf(job, { jobs })).toMatchObject({ ...EQUAL, source: 30 });
    await execute('DELETE FROM visits WHERE seq IN (10, 11, 13)');
    expect(await countsOf(of(0), { jobs })).toMatchObject({ ...EQUAL, extra: 1 });
    expect(await countsOf(of(1), { jobs })).toMatchObject({ ...EQUAL, extra: 2 });
  });

  test('that nothing tells apart have nothing too much, and all else is found', async () => {
    const jobs = [named('even', 'seq % 2 = 0'), named('odd', 'seq % 2 = 1')] as const;
    for (const job of jobs) await place.collecting.run(job, NOW);
    await execute('DELETE FROM visits WHERE seq = 10');
    await execute('UPDATE visits SET visits = 1000 WHERE seq = 12');
    await execute("INSERT INTO visits VALUES (100, '2015-01-20', 'office 5', 7)");
    expect(await countsOf(jobs[0], { jobs })).toMatchObject({ missing: 1, different: 1, extra: 0 });
    expect(await countsOf(jobs[1], { jobs })).toMatchObject(EQUAL);
  });
});

test('two rows of one record are equal where the data set has one of them', async () => {
  const job = windowJob({ query: `${SELECT} WHERE day >= :from_date AND day < :to_date ORDER BY seq` });
  await place.collecting.run(job, NOW);
  await execute("INSERT INTO visits VALUES (100, '2015-01-05', 'office 0', 999)");
  expect(await countsOf(job)).toMatchObject({ ...EQUAL, source: 61 });
});

test('a record that is a dead letter is no difference, also where the data set has what it was before', async () => {
  const job = windowJob();
  await place.collecting.run(job, NOW);
  await execute('UPDATE visits SET visits = 6000 WHERE seq = 3');
  await execute("INSERT INTO visits VALUES (100, '2015-01-02', 'office 9', 7000)");
  expect(await countsOf(job)).toMatchObject({ missing: 1, different: 1, extra: 0, setAside: 0 });
  const span = { from: Date.parse('2015-01-01'), to: Date.parse('2015-01-08'), resume: false };
  const { deadLetters } = await place.collecting.run(job, NOW, { span });
  expect(deadLetters).toBe(2);
  expect(await countsOf(job)).toMatchObject({ ...EQUAL, setAside: 2, source: 61, equal: 59 });
});
