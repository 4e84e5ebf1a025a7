import { describe, expect, vi } from 'vitest';
import { HOUR, MINUTE } from '../../src/calendar/durations.ts';
import { scheduleOf } from '../../src/replicas/tick-feed.ts';
import type { ScheduledJob } from '../../src/schedule/scheduler-interface.ts';
import { openPlace } from '../state/open-place.ts';
import { leaseOf } from '../state/open-state.ts';
import { planOf, type TestReplica, test } from './shared-world.ts';

const NEVER = '0 0 1 1 *';
/** So far apart that on a busy machine, too, each tick has a run of its own. */
const STEP = 3_000;
const STEADILY = '*/3 * * * * *';
/** With a tick at the minute of a time, and none in the time that a test takes. */
const hourlyAt = (time: number): string => `${new Date(time).getUTCMinutes()} * * * *`;

describe.concurrent('several replicas', () => {
  test('run each tick once, whoever it is', async ({ world }) => {
    const replicas = ['a', 'b', 'c'].map((name) => world.replica(name));
    const jobs = Array.from({ length: 3 }, () => ({ schedule: STEADILY }));
    for (const replica of replicas) await replica.begin(planOf(jobs));
    await world.until(() => world.started.length >= 9);
    for (const job of ['job-0', 'job-1', 'job-2']) {
      const ticks = world.ticksOf(job);
      const [first = 0] = ticks;
      expect(ticks).toEqual(ticks.map((_, index) => first + index * STEP));
    }
    expect(world.told).toEqual([]);
    for (const { troubles } of replicas) expect(troubles).toEqual([undefined]);
  });

  test('run each tick once, whatever sessions of the database are given', async ({ world }) => {
    await world.presetSessions(
      "default_transaction_isolation = 'repeatable read'",
      'extra_float_digits = -10',
      'search_path = nowhere',
    );
    const replicas = ['a', 'b', 'c'].map((name) => world.replica(name));
    const jobs = Array.from({ length: 3 }, () => ({ schedule: STEADILY }));
    for (const replica of replicas) await replica.begin(planOf(jobs));
    await world.until(() => world.started.length >= 9);
    expect(world.told).toEqual([]);
    for (const { troubles } of replicas) expect(troubles).toEqual([undefined]);
  });

  test('hold the limits together, and nobody waits for somebody whose database is busy', async ({
    world,
  }) => {
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const plan = planOf(
      Array.from({ length: 8 }, (_, index) => ({
        schedule: NEVER,
        database: index < 5 ? 'slow' : 'quick',
      })),
      { maxConcurrentRuns: 3, maxConnections: new Map([['slow', 2]]) },
    );
    const databaseOf = new Map(plan.jobs.map(({ name, database }) => [name, database]));
    const gate = Promise.withResolvers<void>();
    const add = (key: string, change: number) => {
      running.set(key, (running.get(key) ?? 0) + change);
      most.set(key, Math.max(most.get(key) ?? 0, running.get(key) ?? 0));
    };
    world.perform = async (job) => {
      const database = databaseOf.get(job) ?? '';
      for (const key of [database, 'all']) add(key, 1);
      if (database === 'slow') await gate.promise;
      for (const key of [database, 'all']) add(key, -1);
      return 'succeeded';
    };
    const replicas = ['a', 'b', 'c'].map((name) => world.replica(name));
    for (const replica of replicas) await replica.begin(plan);
    await world.until(() => replicas.every(({ replicas: known }) => known.length === 3));
    for (const { name } of plan.jobs) expect(await replicas[0]?.engine.runNow(name)).toBe('waiting');
    const started = (database: string) =>
      world.started.filter(({ job }) => databaseOf.get(job) === database).length;
    await world.until(() => started('quick') === 3);
    expect(started('slow')).toBe(2);
    gate.resolve();
    await world.until(() => started('slow') === 5);
    expect(most).toEqual(
      new Map([
        ['slow', 2],
        ['all', 3],
        ['quick', 1],
      ]),
    );
  });

  test('merge all that is due of a job into one run, also what stands far behind others', async ({
    world,
  }) => {
    const gate = Promise.withResolvers<void>();
    world.perform = async (job) => {
      if (job === 'slow') await gate.promise;
      return 'succeeded';
    };
    const plan = planOf([{ name: 'slow', schedule: NEVER }, { name: 'first' }, { name: 'second' }], {
      maxConcurrentRuns: 1,
    });
    const replicas = ['a', 'b'].map((name) => world.replica(name));
    for (const replica of replicas) await replica.begin({ ...plan, jobs: plan.jobs.slice(0, 1) });
    await replicas[0]?.engine.runNow('slow');
    await world.until(() => world.started.length === 1);
    const now = Date.now();
    for (const { engine } of replicas)
      await engine.replace(plan, { servedUpTo: () => now, laterStarts: () => [] }, () => 'one');
    const hasWaited = ({ engine }: TestReplica) =>
      Date.now() - (engine.status('second')?.waitingSince ?? Infinity) > 2_500;
    await vi.waitUntil(() => replicas.every(hasWaited), { timeout: 20_000 });
    gate.resolve();
    await world.until(() => world.ticksOf('first').length > 0 && world.ticksOf('second').length > 0);
    for (const job of ['first', 'second'])
      expect(world.told.join('\n')).toMatch(new RegExp(`^${job} skipped [2-9]`, 'm'));
  });

  test('merge the ticks that come while a job runs into one run that follows', async ({ world }) => {
    const gate = Promise.withResolvers<void>();
    world.perform = async (job) => {
      if (job === 'job-0') await gate.promise;
      return 'succeeded';
    };
    const replicas = ['a', 'b'].map((name) => world.replica(name));
    for (const replica of replicas) await replica.begin(planOf([{}, { name: 'other' }]));
    await world.until(() => world.ticksOf('job-0').length === 1);
    const [first = 0] = world.ticksOf('job-0');
    await world.until(() => world.ticksOf('other').some((tick) => tick >= first + 3_000));
    expect(world.ticksOf('job-0')).toEqual([first]);
    gate.resolve();
    await world.until(() => world.ticksOf('job-0').length === 2);
    const [, second = 0] = world.ticksOf('job-0');
    const told = world.told.filter((line) => line.startsWith('job-0 '));
    expect(told).toEqual([`job-0 skipped ${(second - first) / 1_000 - 1}`]);
    expect(second - first).toBeGreaterThanOrEqual(3_000);
  });

  test('answer who asks for a run, wherever it goes on', async ({ world }) => {
    const gate = Promise.withResolvers<void>();
    world.perform = async () => {
      await gate.promise;
      return 'succeeded';
    };
    const [one, other] = ['a', 'b'].map((name) => world.replica(name));
    const plan = planOf([{ schedule: NEVER }, { schedule: undefined }], { maxConcurrentRuns: 1 });
    await one?.begin(plan);
    await other?.begin(plan);
    await world.until(() => one?.replicas.length === 2);
    expect(await one?.engine.runNow('job-0')).toBe('waiting');
    await world.until(() => world.started.length === 1);
    expect(await other?.engine.runNow('job-0')).toBe('already-running');
    expect(await other?.engine.runNow('job-1')).toBe('waiting');
    expect(await one?.engine.runNow('job-1')).toBe('already-waiting');
    expect(await one?.engine.runNow('job-9')).toBe('unknown-job');
    gate.resolve();
    await world.until(() => world.started.length === 2);
    expect(world.started.map(({ job, tick, cause }) => [job, tick, cause])).toEqual([
      ['job-0', undefined, 'asked'],
      ['job-1', undefined, 'asked'],
    ]);
  });

  test('leave a job alone that somebody else holds', async ({ world }) => {
    const state = await openPlace(world.url);
    const lease = await leaseOf(state, 'job-0');
    const replica = world.replica('a');
    await replica.begin(planOf([{}, { name: 'other' }]));
    await world.until(() => world.ticksOf('other').length >= 3);
    expect(world.ticksOf('job-0')).toEqual([]);
    await lease.release();
    await world.until(() => world.ticksOf('job-0').length > 0);
    await state.close();
  });

  test('take over at once what a replica that stops was running', async ({ world }) => {
    const gate = Promise.withResolvers<void>();
    world.perform = async (_, replica) => {
      if (replica !== 'a') return 'succeeded';
      await gate.promise;
      return 'interrupted';
    };
    const one = world.replica('a');
    await one.begin(planOf([{ schedule: NEVER }]));
    await one.engine.runNow('job-0');
    await world.until(() => world.started.length === 1);
    const other = world.replica('b');
    await other.begin(planOf([{ schedule: NEVER }]));
    const stopped = one.engine.stop();
    gate.resolve();
    await stopped;
    await world.until(() => world.started.length === 2);
    expect(world.started.map(({ replica }) => replica)).toEqual(['a', 'b']);
  });

  test('wait longer and longer after failures, whoever they happened to', async ({ world }) => {
    world.perform = async () => 'failed';
    world.lastStart = Infinity;
    const replicas = ['a', 'b'].map((name) => world.replica(name));
    for (const replica of replicas) await replica.begin(planOf([{}]));
    await world.until(() => world.started.length === 4);
    const times = world.started.map(({ at }) => at);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(1_000 * 2 ** index);
  });

  test('run at once what is asked for, also of a job that pauses after failures', async ({ world }) => {
    const replica = world.replica('a');
    await world.onDatabase(
      `INSERT INTO pp_db_collector.failures_in_row SELECT 'job-' || n, 9, now() + interval '1 hour' FROM generate_series(0, 1) n`,
    );
    await replica.begin(planOf([{ schedule: NEVER }, {}]));
    await vi.waitUntil(() => replica.engine.status('job-1')?.waitingSince !== undefined, {
      timeout: 20_000,
    });
    expect(world.started).toEqual([]);
    expect(await replica.engine.runNow('job-0')).toBe('waiting');
    expect(await replica.engine.runNow('job-1')).toBe('already-waiting');
    await world.until(() => new Set(world.started.map(({ job }) => job)).size === 2);
  });

  test('make up once for the ticks that passed while no replica was there', async ({ world }) => {
    const now = Date.now();
    const plan = planOf([{ schedule: hourlyAt(now - 3 * MINUTE) }]);
    const replicas = ['a', 'b'].map((name) => world.replica(name));
    await Promise.all(replicas.map((replica) => replica.begin(plan, now - 3 * HOUR)));
    await world.until(() => world.started.length > 0);
    await world.until(() => replicas.every(({ replicas: known }) => known.length === 2));
    expect(world.started.length).toBe(1);
    expect(world.told.filter((told) => told.includes(' missed '))).toEqual(['job-0 missed 2']);
  });

  test('tell once of all ticks that passed while no replica was there, and run none of them, when that is wanted', async ({
    world,
  }) => {
    const now = Date.now();
    const plan = planOf([{ schedule: hourlyAt(now - 3 * MINUTE) }], { missedRuns: 'skip' });
    // The first of them was put into the queue by a replica that did not live to see it.
    const tick = Math.floor((now - 123 * MINUTE) / MINUTE) * MINUTE;
    await world.putIntoQueue('job-0', tick, scheduleOf(plan.jobs[0] as ScheduledJob));
    const replicas = ['a', 'b'].map((name) => world.replica(name));
    await Promise.all(replicas.map((replica) => replica.begin(plan, now - 3 * HOUR)));
    await world.until(() => replicas.every(({ replicas: known }) => known.length === 2));
    expect(world.told).toEqual(['job-0 missed 3']);
    expect(world.started).toEqual([]);
  });

  test('run a tick that has waited for long, though a replica comes that is to skip what it missed', async ({
    world,
  }) => {
    const tick = Math.floor((Date.now() - 3 * MINUTE) / MINUTE) * MINUTE;
    const plan = planOf([{ schedule: hourlyAt(tick) }], { missedRuns: 'skip' });
    await world.replica('a').begin({ ...plan, maxConcurrentRuns: 0 });
    await world.onDatabase("UPDATE pp_db_collector.replicas SET started = started - interval '3 hours'");
    await world.putIntoQueue('job-0', tick, scheduleOf(plan.jobs[0] as ScheduledJob));
    await world.replica('b').begin(plan, tick - HOUR);
    await world.until(() => world.started.length > 0);
    expect(world.started).toMatchObject([{ job: 'job-0', tick, cause: 'tick' }]);
    expect(world.told).toEqual(['job-0 started late']);
  });

  test('notice who has another configuration, and let the ticks of old schedules go when nobody has them', async ({
    world,
  }) => {
    const [one, other] = [world.replica('a'), world.replica('b')];
    const steady = (...names: string[]) => planOf(names.map((name) => ({ name, schedule: STEADILY })));
    await one.begin(steady('old', 'kept'), undefined, 'one');
    await other.begin(steady('kept', 'new'), undefined, 'two');
    await world.until(() => ['old', 'kept', 'new'].every((job) => world.ticksOf(job).length > 0));
    expect(new Set(world.started.filter(({ job }) => job === 'old').map(({ replica }) => replica))).toEqual(
      new Set(['a']),
    );
    await world.until(() => one.replicas.some(({ configuration }) => configuration === 'two'));
    await one.engine.replace(
      steady('kept', 'new'),
      { servedUpTo: () => undefined, laterStarts: () => [] },
      () => 'two',
    );
    await world.until(() => other.replicas.every(({ configuration }) => configuration === 'two'));
    const ofOld = world.ticksOf('old').length;
    const ofKept = world.ticksOf('kept').length;
    await world.until(() => world.ticksOf('kept').length >= ofKept + 2);
    expect(world.ticksOf('old').length).toBe(ofOld);
    const kept = world.ticksOf('kept');
    expect(kept).toEqual(kept.map((_, index) => (kept[0] ?? 0) + index * STEP));
  });

  test('run a tick that the schedule before has as well as the one now', async ({ world }) => {
    const replica = world.replica('a');
    // Far enough ahead for a busy machine: what is due by then is run, whatever the schedule.
    const tick = Math.ceil(Date.now() / 1_000 + 10) * 1_000;
    const second = new Date(tick).getUTCSeconds();
    await world.putIntoQueue('job-0', tick, '* * * * * * UTC');
    await world.putIntoQueue('job-0', tick - 1_000, '* * * * * * UTC');
    await replica.begin(planOf([{ schedule: `${second} * * * * *` }]));
    await world.until(() => world.started.length > 0);
    expect(world.ticksOf('job-0')).toEqual([tick]);
  });

  test('run what was due when its schedule was changed, and nothing of a job that has none any more', async ({
    world,
  }) => {
    const tick = Math.floor(Date.now() / 1_000) * 1_000;
    await world.putIntoQueue('job-0', tick, '* * * * * * UTC');
    await world.putIntoQueue('job-1', tick, '* * * * * * UTC');
    await world.replica('a').begin(planOf([{ schedule: NEVER }, { schedule: undefined }, {}]));
    await world.until(() => world.ticksOf('job-0').length > 0 && world.ticksOf('job-2').length > 1);
    expect(world.ticksOf('job-0')).toEqual([tick]);
    expect(world.ticksOf('job-1')).toEqual([]);
  });
});
