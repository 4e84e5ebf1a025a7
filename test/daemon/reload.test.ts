import { pino } from 'pino';
import { describe, expect } from 'vitest';
import type { Setting } from '../../src/cli/shell/setting.ts';
import { listenForReload } from '../../src/cli/start/reload.ts';
import type { Job } from '../../src/config/config.ts';
import type { Problem } from '../../src/config/problem.ts';
import { gaugesOf } from '../../src/daemon/gauges.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import {
  test as base,
  type DaemonWorld,
  EVERY_SECOND,
  HOURLY,
  MINUTE,
  SECOND,
  START,
  snapshotJob,
  turnsUntil,
} from './daemon-world.ts';

const problem = (severity: Problem['severity']): Problem => ({
  ...{ severity, code: 'wrong-value', file: 'config.yaml', line: 1, column: 1, length: 0 },
  ...{ path: 'schedule', message: `expected no ${severity}`, excerpt: [] },
});

describe('a reload', () => {
  base('plans by the new files, and lets a run finish with what it began with', async ({ world }) => {
    world.hold('stays');
    await world.begin([snapshotJob('stays'), snapshotJob('gone')]);
    await world.pass(MINUTE);
    const { config } = world.write([snapshotJob('stays'), snapshotJob('new')]);
    const reload = await world.daemon.reload();
    expect(reload).toEqual({ at: START + MINUTE, isInForce: true, problems: [], afterRestart: [] });
    expect(world.daemon.lastReload).toBe(reload);
    expect(world.daemon.setup.config).toBe(config);
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    await world.letGo('stays');
    await turnsUntil(() => world.stations[0]?.isClosed === true);
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(await world.runs('stays')).toMatchObject([{ outcome: 'succeeded' }]);
    await world.pass(MINUTE);
    expect(world.queried.map((query) => query.split('@')[0])).toEqual(['stays', 'gone', 'stays', 'new']);
  });

  base('closes at once what nobody uses', async ({ world }) => {
    await world.begin([]);
    await world.daemon.reload();
    await turnsUntil(() => world.stations[0]?.isClosed === true);
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  base('keeps what is open for the runs that use it, also when another one has failed', async ({ world }) => {
    for (const name of ['a', 'b']) world.hold(name);
    await world.begin([snapshotJob('a'), snapshotJob('b')]);
    await world.pass(MINUTE);
    await world.daemon.reload();
    world.down.add('source');
    await world.letGo('a');
    expect(world.stations[0]?.isClosed).toBe(false);
    await world.letGo('b');
    await turnsUntil(() => world.stations[0]?.isClosed === true);
  });

  base('of files with an error changes nothing and says why', async ({ world }) => {
    await world.begin([snapshotJob('visits')]);
    const before = world.daemon.setup;
    const { config } = world.write([snapshotJob('visits', { schedule: EVERY_SECOND })], {
      state: { memory: true },
    });
    const problems = [problem('warning'), problem('error')];
    world.files = { config, rejectedJobs: [], problems };
    expect(await world.daemon.reload()).toEqual({ at: START, isInForce: false, problems, afterRestart: [] });
    expect(world.daemon.setup).toBe(before);
    expect(world.stations).toHaveLength(1);
    expect(world.view.lastReload()).toEqual({
      at: START,
      problems: [expect.stringContaining('no warning'), expect.stringContaining('no error')],
    });
    await world.pass(3 * SECOND);
    expect(world.queried).toEqual([]);
  });

  base('of a config.yaml that is wrong itself changes nothing', async ({ world }) => {
    await world.begin([snapshotJob('visits')]);
    world.files = { rejectedJobs: [], problems: [problem('error')] };
    expect((await world.daemon.reload()).isInForce).toBe(false);
    expect([...world.daemon.setup.jobs.keys()]).toEqual(['visits']);
  });

  base('of files with warnings is in force, and the pages show none of them', async ({ world }) => {
    await world.begin([]);
    expect(world.view.lastReload()).toBeUndefined();
    world.files = { ...world.files, problems: [problem('warning')] };
    expect((await world.daemon.reload()).isInForce).toBe(true);
    expect(world.view.lastReload()).toEqual({ at: START, problems: [] });
  });

  base('after the stop takes over nothing and opens nothing', async ({ world }) => {
    await world.begin([]);
    await world.daemon.stop(new Error('over'));
    expect((await world.daemon.reload()).isInForce).toBe(false);
    expect(world.stations).toHaveLength(1);
  });

  base('is waited for by a stop until what it replaced is closed', async ({ world }) => {
    world.hold('visits');
    await world.begin([snapshotJob('visits')]);
    await world.pass(MINUTE);
    await world.daemon.reload();
    await world.daemon.stop(new Error('over'));
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  base.for<[string, Record<string, unknown>, string[]]>([
    ['nothing', {}, []],
    ['the state', { state: { memory: true } }, ['state']],
    ['the log', { log: { level: 'debug' } }, ['log']],
    ['the address', { http: { listen: '127.0.0.1:1', token: 'a-token' } }, ['http']],
    ['the token', { http: { token: 'another-token' } }, ['http']],
    ['everything', { state: { memory: true }, log: { level: 'warn' }, http: {} }, ['state', 'log', 'http']],
  ])('says that %s counts from the next start only', async ([, over, expected], { world }) => {
    const http = { token: 'a-token' };
    await world.begin([], { http });
    world.write([], { http, ...over });
    expect((await world.daemon.reload()).afterRestart).toEqual(expected);
  });
});

/** What a daemon that listens for signals is seen by. */
interface Listening {
  readonly metrics: Metrics;
  /** Sends a signal and waits until it is dealt with. */
  signal(): Promise<void>;
  gauge(name: string): Promise<number | undefined>;
  readonly log: Record<string, unknown>[];
  close(): void;
}

const test = base.extend<{ listen: () => Listening }>({
  listen: async ({ world }, use) => {
    const closing: Listening[] = [];
    await use(() => {
      const listening = listeningTo(world);
      closing.push(listening);
      return listening;
    });
    for (const each of closing) each.close();
  },
});

function listeningTo(world: DaemonWorld): Listening {
  const log: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line) => void log.push(JSON.parse(line)) });
  const metrics = createMetrics(async () => gaugesOf(world.daemon, await world.remembered(), Date.now()));
  const setting = { config: world.daemon.setup.config, logger, terminal: { directory: world.folder } };
  const { close } = listenForReload(world.daemon, metrics, setting as unknown as Setting, false);
  return {
    metrics,
    log,
    close,
    async signal() {
      const before = log.length;
      process.emit('SIGHUP', 'SIGHUP');
      await turnsUntil(() => log.length > before);
    },
    async gauge(name) {
      const text = (await metrics.text()).toString();
      const value = new RegExp(`^pp_db_collector_${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1];
      return value === undefined ? undefined : Number(value);
    },
  };
}

describe('SIGHUP', () => {
  test('reloads, and one that throws keeps none that follows from being tried', async ({ world, listen }) => {
    await world.begin([snapshotJob('visits')]);
    const listening = listen();
    const { config } = world.write([snapshotJob('visits'), snapshotJob('other')]);
    // Settings that cannot work are a Failure when what they name is opened.
    world.breaks = new Error('cannot be opened');
    await listening.signal();
    expect(listening.log.at(-1)).toMatchObject({ level: 50 });
    expect(world.daemon.setup.config).not.toBe(config);
    world.breaks = undefined;
    await listening.signal();
    expect(world.daemon.setup.config).toBe(config);
    await world.pass(MINUTE);
    expect(world.queried).toHaveLength(2);
  });

  test('that puts new connections into force makes the write host count as up', async ({ world, listen }) => {
    await world.begin([]);
    const listening = listen();
    listening.metrics.hostDown();
    world.files = { ...world.files, problems: [problem('error')] };
    await listening.signal();
    expect(await listening.gauge('breaker_open')).toBe(1);
    world.write([]);
    await listening.signal();
    expect(await listening.gauge('breaker_open')).toBe(0);
  });

  test('tells the metrics what came of it, and which jobs there are', async ({ world, listen }) => {
    await world.begin([]);
    const listening = listen();
    world.files = { ...world.files, problems: [problem('error')] };
    await listening.signal();
    expect(await listening.gauge('config_last_reload_successful')).toBe(0);
    world.write([snapshotJob('visits')]);
    await listening.signal();
    expect(await listening.gauge('config_last_reload_successful')).toBe(1);
    expect(await listening.gauge('dead_letters')).toBe(0);
    world.write([{ ...snapshotJob('wrong'), timezone: 'BST' } as Job]);
    await listening.signal();
    expect(await listening.gauge('config_last_reload_successful')).toBe(0);
  });

  test('twice in a row makes two reloads, one after the other', async ({ world, listen }) => {
    await world.begin([snapshotJob('a', { schedule: HOURLY })]);
    const listening = listen();
    process.emit('SIGHUP', 'SIGHUP');
    process.emit('SIGHUP', 'SIGHUP');
    await turnsUntil(() => listening.log.length === 2);
    await turnsUntil(() => world.stations.slice(0, 2).every(({ isClosed }) => isClosed));
    expect(world.stations.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
  });

  test('is listened to no more when the daemon ends', async ({ world, listen }) => {
    const before = process.listenerCount('SIGHUP');
    await world.begin([]);
    const listening = listen();
    expect(process.listenerCount('SIGHUP')).toBe(before + 1);
    listening.close();
    expect(process.listenerCount('SIGHUP')).toBe(before);
  });
});
