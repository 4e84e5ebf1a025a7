import { describe, expect, vi } from 'vitest';
import {
  type DaemonWorld,
  EVERY_SECOND,
  HOUR,
  HOURLY,
  MINUTE,
  SECOND,
  START,
  snapshotJob,
  test,
  turnsUntil,
} from './daemon-world.ts';

describe('a daemon', () => {
  test('runs a job at its ticks, in the zone of its schedule, and no disabled one', async ({ world }) => {
    await world.begin([
      snapshotJob('utc', { schedule: '2 6 * * *' }),
      snapshotJob('london', { schedule: '3 7 * * *', timezone: 'Europe/London' }),
      snapshotJob('disabled', { schedule: EVERY_SECOND, enabled: false }),
    ]);
    await world.pass(4 * MINUTE);
    expect(world.queried).toEqual(['utc@06:02:00', 'london@06:03:00']);
    expect(world.daemon.historyOf('utc')?.lastRun).toMatchObject({ outcome: 'succeeded', records: 1 });
    expect(world.defects).toEqual([]);
    // What is open stays so for the runs that follow.
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([false]);
  });

  test('puts a start off by the jitter of the job', async ({ world }) => {
    world.random = 0.5;
    await world.begin([snapshotJob('visits', { jitter: '20s' })]);
    await world.pass(MINUTE);
    expect(world.daemon.statusOf('visits')?.delayedUntil).toBe(START + MINUTE + 10 * SECOND);
    await world.pass(15 * SECOND);
    expect(world.queried).toEqual(['visits@06:01:10']);
  });

  test('keeps to the runs at a time of the configuration, and to those of a database', async ({ world }) => {
    const connection = { client: 'better-sqlite3', connection: { filename: 'source.sqlite' } };
    const databases = {
      source: { ...connection, max_connections: 1 },
      other: { ...connection, max_connections: 9 },
    };
    const jobs = [
      ...['a', 'b'].map((name) => snapshotJob(name)),
      ...['c', 'd', 'e'].map((name) => snapshotJob(name, { database: 'other' })),
    ];
    for (const { name } of jobs) world.hold(name);
    await world.begin(jobs, { databases, schedule: { max_concurrent_runs: 3 } });
    await world.pass(MINUTE);
    expect(world.queried.map((query) => query[0])).toEqual(['a', 'c', 'd']);
    await world.letGo('c');
    await turnsUntil(() => world.queried.length === 4);
    expect(world.queried.at(-1)).toMatch(/^e/);
  });

  test('tells the next tick of any job, none where there is none', async ({ world }) => {
    await world.begin([snapshotJob('later', { schedule: HOURLY }), snapshotJob('sooner')]);
    expect(world.daemon.nextTick()).toBe(START + MINUTE);
    world.write([snapshotJob('never', { schedule: undefined })]);
    await world.daemon.reload();
    expect(world.daemon.nextTick()).toBeUndefined();
  });

  test('runs a job that failed not before its pause is over, and one that another process ran at its tick', async ({
    world,
  }) => {
    world.down.add('source');
    await world.begin([snapshotJob('visits', { schedule: EVERY_SECOND })]);
    await world.pass(10 * SECOND);
    // After 1 s, 2 s, 4 s.
    expect(world.queried).toEqual([
      'visits@06:00:01',
      'visits@06:00:02',
      'visits@06:00:04',
      'visits@06:00:08',
    ]);
    expect(world.daemon.statusOf('visits')?.failuresInRow).toBe(4);
    world.down.clear();
    await world.pass(10 * SECOND);
    expect(world.daemon.statusOf('visits')?.failuresInRow).toBe(0);
    const lease = await world.state.takeLease('visits');
    const before = world.queried.length;
    await world.pass(3 * SECOND);
    expect(world.queried).toHaveLength(before);
    expect(world.daemon.historyOf('visits')?.lastRun?.outcome).toBe('skipped');
    expect(world.daemon.statusOf('visits')?.failuresInRow).toBe(0);
    if (lease.kind === 'lease') await lease.release();
    await world.pass(SECOND);
    expect(world.queried).toHaveLength(before + 1);
  });

  test('a run that was skipped does not end the pause after a failure', async ({ world }) => {
    await world.begin([snapshotJob('visits', { schedule: undefined })]);
    world.down.add('source');
    for (let count = 0; count < 2; count++) {
      await world.daemon.runNow('visits');
      await world.settled();
    }
    expect(world.daemon.statusOf('visits')?.failuresInRow).toBe(2);
    const lease = await world.state.takeLease('visits');
    await world.daemon.runNow('visits');
    await world.settled();
    expect(world.daemon.statusOf('visits')?.failuresInRow).toBe(2);
    if (lease.kind === 'lease') await lease.release();
  });

  test.for<[string, [string][]]>([
    ['empty', []],
    ['partial', [['1'], ['\0']]],
  ])(
    'takes a run that is %s for a success, and remembers it when one fails',
    async ([outcome, rows], { world }) => {
      world.rows = rows;
      await world.begin([snapshotJob('visits', { record: { id: ['_timestamp', 'number'] } })]);
      await world.pass(MINUTE);
      const success = { lastRun: { outcome }, lastSuccessAt: START + MINUTE };
      expect(world.daemon.historyOf('visits')).toMatchObject(success);
      world.down.add('source');
      await world.pass(MINUTE);
      const failure = { lastRun: { outcome: 'failed' }, lastSuccessAt: START + MINUTE };
      expect(world.daemon.historyOf('visits')).toMatchObject(failure);
    },
  );

  test('is ready from its start to its stop', async ({ world }) => {
    const { config } = world.write([]);
    const begun = world.begin([]);
    expect(world.daemon.notReadyBecause?.reason).toBe('starting or stopping');
    await begun;
    expect(world.daemon.notReadyBecause).toBeUndefined();
    expect(config.jobs).toEqual([]);
    const stopped = world.daemon.stop(new Error('over'));
    expect(world.daemon.notReadyBecause?.reason).toBe('starting or stopping');
    await stopped;
    expect(world.daemon.notReadyBecause?.reason).toBe('starting or stopping');
  });

  test('has not started later than now, whatever is done to the clock', async ({ world }) => {
    await world.begin([]);
    expect(world.daemon.startedAt).toBe(START);
    await world.setClock(START - HOUR);
    const back = world.daemon.startedAt;
    expect(back).toBe(Date.now());
    await world.setClock(START);
    expect(world.daemon.startedAt).toBe(back);
  });
});

