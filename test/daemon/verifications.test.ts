import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Complete } from '../../src/config/config.ts';
import { scheduledJobs } from '../../src/daemon/scheduled-jobs.ts';
import { Verifications } from '../../src/daemon/verifications.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startWriteApi } from '../support/write-api.ts';

const NOW = '2015-01-31T05:00:00Z';

const place = collectingEach('better-sqlite3', () => startWriteApi({ raw_queries_allowed: true }), [
  'CREATE TABLE visits (day date, visits integer)',
  `INSERT INTO visits WITH RECURSIVE n(id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 29)
   SELECT date('2015-01-01', id || ' days'), id FROM n`,
]);

const visitsJob = (verify: Record<string, unknown> = {}): Complete =>
  jobOf({
    query: 'SELECT day, visits FROM visits WHERE day >= :from_date AND day < :to_date',
    window: { period: 'day', start: '2015-01-01', max_periods: 40 },
    record: { timestamp: 'day', id: ['_timestamp'] },
    verify: { schedule: '0 3 * * 0', ...verify },
  });

/** What verifies, and what it has told. */
function verifying(job: Complete) {
  const { state } = place.collecting;
  const told: RunEvent[] = [];
  const observer = (event: RunEvent) => void told.push(event);
  const folder = '/tmp';
  const verifications = new Verifications({ state, observer, now: () => Date.parse(NOW), folder });
  const route = () => place.collecting.routeOf(job);
  const settings = { timeout: 60_000, ...job.verify };
  const verify = (signal = new AbortController().signal) =>
    verifications.verify({ job, settings, jobs: [job], route }, signal);
  return { verifications, verify, told };
}

const known = async () => (await place.collecting.state.verificationsOf('applications'))[0];
const execute = (sql: string) => place.database.execute(sql);
const JANUARY = { from: Date.parse('2015-01-01'), to: Date.parse('2015-01-31') };

test('what agrees is remembered and told', async () => {
  const job = visitsJob();
  await place.collecting.run(job, NOW);
  const { verify, told, verifications } = verifying(job);
  expect(await verify()).toBe('succeeded');
  const outcome = { compared: 'records', source: 30, missing: 0, different: 0, extra: 0, setAside: 0 };
  expect(await known()).toMatchObject({ job: 'applications', span: JANUARY, outcome });
  expect(told).toEqual([{ kind: 'verified', verification: await known() }]);
  expect(verifications.lastStartOf('applications')).toBeUndefined();
  await verifications.catchUp();
  expect(verifications.lastStartOf('applications')).toBe(Date.parse(NOW));
});

test('what differs is counted, of the newest periods alone where so many are asked for', async () => {
  const job = visitsJob({ periods: 10 });
  await place.collecting.run(job, NOW);
  await execute("UPDATE visits SET visits = 99 WHERE day IN ('2015-01-05', '2015-01-22', '2015-01-23')");
  await execute("DELETE FROM visits WHERE day = '2015-01-25'");
  expect(await verifying(job).verify()).toBe('succeeded');
  expect(await known()).toMatchObject({
    span: { from: Date.parse('2015-01-21'), to: JANUARY.to },
    outcome: { compared: 'records', source: 9, missing: 0, different: 2, extra: 1 },
  });
});

test('why nothing could be compared is remembered, and the next time all is well', async () => {
  const job = visitsJob();
  await place.collecting.run(job, NOW);
  await execute('ALTER TABLE visits RENAME TO gone');
  const { verify, told } = verifying(job);
  expect(await verify()).toBe('failed');
  const failure = { side: 'source', message: expect.stringContaining('visits') };
  expect(told).toMatchObject([{ verification: { outcome: { compared: 'nothing', failure } } }]);
  expect(await known()).toMatchObject({ outcome: { compared: 'nothing', failure } });
  await execute('ALTER TABLE gone RENAME TO visits');
  expect(await verify()).toBe('succeeded');
});

test('a job that has delivered nothing yet has nothing to compare', async () => {
  const { verify, told } = verifying(visitsJob());
  expect(await verify()).toBe('succeeded');
  expect([await known(), told]).toEqual([undefined, []]);
});

test('who stops is not told that it failed', async () => {
  const job = visitsJob();
  await place.collecting.run(job, NOW);
  const { verify, told } = verifying(job);
  expect(await verify(AbortSignal.abort(new Error('stopping')))).toBe('interrupted');
  expect([await known(), told]).toEqual([undefined, []]);
});

test('the second look waits for a run that another process has begun', async () => {
  const job = visitsJob();
  await place.collecting.run(job, NOW);
  await execute("UPDATE visits SET visits = 99 WHERE day = '2015-01-05'");
  const lease = await place.collecting.state.takeLease('applications');
  const verified = verifying(job).verify();
  await wait(1_000);
  expect(await known()).toBeUndefined();
  // What the run sends meanwhile differs no more.
  if (lease.kind === 'lease') await lease.release();
  await place.collecting.run(job, NOW, { span: { ...JANUARY, isBackfill: true } as never });
  expect(await verified).toBe('succeeded');
  expect(await known()).toMatchObject({ outcome: { different: 0, source: 30 } });
});

test('it takes no longer than it may, and says so', async () => {
  const job = visitsJob({ timeout: '1500ms' });
  await place.collecting.run(job, NOW);
  await execute("UPDATE visits SET visits = 99 WHERE day = '2015-01-05'");
  const lease = await place.collecting.state.takeLease('applications');
  expect(await verifying(job).verify()).toBe('failed');
  expect(await known()).toMatchObject({
    outcome: {
      failure: {
        message: expect.stringContaining('1.5 s'),
        remedy: expect.stringContaining('verify.timeout'),
      },
    },
  });
  if (lease.kind === 'lease') await lease.release();
});

test('runs of the job in this process wait for the second look, and are not passed over', async () => {
  const job = visitsJob();
  await place.collecting.run(job, NOW);
  await execute("UPDATE visits SET visits = 99 WHERE day = '2015-01-05'");
  const { verify, verifications } = verifying(job);
  const verified = verify();
  const outcomes: string[] = [];
  while (outcomes.length === 0 || (await known()) === undefined) {
    const { outcome } = await verifications.between(job.name, () => place.collecting.run(job, NOW));
    outcomes.push(outcome);
  }
  expect(await verified).toBe('succeeded');
  expect(new Set(outcomes)).toEqual(new Set(['succeeded']));
});

test('jobs that are enabled and want to be verified are so by a schedule of their own', () => {
  const [job, plain] = [visitsJob(), jobOf({ schedule: '0 6 * * *' })];
  const names = (jobs: readonly Complete[]) => scheduledJobs({ jobs }).map(({ name }) => name);
  expect(names([job, { ...plain, name: 'plain' }])).toEqual([
    'applications',
    'plain',
    'applications/verification',
  ]);
  expect(scheduledJobs({ jobs: [job] })[1]).toMatchObject({
    schedule: '0 3 * * 0',
    timezone: 'Europe/London',
  });
  expect(names([{ ...job, enabled: false }])).toEqual(['applications']);
});
