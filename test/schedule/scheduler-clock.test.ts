import { describe, expect, test } from 'vitest';
import { DAY, HOUR, job, MINUTE, plan, ScheduledWorld, SECOND, START, worldOf } from './scheduled-world.ts';

const EVERY_MINUTE = '* * * * *';

describe('the clock', () => {
  test.each([1, 5])('set back by %i minutes is waited for', async (minutes) => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(MINUTE);
    await world.end('a');
    world.pass(MINUTE);
    await world.end('a');
    world.now -= minutes * MINUTE;
    world.pass(minutes * MINUTE);
    expect(world.runs).toHaveLength(2);
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00', 'a@06:02:00', 'a@06:03:00']);
    expect(world.told).toEqual([]);
  });

  test.each([
    ['ten minutes', 10 * MINUTE],
    ['an hour', HOUR],
    ['twelve hours', 12 * HOUR],
    ['thirteen hours', 13 * HOUR],
    ['two days', 2 * DAY],
  ])('wrong for six seconds by %s stops no job', async (_, ahead) => {
    const jobs = [job('each-minute', EVERY_MINUTE), job('daily', '30 6 * * *')];
    const world = worldOf(jobs);
    world.now += ahead;
    world.pass(6 * SECOND);
    for (const { name } of [...world.open]) await world.end(name);
    world.now -= ahead;
    world.pass(MINUTE);
    expect(world.started().at(-1)).toBe('each-minute@06:01:00');
    await world.end('each-minute');
    world.pass(29 * MINUTE);
    expect(world.started()).toContain('daily@06:30:00');
    const back = world.told.filter((line) => line.startsWith('clock'));
    expect(back).toEqual([`clock set back by ${(ahead - SECOND) / HOUR} h`]);
  });

  test('set back repeats no tick that came at its time', async () => {
    const world = worldOf([job('a', '0,10 7 * * *')]);
    world.pass(65 * MINUTE);
    await world.end('a');
    world.now -= 30 * MINUTE;
    world.pass(SECOND);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + 70 * MINUTE);
    world.pass(40 * MINUTE);
    expect(world.started()).toEqual(['a@07:00:00', 'a@07:10:00']);
  });

  test('set back repeats a tick that came late, by a clock that was wrong', async () => {
    const world = worldOf([job('a', '0 7 * * *')]);
    world.pass(2 * HOUR, 2 * HOUR);
    await world.end('a');
    world.now -= 2 * HOUR;
    world.pass(HOUR);
    expect(world.started()).toEqual(['a@08:00:00 of 07:00:00', 'a@07:00:00']);
  });

  test.each([
    ['that the machine slept through', 30 * MINUTE + 20 * SECOND],
    ['that came more than a minute late', 22 * MINUTE],
  ])('set back repeats a tick %s, but not those around it that came at their time', async (_, until) => {
    const world = worldOf([job('a', '*/10 * * * *')]);
    world.pass(10 * MINUTE);
    world.pass(until - 10 * MINUTE, until - 10 * MINUTE);
    world.pass(START + 30 * MINUTE + 20 * SECOND - world.now);
    world.now = START + 15 * MINUTE;
    world.scheduler.step(world.now);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + 20 * MINUTE);
    world.pass(5 * MINUTE);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + 40 * MINUTE);
  });

  test('set back repeats none of nearly an hour of ticks, however many they were', () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(58 * MINUTE);
    world.now = START;
    world.scheduler.step(world.now);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + 59 * MINUTE);
  });

  test('that was an hour and more ahead for long lets dense schedules go on at once', async () => {
    const world = worldOf([job('dense', '*/10 * * * *'), job('daily', '0 7 * * *')]);
    for (let count = 0; count < 18; count++) {
      world.pass(10 * MINUTE);
      for (const { name } of [...world.open]) await world.end(name);
    }
    world.now -= 2.5 * HOUR;
    world.pass(10 * MINUTE);
    expect(world.started().at(-1)).toBe('dense@06:40:00');
    await world.end('dense');
    world.pass(30 * MINUTE);
    expect(world.runs.filter(({ name }) => name === 'daily')).toHaveLength(1);
  });

  test('set back during a run, a pause or a jitter lengthens none of them', async () => {
    const jobs = [
      job('runs', '1 6 * * *'),
      job('fails', EVERY_MINUTE),
      job('late', '3 6 * * *', { jitter: MINUTE }),
    ];
    const world = worldOf(jobs);
    world.dice = 0.5;
    world.pass(MINUTE);
    for (let failures = 0; failures < 7; failures++) {
      await world.end('fails', 'failed');
      while (![...world.open].some(({ name }) => name === 'fails') && world.now < START + 3 * MINUTE)
        world.pass(SECOND);
      if (world.now >= START + 3 * MINUTE) break;
    }
    const before = world.scheduler.statuses();
    world.now -= 12 * HOUR;
    world.scheduler.step(world.now);
    const after = world.scheduler.statuses();
    for (const [index, { runningSince, delayedUntil }] of before.entries()) {
      const moved = (time: number | undefined) => time && time - 12 * HOUR;
      expect(after[index]).toMatchObject({
        runningSince: moved(runningSince),
        delayedUntil: moved(delayedUntil),
      });
    }
    world.pass(31 * SECOND);
    expect(world.started().at(-1)).toMatch(/^late@18:03:30 of 06:03:00 missed$/);
  });

  test('set back lets a run that stands in line have waited as long as before', async () => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', '1 6 * * *')], { maxConcurrentRuns: 1 });
    world.pass(2 * MINUTE);
    world.now -= 12 * HOUR;
    world.scheduler.step(world.now);
    expect(world.scheduler.status('b')?.waitingSince).toBe(world.now - MINUTE);
    await world.end('a');
    expect(world.scheduler.status('b')?.lag).toEqual({ last: MINUTE, max: MINUTE });
  });

  test('set back leaves to runs that stand in line why they start where their ticks have come', async () => {
    const jobs = [job('a', '1 6 * * *'), job('b', '1 6 * * *'), job('c', undefined)];
    const world = worldOf(jobs, { maxConcurrentRuns: 1 });
    world.pass(20 * MINUTE);
    world.scheduler.runNow('c', world.now);
    world.now -= 10 * MINUTE;
    world.scheduler.step(world.now);
    await world.end('a');
    await world.end('b');
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:10:00 of 06:01:00', 'c@06:10:00 asked']);
  });

  test('set back keeps in mind what ticked, also when other ticks come before', () => {
    const world = worldOf([job('a', '*/10 * * * *')]);
    world.pass(35 * MINUTE);
    world.now -= HOUR;
    world.pass(35 * MINUTE);
    expect(world.now).toBe(START + 10 * MINUTE);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + 40 * MINUTE);
  });

  test('set back by a month is believed', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(MINUTE);
    await world.end('a', 'failed');
    world.now -= 30 * DAY;
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00', 'a@06:02:00']);
    expect(world.told).toEqual([`clock set back by ${(30 * DAY - SECOND) / HOUR} h`]);
  });

  test('set forward, or a machine that slept, makes one run of all ticks, the latest', () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(8 * HOUR + 10 * SECOND, 8 * HOUR + 10 * SECOND);
    expect(world.started()).toEqual(['a@14:00:10 of 14:00:00']);
    expect(world.told[0]).toBe('a missed 479 to 14:00:00');
    expect(world.scheduler.status('a')).toMatchObject({
      ticksMissed: 479,
      nextTick: START + 8 * HOUR + MINUTE,
    });
  });

  test('set forward makes no run of old ticks with skip', () => {
    const world = worldOf([job('old', '0 7 * * *'), job('recent', '30 7 * * *')], { missedRuns: 'skip' });
    world.pass(90 * MINUTE + 20 * SECOND, 90 * MINUTE + 20 * SECOND);
    expect(world.started()).toEqual(['recent@07:30:20 of 07:30:00']);
    expect(world.told[0]).toBe('old missed 1 to 07:00:00');
  });

  test('set forward drops with skip what jitter had put off, but not a tick that came since', () => {
    const world = worldOf(
      [job('old', '1 6 * * *', { jitter: HOUR }), job('a', '*/30 * * * *', { jitter: HOUR })],
      { missedRuns: 'skip' },
    );
    world.dice = 0.5;
    world.pass(30 * MINUTE);
    world.pass(2 * HOUR, 2 * HOUR);
    expect(world.started()).toEqual(['a@08:30:00']);
    expect(world.scheduler.status('old')?.ticksMissed).toBe(1);
    expect(world.told).toContain('old missed 1 to 06:01:00');
  });

  test('set forward counts no tick twice that a run was to follow for', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)], { missedRuns: 'skip' });
    for (let failures = 0; failures < 9; failures++) {
      while (world.open.size === 0) world.pass(SECOND);
      await world.end('a', 'failed');
    }
    while (world.open.size === 0) world.pass(SECOND);
    world.pass(MINUTE);
    await world.end('a', 'failed');
    world.use(plan([job('a', '0 0 1 1 *')], { missedRuns: 'skip' }));
    world.pass(HOUR, HOUR);
    expect(world.scheduler.status('a')).toMatchObject({ ticksMissed: 0, delayedUntil: undefined });
    expect(world.open.size).toBe(0);
  });
});

