import { describe, expect } from 'vitest';
import type { Job } from '../../src/config/config.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { letterOf, NOTHING, stepOf } from '../state/examples.ts';
import { jobOf } from '../support/collecting.ts';
import {
  DAY,
  type DaemonWorld,
  EVERY_SECOND,
  HOUR,
  HOURLY,
  MINUTE,
  SECOND,
  START,
  snapshotJob,
  test,
} from './daemon-world.ts';

const viewOf = async (world: DaemonWorld, name: string) =>
  (await world.view.jobs()).find((view) => view.name === name);

describe('a job at a glance', () => {
  test('shows its schedule, its next run, what it did and where it stands', async ({ world }) => {
    await world.begin([snapshotJob('b', { schedule: HOURLY }), snapshotJob('a', { schedule: undefined })]);
    expect((await world.view.jobs()).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await viewOf(world, 'a')).toMatchObject({ scheduleInWords: undefined, nextRun: undefined });
    await world.setClock(START + HOUR);
    expect(await viewOf(world, 'b')).toMatchObject({
      job: { name: 'b' },
      problems: [],
      scheduleInWords: expect.stringMatching(/hour/),
      nextRun: START + 2 * HOUR,
      running: undefined,
      waitingSince: undefined,
      ticksSkipped: 0,
      lastRun: { outcome: 'succeeded', records: 1 },
      lastSuccessAt: (await world.runs('b')).at(-1)?.endedAt,
      progress: { collectedTo: expect.any(Number) },
      deadLetters: 0,
      pendingRecords: 0,
      verification: undefined,
      nextVerification: undefined,
      isStale: false,
    });
  });

  test('leads to the dashboard of its data set where there is one, unless it would tell what came from outside', async ({
    world,
  }) => {
    const address = 'https://numbers.example/dashboards/{data_group}?of={data_type}';
    const data_set = { data_group: 'licensing', data_type: 'visits', token: 'the-token' };
    const [one, other] = [snapshotJob('a', { data_set }), snapshotJob('b', { data_set })];
    const shown = { ...other, data_set: { ...data_set, data_group: '${GROUP}', replace: false } };
    const jobs = [one, { ...other, shown }] as Job[];
    await world.begin(jobs, { write_api: { url: 'http://127.0.0.1:1', dashboard_url: address } });
    expect(await viewOf(world, 'a')).toMatchObject({
      dashboard: 'https://numbers.example/dashboards/licensing?of=visits',
    });
    expect(await viewOf(world, 'b')).toMatchObject({ name: 'b', dashboard: undefined });
  });

  test('shows what runs, what waits and what was skipped', async ({ world }) => {
    world.hold('a');
    await world.begin([snapshotJob('a'), snapshotJob('b')], { schedule: { max_concurrent_runs: 1 } });
    await world.pass(2 * MINUTE);
    expect(await viewOf(world, 'a')).toMatchObject({
      running: { since: START + MINUTE, rows: 0 },
      waitingSince: undefined,
    });
    expect(await viewOf(world, 'b')).toMatchObject({
      running: undefined,
      waitingSince: START + MINUTE,
      ticksSkipped: 1,
    });
  });

  test('shows how far a run is that another process does, until that is dead or done', async ({ world }) => {
    await world.begin([snapshotJob('a')]);
    const other = openSqliteState(world.stateFile);
    await other.takeLease('a');
    const run = await other.beginRun('a', START - MINUTE);
    const work = { unit: 'record', done: 1, owed: 4, since: START } as const;
    await other.noteRun(run, { counts: { ...NOTHING, records: 1 }, work });
    expect((await viewOf(world, 'a'))?.running).toEqual({
      since: START - MINUTE,
      work,
      ...NOTHING,
      records: 1,
    });
    await other.close();
    expect((await viewOf(world, 'a'))?.running).toBeUndefined();
  });

  test('shows when a run starts that its jitter puts off, instead of the next tick', async ({ world }) => {
    world.random = 0.5;
    await world.begin([snapshotJob('visits', { schedule: HOURLY, jitter: '10m' })]);
    await world.setClock(START + HOUR);
    expect((await viewOf(world, 'visits'))?.nextRun).toBe(START + HOUR + 5 * MINUTE);
  });

  test('does not tell a schedule that came from outside', async ({ world }) => {
    const job = snapshotJob('visits', { schedule: HOURLY });
    const { data_set, ...rest } = job;
    const { token: _token, ...shownSet } = data_set;
    const shown = { ...rest, data_set: shownSet };
    await world.begin([
      { ...job, name: 'from-file', shown } as unknown as Job,
      { ...job, name: 'from-outside', shown: { ...shown, schedule: '${SCHEDULE}' } } as unknown as Job,
    ]);
    expect((await viewOf(world, 'from-file'))?.scheduleInWords).toMatch(/hour/);
    expect((await viewOf(world, 'from-outside'))?.scheduleInWords).toBeUndefined();
  });

  test('shows one whose file is wrong, with what is wrong', async ({ world }) => {
    const { config } = world.write([snapshotJob('b')]);
    await world.begin(config.jobs);
    const excerpt = { line: 1, column: 1, length: 0, path: '', excerpt: [] };
    const problem = { severity: 'error', code: 'unknown-key', file: 'collectors/a.yaml' } as const;
    const problems = [{ ...problem, ...excerpt, message: 'expected nothing' }];
    const rejectedJobs = [{ name: 'a', file: 'collectors/a.yaml', problems }];
    world.files = { config, rejectedJobs, problems: [] };
    await world.daemon.reload();
    expect((await world.view.jobs()).map(({ name }) => name)).toEqual(['a', 'b']);
    for (const view of [await viewOf(world, 'a'), await world.view.job('a')])
      expect(view).toMatchObject({ job: undefined, problems: [expect.stringContaining('expected nothing')] });
    expect(await world.view.job('c')).toBeUndefined();
    expect(await world.view.runNow('a')).toBe('unknown');
  });
});

