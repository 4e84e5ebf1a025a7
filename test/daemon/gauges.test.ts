import { expect } from 'vitest';
import { gaugesOf, measuredJobs } from '../../src/daemon/gauges.ts';
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
  const { jobs, scheduleLag } = gaugesOf(world.daemon, await world.state.standings(), Date.now());
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

test('the lag is that of the daemon at the time asked for', async ({ world }) => {
  world.hold('first');
  await world.begin([snapshotJob('first'), snapshotJob('waits')], { schedule: { max_concurrent_runs: 1 } });
  await world.pass(MINUTE);
  const at = START + MINUTE + 30 * SECOND;
  expect(gaugesOf(world.daemon, new Map(), at).scheduleLag).toBe(30 * SECOND);
});