describe('at the start', () => {
  const jobs = [job('daily', '0 5 * * *'), job('never-ran', '0 5 * * *'), job('later', '0 7 * * *')];
  const lastStarts = { daily: START - 3 * DAY, later: START - HOUR };

  test('a job whose ticks passed while nobody ran runs once with run_once', () => {
    const world = worldOf(jobs, {}, lastStarts);
    expect(world.started()).toEqual(['daily@06:00:00 of 05:00:00 missed']);
    expect(world.told).toEqual(['daily missed 2 to 05:00:00']);
  });

  test('and not at all with skip', () => {
    const world = worldOf(jobs, { missedRuns: 'skip' }, lastStarts);
    expect(world.started()).toEqual([]);
    expect(world.told).toEqual(['daily missed 3 to 05:00:00']);
    world.pass(2 * HOUR);
    expect(world.started()).toEqual(['later@07:00:00']);
  });

  test('a tick that was missed in the last minutes is made up for', () => {
    const world = worldOf([job('a', '58 5 * * *')], {}, { a: START - 3 * MINUTE });
    expect(world.started()).toEqual(['a@06:00:00 of 05:58:00 missed']);
  });

  test('a tick of that very moment is made up for, once', () => {
    const world = worldOf([job('a', '0 6 * * *')], {}, { a: START - HOUR });
    expect(world.started()).toEqual(['a@06:00:00 missed']);
    world.pass(MINUTE);
    expect(world.runs).toHaveLength(1);
  });

  test('a tick that a run before the start stood for does not come again', () => {
    const world = worldOf([job('a', EVERY_MINUTE)], {}, { a: START + 90 * SECOND });
    expect(world.told).toEqual([]);
    world.pass(3 * MINUTE);
    expect(world.started()).toEqual(['a@06:02:00']);
  });

  test.each([6 * MINUTE, HOUR, 12 * HOUR, 365 * DAY])(
    'a run %i ms from now was started by a wrong clock',
    (ahead) => {
      const world = worldOf([job('a', EVERY_MINUTE)], {}, { a: START + ahead });
      world.pass(MINUTE);
      expect(world.started()).toEqual(['a@06:01:00']);
      expect(world.told).toEqual([`clock set back by ${ahead / HOUR} h`]);
    },
  );

  test('ticks of runs of a wrong clock are not among those that the machine sleeps through', () => {
    const world = new ScheduledWorld();
    const starts = [START + 30 * MINUTE + 2 * SECOND, START + 50 * MINUTE + 2 * SECOND];
    const tens = plan([job('a', '*/10 * * * *')]);
    world.scheduler.replace(
      tens,
      world.now,
      () => undefined,
      () => starts,
    );
    world.pass(55 * MINUTE, 55 * MINUTE);
    expect(world.started()).toEqual(['a@06:55:00 of 06:40:00']);
    expect(world.told).toContain('a missed 2 to 06:40:00');
  });

  test('ticks of runs of a wrong clock do not come again', () => {
    const world = new ScheduledWorld();
    const starts = [START + 30 * MINUTE + 2 * SECOND, START + 40 * MINUTE];
    world.scheduler.replace(
      plan([job('a', '*/10 * * * *')]),
      world.now,
      () => START - HOUR,
      () => starts,
    );
    expect(world.started()).toEqual(['a@06:00:00 missed']);
    world.scheduler.step(world.now);
    world.pass(20 * MINUTE);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + 50 * MINUTE);
    expect(world.told.filter((line) => line.startsWith('clock'))).toEqual([`clock set back by ${2 / 3} h`]);
  });
});