describe('a job is stale', () => {
  /** Whether it is, at times since the start. */
  async function staleAt(world: DaemonWorld, ...times: readonly number[]): Promise<(boolean | undefined)[]> {
    const { view } = world;
    const stale = [];
    for (const time of times) {
      await world.setClock(START + time - 4 * SECOND);
      stale.push((await view.jobs())[0]?.isStale);
    }
    return stale;
  }
  const hourly = (over: Record<string, unknown> = {}) => [
    snapshotJob('visits', { schedule: HOURLY, ...over }),
  ];

  test('when it did not succeed for two intervals since its last success', async ({ world }) => {
    await world.begin(hourly());
    expect(await staleAt(world, HOUR + 10 * SECOND)).toEqual([false]);
    world.down.add('source');
    const times = [2 * HOUR + 10 * SECOND, 3 * HOUR, 3 * HOUR + SECOND];
    expect(await staleAt(world, ...times)).toEqual([false, false, true]);
    world.down.clear();
    expect(await staleAt(world, 4 * HOUR + 10 * SECOND)).toEqual([false]);
  });

  test.for([
    ['never', 0],
    ['long ago', HOUR],
  ] as const)(
    'when it succeeded %s, not before two intervals since the daemon started',
    async ([, at], { world }) => {
      await world.begin(hourly());
      await world.setClock(START + at);
      world.down.add('source');
      const later = START + 30 * HOUR + 30 * MINUTE - Date.now();
      await world.restart(hourly(), later);
      const started = 30 * HOUR + 30 * MINUTE;
      const times = [started + MINUTE, started + HOUR + 30 * MINUTE, started + HOUR + 31 * MINUTE];
      expect(await staleAt(world, ...times)).toEqual([false, false, true]);
    },
  );

  test('never while it is disabled or has no schedule', async ({ world }) => {
    world.down.add('source');
    await world.begin(hourly({ enabled: false }));
    expect(await staleAt(world, 10 * HOUR)).toEqual([false]);
    world.write([snapshotJob('visits', { schedule: undefined })]);
    await world.daemon.reload();
    expect(await staleAt(world, 20 * HOUR)).toEqual([false]);
  });

  test('by the schedule that a reload has put into force', async ({ world }) => {
    world.down.add('source');
    await world.begin(hourly());
    const { view } = world;
    await world.setClock(START + 30 * MINUTE);
    expect((await view.jobs())[0]?.isStale).toBe(false);
    world.write([snapshotJob('visits', { schedule: '*/10 * * * *' })]);
    await world.daemon.reload();
    expect((await view.jobs())[0]?.isStale).toBe(true);
  });
});

