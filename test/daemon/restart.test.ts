import { expect } from 'vitest';
import { HOUR, HOURLY, MINUTE, SECOND, START, snapshotJob, test } from './daemon-world.ts';

const hourly = () => [snapshotJob('visits', { schedule: HOURLY })];

test('a tick that had its run before a restart does not come again', async ({ world }) => {
  await world.begin(hourly());
  await world.setClock(START + HOUR);
  expect(world.queried).toHaveLength(1);
  await world.restart(hourly(), 10 * MINUTE);
  await world.pass(10 * SECOND);
  expect(world.queried).toHaveLength(1);
});

test('ticks that passed meanwhile are made up for by one run', async ({ world }) => {
  await world.begin(hourly());
  await world.setClock(START + HOUR);
  await world.restart(hourly(), 3 * HOUR + 30 * MINUTE);
  await world.pass(10 * SECOND);
  expect(world.queried).toHaveLength(2);
  expect(world.told).toContain('visits missed 2');
});

test('ticks that passed meanwhile are not made up for where the configuration says skip', async ({
  world,
}) => {
  await world.begin(hourly());
  await world.setClock(START + HOUR);
  await world.restart(hourly(), 3 * HOUR, { schedule: { missed_runs: 'skip' } });
  await world.pass(10 * SECOND);
  expect(world.queried).toHaveLength(1);
  expect(world.told).toContain('visits missed 3');
});

test('the tick of a run that the stop interrupted is made up for', async ({ world }) => {
  world.hold('visits');
  await world.begin(hourly());
  await world.setClock(START + HOUR);
  await world.daemon.stop(new Error('over'));
  await world.letGo('visits');
  await world.restart(hourly(), 5 * MINUTE);
  expect((await world.runs('visits')).map(({ outcome }) => outcome)).toEqual(['interrupted', 'succeeded']);
});

test('the tick of a run that has no end is made up for', async ({ world }) => {
  await world.begin(hourly());
  await world.setClock(START + HOUR);
  await world.daemon.stop(new Error('over'));
  await world.state.beginRun('visits', START + 2 * HOUR);
  await world.restart(hourly(), 90 * MINUTE);
  expect(world.queried).toHaveLength(2);
  expect(world.daemon.historyOf('visits')?.unfinishedSince).toBeUndefined();
});

test('ticks of a clock that was ahead come when it is time, and no run of it repeats', async ({ world }) => {
  const jobs = () => [snapshotJob('visits', { schedule: '*/10 * * * *' })];
  await world.begin(jobs());
  await world.setClock(START + 30 * MINUTE);
  expect(world.queried).toHaveLength(1);
  await world.restart(jobs(), -20 * MINUTE);
  expect(world.told).toContain('clock set back');
  expect(world.daemon.nextTick()).toBe(START + 20 * MINUTE);
  await world.setClock(START + 20 * MINUTE);
  expect(world.queried).toHaveLength(2);
  // That of half past has had its run.
  expect(world.daemon.nextTick()).toBe(START + 40 * MINUTE);
});