describe('the _timestamp of a snapshot', () => {
  const timestamps = (delivered: readonly Record<string, unknown>[]) =>
    delivered.map(({ _timestamp }) => _timestamp);

  test('is of the period of its tick, also when the run starts late', async ({ world }) => {
    world.random = 0.99;
    await world.begin([snapshotJob('visits', { schedule: '59 6 * * *', jitter: '2m' })]);
    await world.setClock(START + 59 * MINUTE - 5 * SECOND);
    await world.pass(3 * MINUTE);
    expect(world.queried).toEqual(['visits@07:00:59']);
    expect(timestamps(world.delivered)).toEqual(['2026-05-04T06:00:00Z']);
  });

  test('is of the period of its reading where the tick was missed', async ({ world }) => {
    const daily = () => [snapshotJob('visits', { schedule: '0 7 * * *' })];
    await world.begin(daily());
    await world.setClock(START + HOUR);
    await world.restart(daily(), 26 * HOUR);
    expect(timestamps(world.delivered)).toEqual(['2026-05-04T07:00:00Z', '2026-05-05T09:00:00Z']);
  });
});

describe('what is pending when a daemon starts', () => {
  const yearly = () => snapshotJob('visits', { schedule: '0 0 1 1 *' });

  async function leavePending(world: DaemonWorld, job = yearly()) {
    world.down.add('target');
    await world.begin([job]);
    await world.daemon.runNow(job.name);
    await world.settled();
    expect((await world.state.standings()).get(job.name)?.pendingRecords).toBe(1);
    world.down.clear();
    world.queried.length = 0;
  }

  test('is delivered at once, and nothing new is taken', async ({ world }) => {
    await leavePending(world);
    await world.state.setProgress('other', { collectedTo: START });
    await world.restart([yearly(), snapshotJob('other', { schedule: '0 0 1 1 *' })], MINUTE);
    expect(world.delivered).toHaveLength(1);
    expect(world.queried).toEqual([]);
    expect(await world.runs('other')).toEqual([]);
  });

  test('of a disabled job waits', async ({ world }) => {
    await leavePending(world);
    await world.restart([snapshotJob('visits', { enabled: false })], MINUTE);
    expect(world.delivered).toEqual([]);
  });

  test('of a job that is no more stays, and keeps nothing else from starting', async ({ world }) => {
    await leavePending(world);
    await world.restart([snapshotJob('other')]);
    await world.pass(MINUTE);
    expect(world.queried).toEqual(['other@06:01:00']);
    expect((await world.state.standings()).get('visits')?.pendingRecords).toBe(1);
  });

  test('is delivered only once without a new snapshot: who asks for a run later gets one', async ({
    world,
  }) => {
    await leavePending(world);
    await world.restart([yearly()]);
    await world.daemon.runNow('visits');
    await world.settled();
    expect(world.queried).toHaveLength(1);
    expect(world.delivered).toHaveLength(2);
  });

  test('does not make a missed run only deliver, nor the tick after it', async ({ world }) => {
    const job = snapshotJob('visits', { schedule: HOURLY });
    await leavePending(world, job);
    await world.restart([job], 90 * MINUTE);
    expect(world.queried).toEqual(['visits@07:30:00']);
    await world.setClock(START + 2 * HOUR);
    expect(world.queried).toEqual(['visits@07:30:00', expect.stringMatching(/^visits@08:00/)]);
  });

  test('does not make a missed run only deliver that waits for its place', async ({ world }) => {
    const jobs = [snapshotJob('first', { schedule: HOURLY }), snapshotJob('visits', { schedule: HOURLY })];
    world.down.add('target');
    await world.begin(jobs);
    for (const { name } of jobs) await world.daemon.runNow(name);
    await world.settled();
    world.down.clear();
    world.queried.length = 0;
    world.hold('first');
    await world.restart(jobs, 90 * MINUTE, { schedule: { max_concurrent_runs: 1 } });
    expect(world.queried).toEqual(['first@07:30:00']);
    await world.letGo('first');
    expect(world.queried).toEqual(['first@07:30:00', 'visits@07:30:00']);
  });

  test('does not make the next run that somebody asks for only deliver', async ({ world }) => {
    const job = snapshotJob('visits', { schedule: HOURLY });
    await leavePending(world, job);
    await world.restart([job], 90 * MINUTE);
    await world.daemon.runNow('visits');
    await world.settled();
    expect(world.queried).toHaveLength(2);
  });

  describe('and waits for its turn', () => {
    /** Lets a delivery wait for the missed run of another job, and something happen meanwhile. */
    async function queriedAfter(world: DaemonWorld, meanwhile: () => unknown): Promise<string[]> {
      const first = snapshotJob('first', { schedule: HOURLY });
      const visits = snapshotJob('visits', { schedule: '15 7 * * *' });
      await leavePending(world, visits);
      await world.restart([first]);
      await world.daemon.runNow('first');
      await world.settled();
      world.hold('first');
      world.queried.length = 0;
      await world.restart([first, visits], 70 * MINUTE, { schedule: { max_concurrent_runs: 1 } });
      expect(world.daemon.statusOf('visits')?.waitingSince).toBe(START + 70 * MINUTE);
      await meanwhile();
      await world.letGo('first');
      expect((await world.state.standings()).get('visits')?.pendingRecords).toBe(0);
      return world.queried.map((query) => query.split('@')[0] ?? '');
    }

    test('only delivers', async ({ world }) => {
      expect(await queriedAfter(world, () => undefined)).toEqual(['first']);
    });

    test('takes the snapshot of a tick that comes meanwhile', async ({ world }) => {
      const meanwhile = () => world.setClock(START + 75 * MINUTE);
      expect(await queriedAfter(world, meanwhile)).toEqual(['first', 'visits']);
    });

    test('takes a snapshot for who asks for one meanwhile', async ({ world }) => {
      const meanwhile = async () => expect(await world.daemon.runNow('visits')).toBe('already-waiting');
      expect(await queriedAfter(world, meanwhile)).toEqual(['first', 'visits']);
    });

    test('outlives a reload that takes its schedule away', async ({ world }) => {
      const meanwhile = () => {
        world.write([snapshotJob('first'), snapshotJob('visits', { schedule: undefined })]);
        return world.daemon.reload();
      };
      expect(await queriedAfter(world, meanwhile)).toEqual(['first']);
    });
  });
});

