import { describe, expect, test } from 'vitest';
import { DAY, HOUR, job, MINUTE, plan, START, worldOf } from './scheduled-world.ts';

const EVERY_MINUTE = '* * * * *';

describe('a reload', () => {
  test('leaves jobs that stay in their place', async () => {
    const jobs = [job('a', '1 6 * * *'), job('b', '1 6 * * *'), job('c', '5 6 * * *')];
    const world = worldOf(jobs, { maxConcurrentRuns: 1 });
    world.pass(2 * MINUTE);
    world.use(plan(jobs.toReversed(), { maxConcurrentRuns: 1 }));
    expect(world.scheduler.status('b')?.waitingSince).toBe(START + MINUTE);
    await world.end('a');
    expect(world.runs.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(world.scheduler.statuses().map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  test('leaves to jobs that wait their turns, in whatever order it names them', async () => {
    const jobs = ['a', 'b', 'c'].map((name) => job(name, '1 6 * * *'));
    const world = worldOf(jobs, { maxConcurrentRuns: 1 });
    world.pass(MINUTE);
    world.use(plan(jobs.toReversed(), { maxConcurrentRuns: 1 }));
    await world.end('a');
    await world.end('b');
    expect(world.runs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['stays has ticked at its time', '*/10 * * * *', 40],
    ['changes has not ticked yet', '*/5 * * * *', 10],
  ])('keeps in mind that a schedule that %s, where the clock is set back', (_, schedule, next) => {
    const world = worldOf([job('a', '*/10 * * * *')]);
    world.pass(35 * MINUTE);
    world.use(plan([job('a', schedule)]));
    world.now = START + 7 * MINUTE;
    world.scheduler.step(world.now);
    expect(world.scheduler.status('a')?.nextTick).toBe(START + next * MINUTE);
  });

  test('works out a changed zone from then on', () => {
    const world = worldOf([job('a', '30 7 * * *')]);
    world.use(plan([job('a', '30 7 * * *', { timezone: 'Europe/London' })]));
    world.pass(HOUR);
    expect(world.started()).toEqual(['a@06:30:00']);
  });

  test('works out a changed schedule from then on', () => {
    const world = worldOf([job('a', '30 6 * * *')]);
    world.pass(10 * MINUTE);
    world.use(plan([job('a', '5,20 * * * *')]));
    world.pass(25 * MINUTE);
    expect(world.started()).toEqual(['a@06:20:00']);
  });

  test('loses no tick that is due when it comes', () => {
    const world = worldOf([job('a', '1 6 * * *')]);
    world.now += MINUTE;
    world.use(plan([job('a', '0 9 * * *')]));
    expect(world.started()).toEqual(['a@06:01:00']);
  });

  test('starts no removed job, and lets one that runs finish', async () => {
    const world = worldOf(
      [job('runs', '*/2 * * * *'), job('waits', '2 6 * * *'), job('stays', '9 6 * * *')],
      {
        maxConcurrentRuns: 1,
      },
    );
    world.pass(4 * MINUTE);
    world.use(plan([job('stays', '9 6 * * *')], { maxConcurrentRuns: 1 }));
    expect(world.scheduler.status('runs')).toBeUndefined();
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([1, 0]);
    await world.end('runs');
    world.pass(5 * MINUTE);
    expect(world.started()).toEqual(['runs@06:02:00', 'stays@06:09:00']);
  });

  test('does not start a job twice that comes back while it runs', async () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(MINUTE);
    world.use(plan([]));
    world.pass(2 * MINUTE);
    world.use(plan([job('a', EVERY_MINUTE)]), { a: START + MINUTE });
    world.pass(MINUTE);
    expect(world.runs).toHaveLength(1);
    await world.end('a');
    expect(world.started()).toEqual(['a@06:01:00', 'a@06:04:00 passed-over']);
  });

  test('takes a new job for another one than that which still runs', () => {
    const world = worldOf([job('a', EVERY_MINUTE)]);
    world.pass(MINUTE);
    world.use(plan([job('b', EVERY_MINUTE)]));
    world.pass(MINUTE);
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:02:00']);
  });

  test('puts no job in line that does not wait, although its database is another one', () => {
    const world = worldOf([job('a', '1 6 * * *')]);
    world.use(plan([job('a', '1 6 * * *', { database: 'housing' })]));
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([0, 0]);
    world.pass(MINUTE);
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([1, 0]);
  });

  test('moves a job that waits to its new database', async () => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', '1 6 * * *')], {
      maxConnections: new Map([['benefits', 1]]),
    });
    world.pass(MINUTE);
    const moved = [job('a', '1 6 * * *'), job('b', '1 6 * * *', { database: 'housing' })];
    world.use(plan(moved, { maxConnections: new Map([['benefits', 1]]) }));
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:01:00']);
  });

  test('takes a job that moves to another database from the line of the old one', async () => {
    const limits = { maxConnections: new Map([['benefits', 1]]) };
    const world = worldOf([job('a', '1 6 * * *'), job('b', '1 6 * * *')], limits);
    world.pass(MINUTE);
    world.use(plan([job('a', '1 6 * * *'), job('b', '1 6 * * *', { database: 'housing' })], limits));
    expect([world.scheduler.running, world.scheduler.waiting]).toEqual([2, 0]);
    await world.end('a');
    await world.end('b');
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:01:00']);
    expect(world.scheduler.running).toBe(0);
  });

  test('makes up for what a new job missed', () => {
    const world = worldOf([]);
    world.use(plan([job('a', '0 5 * * *')]), { a: START - DAY });
    expect(world.started()).toEqual(['a@06:00:00 of 05:00:00 missed']);
  });

  test('takes the owed run from a job that loses its schedule', async () => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', '1 6 * * *')], { maxConcurrentRuns: 1 });
    world.pass(MINUTE);
    world.use(plan([job('a', '1 6 * * *'), job('b', undefined)]));
    expect(world.started()).toEqual(['a@06:01:00']);
  });

  test('leaves to a job that loses its schedule the run that somebody asked for', async () => {
    const world = worldOf([job('a', '1 6 * * *'), job('b', '9 6 * * *')], { maxConcurrentRuns: 1 });
    world.pass(MINUTE);
    world.scheduler.runNow('b', world.now);
    world.use(plan([job('a', '1 6 * * *'), job('b', undefined)], { maxConcurrentRuns: 1 }));
    await world.end('a');
    expect(world.started()).toEqual(['a@06:01:00', 'b@06:01:00 asked']);
  });
});
