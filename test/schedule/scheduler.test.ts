import { describe, expect, test } from 'vitest';
import { DAY, HOUR, job, MINUTE, SECOND, START, settled, worldOf } from './scheduled-world.ts';

const EVERY_MINUTE = '* * * * *';
const EVERY_SECOND = '* * * * * *';

describe('a job', () => {
  test('runs at its tick, once', () => {
    const world = worldOf([job('a', '30 6 * * *')]);
    world.pass(HOUR);
    expect(world.started()).toEqual(['a@06:30:00']);
  });

  test('without a schedule never runs by itself', () => {
    const world = worldOf([job('a', undefined)], {}, { a: START - DAY });
    world.pass(DAY, MINUTE);
    expect(world.started()).toEqual([]);
  });

  test('runs in the zone of its schedule', () => {
    const world = worldOf([job('a', '30 7 * * *', { timezone: 'Europe/London' })]);
    world.pass(HOUR);
    expect(world.started()).toEqual(['a@06:30:00']);
  });

  test('that still runs is not started again; one run follows for all ticks that came', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(3 * MINUTE + 30 * SECOND);
    expect(world.started()).toEqual(['a@06:01:00']);
    await world.end('a');
    expect(world.started()).toEqual(['a@06:01:00', 'a@06:03:30 of 06:03:00 passed-over']);
    expect(world.told).toEqual(['a skipped 1 to 06:02:00, running', 'a skipped 1 to 06:03:00, running']);
    expect(world.scheduler.status('a')?.ticksSkipped).toBe(2);
    await world.end('a');
    world.pass(20 * SECOND);
    expect(world.runs).toHaveLength(2);
  });

  test('that ran through no tick is not followed by a run', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(90 * SECOND);
    await world.end('a');
    expect(world.runs).toHaveLength(1);
  });

  test('whose tick came before its run ended was passed over, also when the step comes later', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(MINUTE + 59 * SECOND);
    world.now += 1_004;
    await world.end('a');
    expect(world.told).toEqual(['a skipped 1 to 06:02:00, running']);
    expect(world.started()).toEqual(['a@06:01:00', 'a@06:02:00 of 06:02:00 passed-over']);
  });

  test('whose start throws has failed', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.runs.push = () => {
      throw new Error('no run');
    };
    world.pass(MINUTE);
    await world.scheduler.stop();
    expect(world.told).toEqual(['a threw Error: no run']);
    expect(world.scheduler.status('a')).toMatchObject({ failuresInRow: 1, runningSince: undefined });
  });
});

