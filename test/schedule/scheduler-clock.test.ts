import { describe, expect, test } from 'vitest';
import { DAY, HOUR, job, MINUTE, plan, SECOND, START, worldOf } from './scheduled-world.ts';

const EVERY_MINUTE = '* * * * *';

describe('the clock', () => {
  test('set back repeats no tick', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(2 * MINUTE);
    await world.end('a');
    expect(world.runs).toHaveLength(2);
    await world.end('a');
    world.now -= HOUR;
    world.pass(HOUR);
    expect(world.runs).toHaveLength(2);
    world.pass(MINUTE);
    expect(world.started().at(-1)).toBe('a@06:03:00');
  });

  test('set back by more than a day is believed', async () => {
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

  test('a tick that a run before the start stood for does not come again', () => {
    const world = worldOf([job('a', EVERY_MINUTE)], {}, { a: START + 90 * SECOND });
    world.pass(3 * MINUTE);
    expect(world.started()).toEqual(['a@06:02:00']);
  });

  test('a run of a far future was started by a wrong clock', () => {
    const world = worldOf([job('a', EVERY_MINUTE)], {}, { a: START + 365 * DAY });
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00']);
  });
});
