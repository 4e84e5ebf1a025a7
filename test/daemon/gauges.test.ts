import { expect } from 'vitest';
import { gaugesOf, measuredJobs } from '../../src/daemon/gauges.ts';
import { letterOf, stepOf } from '../state/examples.ts';
import { MINUTE, SECOND, START, snapshotJob, test } from './daemon-world.ts';

test('of each job what is known is told, of one whose file is wrong as of one that never ran', async ({
  world,
}) => {
  const { config } = world.write([snapshotJob('visits'), snapshotJob('idle', { schedule: undefined })]);
  await world.begin(config.jobs);
  const rejected = { name: 'wrong', file: 'collectors/wrong.yaml', problems: [] };
  world.files = { config, rejectedJobs: [rejected], problems: [] };
  await world.daemon.reload();
  expect(measuredJobs(world.daemon)).toEqual([
    { name: 'visits', dataSet: 'test/applications' },
    { name: 'idle', dataSet: 'test/applications' },
    { name: 'wrong', dataSet: undefined },
  ]);
  await world.pass(MINUTE);
  world.down.add('target');
  await world.pass(2 * MINUTE);
  const { jobs, scheduleLag } = gaugesOf(world.daemon, await world.remembered(), Date.now());
  expect(scheduleLag).toBe(0);
  const nothing = { collectedTo: undefined, lastSuccess: undefined, nextRun: undefined };
  expect([...jobs]).toEqual([
    {
      name: 'visits',
      deadLetters: 0,
      // Those of one hour are one record, the newest.
      pendingRecords: 1,
      collectedTo: START + MINUTE,
      lastSuccess: START + MINUTE,
      nextRun: START + 4 * MINUTE,
    },
    { name: 'idle', deadLetters: 0, pendingRecords: 0, ...nothing },
    { name: 'wrong', deadLetters: 0, pendingRecords: 0, ...nothing },
  ]);
});

test('of a job of which only dead letters are left these are told', async ({ world }) => {
  await world.begin([snapshotJob('visits', { schedule: undefined })]);
  const lease = await world.state.takeLease('visits');
  await world.state.acknowledged('visits', 1, stepOf({ deadLetters: [letterOf('a-key')] }));
  if (lease.kind === 'lease') await lease.release();
  const { jobs } = gaugesOf(world.daemon, await world.remembered(), Date.now());
  expect([...jobs]).toMatchObject([{ name: 'visits', deadLetters: 1, collectedTo: undefined }]);
});

test('the lag is that of the daemon at the time asked for', async ({ world }) => {
  world.hold('first');
  await world.begin([snapshotJob('first'), snapshotJob('waits')], { schedule: { max_concurrent_runs: 1 } });
  await world.pass(MINUTE);
  const at = START + MINUTE + 30 * SECOND;
  expect(gaugesOf(world.daemon, await world.remembered(), at).scheduleLag).toBe(30 * SECOND);
});