describe('the lag', () => {
  const slow = { schedule: { max_concurrent_runs: 1 } };

  test('is the time that the longest waiting run has waited', async ({ world }) => {
    const jobs = [
      snapshotJob('a', { schedule: '1 6 * * *' }),
      snapshotJob('b', { schedule: '2 6 * * *' }),
      snapshotJob('c', { schedule: '3 6 * * *' }),
    ];
    world.hold('a');
    await world.begin(jobs, slow);
    expect(world.daemon.scheduleLag(Date.now())).toBe(0);
    await world.pass(4 * MINUTE);
    expect(world.daemon.scheduleLag(Date.now())).toBe(2 * MINUTE);
    expect(world.daemon.scheduleLag(START)).toBe(0);
    world.hold('b');
    await world.letGo('a');
    await turnsUntil(() => world.queried.length === 2);
    expect(world.daemon.scheduleLag(Date.now())).toBe(MINUTE);
  });

  test('is how late the newest run started while none waits', async ({ world }) => {
    const jobs = [
      snapshotJob('late', { schedule: '2 6 * * *' }),
      snapshotJob('blocking', { schedule: '1 6 * * *' }),
      snapshotJob('prompt', { schedule: '4 6 * * *', database: 'other' }),
    ];
    for (const name of ['blocking', 'late', 'prompt']) world.hold(name);
    await world.begin(jobs, {
      databases: {
        source: { client: 'better-sqlite3', connection: { filename: 'a.sqlite' }, max_connections: 1 },
        other: { client: 'better-sqlite3', connection: { filename: 'b.sqlite' } },
      },
    });
    await world.pass(3 * MINUTE);
    await world.letGo('blocking');
    await turnsUntil(() => world.queried.length === 2);
    expect(world.daemon.scheduleLag(Date.now())).toBe(MINUTE);
    await world.pass(MINUTE);
    expect(world.daemon.scheduleLag(Date.now())).toBe(0);
  });

  test('of a job that started late before is that of its last run', async ({ world }) => {
    world.hold('blocking');
    await world.begin([snapshotJob('blocking'), snapshotJob('visits')], slow);
    await world.pass(90 * SECOND);
    await world.letGo('blocking');
    await world.settled();
    world.hold('visits');
    await world.pass(30 * SECOND);
    await world.pass(5 * SECOND);
    expect(world.daemon.statusOf('visits')?.lag?.max).toBe(30 * SECOND);
    expect(world.daemon.scheduleLag(Date.now())).toBe(world.daemon.statusOf('visits')?.lag?.last);
  });
});

describe('a stop', () => {
  test('interrupts what runs, resolves when it has ended, and starts nothing more', async ({ world }) => {
    world.hold('visits');
    await world.begin([snapshotJob('visits'), snapshotJob('waits')], {
      schedule: { max_concurrent_runs: 1 },
    });
    await world.pass(MINUTE);
    expect(world.queried).toEqual(['visits@06:01:00']);
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([false]);
    await world.daemon.stop(new Error('told to stop'));
    expect(await world.runs('visits')).toMatchObject([{ outcome: 'interrupted' }]);
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(await world.daemon.runNow('waits')).toBe('stopped');
    await world.pass(3 * MINUTE);
    expect(world.queried).toEqual(['visits@06:01:00']);
    await world.reopenState();
    expect(vi.getTimerCount()).toBe(0);
  });
});