describe('limits', () => {
  test('hold for all runs, first come first served', async () => {
    const jobs = ['a', 'b', 'c', 'd'].map((name) => job(name, '1 6 * * *', { database: name }));
    const world = worldOf(jobs, { maxConcurrentRuns: 2 });
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:01:00']);
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([2, 2]);
    await world.end('b');
    await world.end('a');
    expect(world.runs.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('of a database hold, and who waits for one keeps nobody from another', async () => {
    const jobs = [
      job('a', '1 6 * * *'),
      job('b', '1 6 * * *'),
      job('c', '1 6 * * *'),
      job('other', '2 6 * * *', { database: 'housing' }),
    ];
    const world = worldOf(jobs, { maxConnections: new Map([['benefits', 1]]) });
    world.pass(2 * MINUTE);
    expect(world.started()).toEqual(['a@06:01:00', 'other@06:02:00']);
    await world.end('a');
    await world.end('b');
    expect(world.runs.map(({ name }) => name)).toEqual(['a', 'other', 'b', 'c']);
  });

  test('of a database hold also when one of several runs on it has ended', async () => {
    const jobs = ['a', 'b', 'c', 'd'].map((name) => job(name, '1 6 * * *'));
    const world = worldOf(jobs, { maxConnections: new Map([['benefits', 2]]) });
    world.pass(MINUTE);
    expect(world.runs.map(({ name }) => name)).toEqual(['a', 'b']);
    await world.end('a');
    expect(world.runs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('let a tick pass over while its job waits: the one run that is to start stands for it', async () => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', EVERY_MINUTE)], { maxConcurrentRuns: 1 });
    world.pass(2 * MINUTE);
    expect(world.scheduler.status('b')).toMatchObject({
      delayedUntil: undefined,
      waitingSince: START + MINUTE,
      ticksSkipped: 1,
    });
    await world.end('a');
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:02:00']);
    expect(world.told).toEqual(['b skipped 1 to 06:02:00, waiting', 'b of 06:02:00 started 60 s late']);
    await world.end('b');
    world.pass(30 * SECOND);
    expect(world.runs).toHaveLength(2);
    expect(world.scheduler.status('b')?.lag).toEqual({ last: MINUTE, max: MINUTE });
  });
});

test.each([
  [9, []],
  [10, ['b of 06:01:00 started 10 s late']],
])('a start that is %i s late is told from ten seconds on', async (seconds, told) => {
  const world = worldOf([job('a', '1 6 * * *'), job('b', '1 6 * * *')], { maxConcurrentRuns: 1 });
  world.pass(MINUTE + seconds * SECOND);
  await world.end('a');
  expect(world.runs).toHaveLength(2);
  expect(world.told).toEqual(told);
});

describe('jitter', () => {
  test('puts the start off by a share of it that is chosen for each tick', async () => {
    const world = worldOf([job('a', '*/10 * * * *', { jitter: MINUTE })]);
    world.dice = 0.5;
    world.pass(10 * MINUTE);
    expect(world.scheduler.status('a')?.delayedUntil).toBe(START + 10 * MINUTE + 30 * SECOND);
    world.pass(MINUTE);
    await world.end('a');
    world.dice = 0;
    world.pass(10 * MINUTE);
    expect(world.started()).toEqual(['a@06:10:30 of 06:10:00', 'a@06:20:00']);
    expect(world.scheduler.status('a')?.lag).toEqual({ last: 0, max: 0 });
  });

  test('longer than the schedule makes one run of several ticks', () => {
    const world = worldOf([job('a', EVERY_MINUTE, { jitter: 10 * MINUTE })]);
    world.dice = 0.25;
    world.pass(4 * MINUTE);
    expect(world.started()).toEqual(['a@06:03:30 of 06:03:00']);
    expect(world.scheduler.status('a')?.ticksSkipped).toBe(3);
  });
});

describe('a job that fails', () => {
  test('is tried again at its tick when that is later', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(MINUTE);
    await world.end('a', 'failed');
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00', 'a@06:02:00']);
  });

  test('is tried again after 1 s, 2 s, 4 s … 5 min when its schedule is denser', async () => {
    const world = worldOf([job('a', EVERY_SECOND)]);
    const pauses: number[] = [];
    for (let count = 0; count < 12; count++) {
      while (world.open.size === 0) world.pass(SECOND);
      const failedAt = world.now;
      await world.end('a', 'failed');
      expect(world.scheduler.status('a')?.failuresInRow).toBe(count + 1);
      while (world.open.size === 0) world.pass(SECOND);
      pauses.push((world.now - failedAt) / SECOND);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  test('is tried at once at its ticks when it has succeeded again', async () => {
    const world = worldOf([job('a', EVERY_SECOND)]);
    for (const outcome of ['failed', 'failed', 'skipped', 'failed', 'succeeded'] as const) {
      while (world.open.size === 0) world.pass(SECOND);
      await world.end('a', outcome);
      if (outcome === 'skipped') expect(world.scheduler.status('a')?.failuresInRow).toBe(2);
    }
    expect(world.scheduler.status('a')?.failuresInRow).toBe(0);
    world.pass(SECOND);
    expect(world.open.size).toBe(1);
  });

  test('and was passed over meanwhile runs once when the pause is over', async () => {
    const world = worldOf([job('a', '*/10 * * * * *')]);
    world.pass(25 * SECOND);
    await world.end('a', 'failed');
    expect(world.open.size).toBe(0);
    world.pass(SECOND);
    expect(world.started()).toEqual(['a@06:00:10', 'a@06:00:26 of 06:00:20 passed-over']);
  });
});

describe('a run that somebody asks for', () => {
  test('starts at once, also of a job without a schedule', () => {
    const world = worldOf([job('a', undefined)]);
    expect(world.scheduler.runNow('a', world.now)).toBe('started');
    expect(world.started()).toEqual(['a@06:00:00 asked']);
  });

  test('starts at the time at which it is asked for, also between two steps', () => {
    const world = worldOf([job('a', undefined)]);
    world.now += 400;
    world.scheduler.runNow('a', world.now);
    expect(world.scheduler.status('a')).toMatchObject({ runningSince: START + 400, lag: { last: 0 } });
  });

  test('while one waits makes a whole run of what was only to be delivered, and of no tick something else', async () => {
    const jobs = [job('a', '1 6 * * *'), job('ticked', '1 6 * * *'), job('left', undefined)];
    const world = worldOf(jobs, { maxConcurrentRuns: 1 });
    world.pass(MINUTE);
    world.scheduler.runNow('left', world.now, 'pending');
    for (const name of ['ticked', 'left'])
      expect(world.scheduler.runNow(name, world.now)).toBe('already-waiting');
    await world.end('a');
    await world.end('ticked');
    expect(world.started()).toEqual(['a@06:01:00', 'ticked@06:01:00', 'left@06:01:00 asked']);
  });

  test('waits for a place like all others, and only once', async () => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', undefined)], { maxConcurrentRuns: 1 });
    world.pass(MINUTE);
    expect(world.scheduler.runNow('b', world.now)).toBe('waiting');
    expect(world.scheduler.runNow('b', world.now)).toBe('already-waiting');
    expect(world.scheduler.runNow('a', world.now)).toBe('already-running');
    expect(world.scheduler.runNow('c', world.now)).toBe('unknown-job');
    await world.end('a');
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:01:00 asked']);
  });

  test('starts what jitter or a failure had put off', async () => {
    const world = worldOf([job('a', EVERY_SECOND)]);
    world.pass(SECOND);
    await world.end('a', 'failed');
    world.pass(SECOND / 2);
    expect(world.scheduler.runNow('a', world.now)).toBe('started');
    await world.end('a');
    world.pass(SECOND / 2);
    expect(world.started()).toEqual(['a@06:00:01', 'a@06:00:01 asked', 'a@06:00:02']);
  });

  test.each([
    ['asked', 'b@06:02:00 asked'],
    ['pending', 'b@06:02:00'],
  ] as const)('that is %s and waits for its turn as its tick comes starts as %s', async (cause, started) => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', '2 6 * * *')], { maxConcurrentRuns: 1 });
    world.pass(MINUTE);
    expect(world.scheduler.runNow('b', world.now, cause)).toBe('waiting');
    world.pass(MINUTE);
    await world.end('a');
    expect(world.started()).toEqual(['a@06:01:00', started]);
    expect(world.runs.at(-1)?.tick).toBe(START + 2 * MINUTE);
  });

  test('in the place of one that was put off leaves nothing to start at that time', async () => {
    const world = worldOf([job('a', '1 6 * * *', { jitter: MINUTE })]);
    world.dice = 0.5;
    world.pass(MINUTE);
    expect(world.scheduler.runNow('a', world.now)).toBe('started');
    await world.end('a');
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00']);
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([0, 0]);
  });
});

describe('after a stop', () => {
  test('nothing starts, and it is done when the last run has ended', async () => {
    const world = worldOf([job('a', EVERY_MINUTE), job('b', EVERY_MINUTE)], { maxConcurrentRuns: 1 });
    world.pass(3 * MINUTE);
    let done = false;
    const stopped = world.scheduler.stop().then(() => {
      done = true;
    });
    world.pass(2 * MINUTE);
    await settled();
    expect(world.scheduler.runNow('b', world.now)).toBe('stopped');
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([1, 0]);
    expect(done).toBe(false);
    await world.end('a');
    await stopped;
    expect(world.started()).toEqual(['a@06:01:00']);
  });

  test('it is not done while another run goes on, whatever has ended before', async () => {
    const world = worldOf(['a', 'b', 'c'].map((name) => job(name, '1 6 * * *')));
    world.pass(MINUTE);
    await world.end('a');
    let done = false;
    const stopped = world.scheduler.stop().then(() => {
      done = true;
    });
    await settled();
    expect(done).toBe(false);
    await world.end('b');
    expect(done).toBe(false);
    await world.end('c');
    await stopped;
  });

  test('it is done at once when nothing runs', async () => {
    await worldOf([job('a', EVERY_MINUTE)]).scheduler.stop();
  });
});