describe('one job', () => {
  test('shows its dead letters and what is pending, and those of no other job', async ({ world }) => {
    world.down.add('target');
    await world.begin([snapshotJob('visits'), snapshotJob('other')]);
    await world.daemon.runNow('visits');
    await world.settled();
    const lease = await world.state.takeLease('visits');
    await world.state.acknowledged('visits', 1, stepOf({ deadLetters: [letterOf('a-key')] }));
    const detail = await world.view.job('visits');
    expect(detail?.letters).toMatchObject([{ key: 'a-key' }]);
    expect(detail).toMatchObject({ deadLetters: 1, pendingRecords: 1, periods: [] });
    expect(detail?.pending).toMatchObject([{ records: 1, takenAt: START }]);
    expect(await world.view.job('other')).toMatchObject({ letters: [], pending: [], deadLetters: 0 });
    if (lease.kind === 'lease') await lease.release();
  });

  test('with windows shows its periods up to where it stands', async ({ world }) => {
    const job = {
      ...jobOf({ window: { period: 'day', start: '2026-05-01', lookback: 1 }, timezone: 'UTC' }),
      name: 'days',
    };
    await world.begin([job]);
    const [first, third] = [Date.parse('2026-05-01T00:00:00Z'), Date.parse('2026-05-03T00:00:00Z')];
    const stateOf = async () => {
      const { periods, collected } = (await world.view.job('days')) ?? {};
      return [periods?.map(({ state }) => state), collected?.gaps];
    };
    await world.state.setProgress('days', { collectedTo: third });
    expect(await stateOf()).toEqual([['gap', 'gap', 'owed', 'not-over'], [{ from: first, to: third }]]);
    const lease = await world.state.takeLease('days');
    await world.state.acknowledged('days', 1, stepOf({ collected: { from: first, to: third } }));
    if (lease.kind === 'lease') await lease.release();
    expect(await stateOf()).toEqual([['collected', 'collected', 'owed', 'not-over'], []]);
    const due = { nextAt: Date.parse('2026-05-04T00:00:00Z'), behind: DAY };
    expect((await world.view.job('days'))?.due()).toEqual(due);
  });

  test('shows its runs, the newest first, as many as are asked for', async ({ world }) => {
    await world.begin([snapshotJob('visits', { schedule: EVERY_SECOND }), snapshotJob('other')]);
    await world.pass(35 * SECOND);
    await world.daemon.runNow('other');
    await world.settled();
    expect(await world.view.recentRuns('visits')).toHaveLength(30);
    const runs = await world.view.runs('visits', 2);
    expect(runs.map(({ startedAt }) => startedAt)).toEqual([START + 35 * SECOND, START + 34 * SECOND]);
  });

  test('shows ${NAME} in texts of its runs and letters for what came from outside', async ({ world }) => {
    const job = snapshotJob('visits', { schedule: undefined });
    const { token: _token, ...shownSet } = job.data_set;
    const outside = {
      ...job,
      data_set: { ...job.data_set, data_type: 'the source is down' },
      shown: { ...job, data_set: { ...shownSet, data_type: '${KIND}' } },
    };
    world.down.add('source');
    await world.begin([outside as unknown as Job]);
    await world.daemon.runNow('visits');
    await world.settled();
    const told = { message: '${KIND}' };
    expect((await viewOf(world, 'visits'))?.lastRun?.failure).toMatchObject(told);
    expect(await world.view.runs('visits', 1)).toMatchObject([{ failure: told }]);
    const lease = await world.state.takeLease('visits');
    const letter = letterOf('a-key', { reason: 'the source is down', remedy: 'none' });
    await world.state.acknowledged('visits', 1, stepOf({ deadLetters: [letter] }));
    expect((await world.view.job('visits'))?.letters).toMatchObject([{ reason: '${KIND}', remedy: 'none' }]);
    if (lease.kind === 'lease') await lease.release();
  });
});

test('a run that somebody asks for is queued, goes on already, or is of no job', async ({ world }) => {
  world.hold('a');
  await world.begin([snapshotJob('a', { schedule: undefined }), snapshotJob('b', { schedule: undefined })], {
    schedule: { max_concurrent_runs: 1 },
  });
  const { view } = world;
  expect(await Promise.all(['a', 'b', 'a', 'b', 'c'].map((name) => view.runNow(name)))).toEqual([
    'queued',
    'queued',
    'already-running',
    'already-running',
    'unknown',
  ]);
});

test('the daemon is healthy while its state answers', async ({ world }) => {
  await world.begin([]);
  const { view } = world;
  await view.checkHealth();
  expect([view.notReadyBecause(), view.startedAt, view.version]).toEqual([undefined, START, '1.0.0']);
  await world.daemon.stop(new Error('over'));
  expect(view.notReadyBecause()?.reason).toBe('starting or stopping');
  await world.state.close();
  await expect(view.checkHealth()).rejects.toThrow();
  await world.reopenState();
});
