import { expect } from 'vitest';
import type { Job } from '../../src/config/config.ts';
import { createPages } from '../../src/status/pages/create-pages.ts';
import { snapshotJob, test } from './daemon-world.ts';

/** Jobs as no configuration would let them through. */
const named = (name: string, over: Partial<Job>): Job =>
  ({ ...snapshotJob(name, { schedule: '30 6 * * *' }), ...over }) as Job;

test('a job that cannot be scheduled is shown as wrong, beside the others, and so after a reload', async ({
  world,
}) => {
  await world.begin([named('good', {}), named('wrong', { timezone: 'BST' })]);
  const { daemon, view } = world;
  expect(world.told).toEqual(['wrong cannot be scheduled']);
  expect(daemon.unplannedJobs()).toEqual(['wrong']);
  const check = async () => {
    const [good, wrong] = await view.jobs();
    expect(good).toMatchObject({ name: 'good', problems: [], nextRun: expect.any(Number) });
    expect(wrong?.job).toBeUndefined();
    expect(wrong?.problems).toEqual([
      expect.stringMatching(
        /^collectors\/wrong\.yaml: its schedule 30 6 \* \* \* cannot be worked out in BST: /,
      ),
    ]);
    expect((await view.job('wrong'))?.problems).toHaveLength(1);
    const pages = createPages(view);
    expect(await pages.overview({})).toContain('cannot be worked out in BST');
    expect(await pages.job('wrong', {})).toContain('cannot be worked out in BST');
  };
  await check();
  await daemon.reload();
  await check();
});

test('a job that cannot be told in words is shown as wrong, beside the others', async ({ world }) => {
  await world.begin([named('good', {}), named('wrong', { enabled: false, schedule: '99 99 * * *' })]);
  const [good, wrong] = await world.view.jobs();
  expect(good?.problems).toEqual([]);
  expect(wrong?.name).toBe('wrong');
});
