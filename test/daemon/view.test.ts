import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Config, Job } from '../../src/config/config.ts';
import { configSchema } from '../../src/config/schema/config-schema.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import { ViewOfDaemon } from '../../src/daemon/view.ts';
import type { State } from '../../src/model/state.ts';
import { openSqliteState } from '../../src/state/sqlite-state.ts';
import { createPages } from '../../src/status/pages/create-pages.ts';
import { jobOf } from '../support/collecting.ts';

let state: State;
let daemon: Daemon | undefined;
let told: string[];

beforeEach(() => {
  state = openSqliteState(':memory:');
  told = [];
});

afterEach(async () => {
  await daemon?.stop(new Error('over'));
  await state.close();
});

const named = (name: string, over: Partial<Job>): Job =>
  ({ ...jobOf({ schedule: '30 6 * * *' }), name, file: `collectors/${name}.yaml`, ...over }) as Job;

/** A daemon of jobs as no configuration would let them through. */
async function daemonOf(jobs: readonly Job[]): Promise<ViewOfDaemon> {
  const file = configSchema.parse({
    write_api: { url: 'http://127.0.0.1:1' },
    databases: { source: { client: 'better-sqlite3', connection: { filename: 'source.sqlite' } } },
  });
  const config = { ...file, file: 'config.yaml', jobs } as unknown as Config;
  const silent = () => undefined;
  daemon = new Daemon(
    {
      state,
      observer: silent,
      scheduleObserver: {
        ...{ ticksSkipped: silent, ticksMissed: silent, startedLate: silent, clockSetBack: silent },
        ...{ startThrew: silent, cannotSchedule: (name) => void told.push(name) },
      },
      load: () => ({ config, rejectedJobs: [], problems: [] }),
      open: () => ({
        routeOf: () => {
          throw new Error('nothing is to run here');
        },
        close: async () => undefined,
      }),
      ...{ grace: 0, now: Date.now, steadyNow: Date.now, random: Math.random, onDefect: silent },
    },
    { config, rejectedJobs: [] },
  );
  await daemon.start();
  return new ViewOfDaemon(daemon, state, '1.0.0', Date.now);
}

test('a job that cannot be scheduled is shown as wrong, beside the others, and so after a reload', async () => {
  const view = await daemonOf([named('good', {}), named('wrong', { timezone: 'BST' })]);
  expect(told).toEqual(['wrong']);
  expect(daemon?.unplannedJobs()).toEqual(['wrong']);
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
  await daemon?.reload();
  await check();
});

test('a job that cannot be told in words is shown as wrong, beside the others', async () => {
  const jobs = [named('good', {}), named('wrong', { enabled: false, schedule: '99 99 * * *' })];
  const [good, wrong] = await (await daemonOf(jobs)).jobs();
  expect(good?.problems).toEqual([]);
  expect(wrong?.name).toBe('wrong');
});
