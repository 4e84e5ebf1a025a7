import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient, WriteApiError, type WriteApiOptions } from '../../src/index.ts';
import { Batch } from '../../src/model/batch.ts';
import { type FaultyServer, type Reply, STORED, startFaultyServer } from '../support/faulty-server.ts';
import { VirtualTiming } from './virtual-timing.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** When the host works again: not just when it is tried. */
const BACK = 60 * MINUTE + 6 * SECOND;
const JOBS = 50;
const BATCHES = 3;

let timing: VirtualTiming;
let server: FaultyServer;
let client: WriteApiClient;
let told: [event: string, time: number, ...reported: unknown[]][];
let unwatch: () => void;
const { signal } = new AbortController();

beforeEach(async () => {
  timing = new VirtualTiming();
  unwatch = timing.watchConnections();
  server = await startFaultyServer();
  told = [];
});

afterEach(async () => {
  unwatch();
  await client.close();
  await server.close();
});

function start(options: Partial<WriteApiOptions> = {}): void {
  client = new WriteApiClient({
    url: server.url,
    timing,
    gzip: false,
    onHostDown: (...reported) => told.push(['down', timing.monotonic(), ...reported]),
    onHostUp: (...reported) => told.push(['up', timing.monotonic(), ...reported]),
    ...options,
  });
}

const dataSet = (job: number): DataSet => ({ data_group: 'group', data_type: `type-${job}`, token: 'token' });
const recordsOf = (job: number, batch: number): string[] =>
  Array.from({ length: 3 }, (_, index) => `{"_id":"${job}-${batch}-${index}"}`);

/** For one hour the server is away in the given way; then it works. */
const OUTAGES: Readonly<Record<string, () => Promise<unknown>>> = {
  'answers 503': async () => {
    server.otherwise(() => (timing.monotonic() < BACK ? { status: 503 } : STORED));
  },
  'is not there': async () => {
    const { port } = server;
    await server.close();
    return {
      back: timing.sleep(BACK, signal).then(() =>
        timing.standStill(async () => {
          server = await startFaultyServer(undefined, port);
        }),
      ),
    };
  },
};

/**
 * Delivers the batches of a job one after the other; a post that fails is tried again a minute later. Gives when the
 * last one arrived.
 */
async function deliver(job: number, begin: number): Promise<number> {
  await timing.sleep(begin, signal);
  const target = client.target(dataSet(job));
  for (let batch = 0; batch < BATCHES; ) {
    try {
      await target.post(Batch.of(recordsOf(job, batch)), signal);
      batch += 1;
    } catch (error) {
      if (!(error instanceof WriteApiError) || error.side !== 'target') throw error;
      await timing.sleep(MINUTE, signal);
    }
  }
  return timing.monotonic();
}

function storedIds(): string[] {
  const stored = server.requests.filter(({ text }) => text !== '[]').slice(-JOBS * BATCHES);
  return stored.flatMap(({ text }) => JSON.parse(text).map(({ _id }: { _id: string }) => _id));
}

/** The shortest time between two requests from the first moment after the breaker opened until the host is back. */
function shortestPause(): number {
  const opened = told[0]?.[1] ?? 0;
  const times = timing.requests.filter((time) => time > opened && time < BACK);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(times.length).toBeGreaterThan(100);
  return Math.min(...pauses, (times[0] ?? 0) - opened);
}

describe.each(Object.keys(OUTAGES))('while the write host %s for an hour', (outage) => {
  it.each([
    ['at once', () => 0, { for: 120 * MINUTE }, MINUTE],
    ['one after the other', (job: number) => job * 7 * SECOND, { for: 120 * MINUTE }, MINUTE],
    ['at once and give up after 5 minutes, for a minute', () => 0, { for: 5 * MINUTE }, MINUTE],
    // Who gives up just before the host answers the next try has to wait for its next run.
    [
      'one after the other and give up after 5 minutes, for a minute',
      (job: number) => job * 7 * SECOND,
      { for: 5 * MINUTE },
      1.5 * MINUTE,
    ],
  ])(
    'it sees one request in 30 s of 50 jobs that begin %s, and afterwards soon has everything',
    async (_how, begin, retry, soon) => {
      start({ retry });
      await OUTAGES[outage]?.();
      const jobs = Array.from({ length: JOBS }, (_, job) => deliver(job, begin(job)));
      const arrived = Math.max(...(await timing.passUntil(Promise.all(jobs))));
      expect(shortestPause()).toBeGreaterThanOrEqual(30 * SECOND);
      const expected = Array.from({ length: JOBS }, (_, job) =>
        Array.from({ length: BATCHES }, (_, batch) => recordsOf(job, batch)).flat(),
      ).flat();
      expect(storedIds().sort()).toEqual(expected.map((json) => JSON.parse(json)._id).sort());
      expect(arrived).toBeGreaterThan(BACK);
      expect(arrived - BACK).toBeLessThanOrEqual(soon);
      expect(told.map(([event]) => event)).toEqual(['down', 'up']);
    },
  );
});

describe('a request that waits for a host that is down', () => {
  it('gives up after retry.for, telling how long the host has been down', async () => {
    start({ retry: { for: 5 * MINUTE } });
    server.otherwise({ status: 503, body: { message: 'closed for today' } });
    const first = Array.from({ length: 5 }, (_, job) => client.check(dataSet(job)).catch(() => undefined));
    await timing.passUntil(Promise.all(first));
    const errors = await timing.passUntil(
      Promise.all(
        Array.from({ length: 20 }, (_, job) => client.post(dataSet(job), ['{}']).catch((error) => error)),
      ),
    );
    expect(timing.monotonic()).toBe(5 * MINUTE);
    expect(errors[19]).toMatchObject({
      kind: 'not-now',
      side: 'target',
      status: 503,
      message: `${server.url} has not answered any request well for 300 s, 14 failures in a row; those for data set group/type-19 were not sent: closed for today`,
    });
  });

  it('is not a check, which fails at once', async () => {
    start();
    server.otherwise({ status: 503 });
    for (let job = 0; job < 10; job += 1) await client.check(dataSet(job)).catch(() => undefined);
    expect(server.requests).toHaveLength(5);
    expect(timing.monotonic()).toBe(0);
  });

  it('fails when the client is closed', async () => {
    start();
    server.otherwise({ status: 503 });
    for (let job = 0; job < 5; job += 1) await client.check(dataSet(job)).catch(() => undefined);
    const waiting = client.post(dataSet(1), ['{}']).catch((error) => error);
    await client.close();
    expect(await waiting).toMatchObject({ kind: 'closed' });
  });
});

describe('records that the write API always answers 500', () => {
  const poisonous =
    (poison: string) =>
    ({ text }: { text: string }): Reply =>
      text.includes(poison) ? { status: 500 } : STORED;

  it('are isolated, and other jobs go on meanwhile, each delayed by no more than a pause', async () => {
    start({ retry: { for: 5 * MINUTE } });
    server.otherwise(poisonous('"poison'));
    const poisoned = Array.from({ length: 8 }, (_, index) =>
      client
        .target(dataSet(index % 2))
        .post(Batch.of(['{"_id":"before"}', `{"_id":"poison-${index}"}`, '{"_id":"behind"}']), signal),
    );
    const delays: number[] = [];
    const healthy = (async () => {
      for (let batch = 0; batch < 100; batch += 1) {
        const begin = timing.monotonic();
        await client.target(dataSet(99)).post(Batch.of(recordsOf(99, batch)), signal);
        delays.push(timing.monotonic() - begin);
        await timing.sleep(5 * SECOND, signal);
      }
    })();
    const acknowledged = await timing.passUntil(Promise.all(poisoned));
    await timing.passUntil(healthy);
    expect(acknowledged.flatMap(({ refused }) => refused).map(({ id, cause }) => [id, cause])).toEqual(
      Array.from({ length: 8 }, (_, index) => [`poison-${index}`, 'server-error']),
    );
    expect(Math.max(...delays)).toBeLessThanOrEqual(30 * SECOND);
  });

  it('are isolated when nobody else sends anything, soon after retry.for', async () => {
    start({ retry: { for: 5 * MINUTE } });
    server.otherwise(poisonous('"poison'));
    const poisoned = Array.from({ length: 8 }, (_, index) =>
      client.target(dataSet(index)).post(Batch.of(['{"_id":"before"}', `{"_id":"poison-${index}"}`]), signal),
    );
    const acknowledged = await timing.passUntil(Promise.all(poisoned));
    expect(acknowledged.every(({ refused }) => refused.length === 1)).toBe(true);
    expect(timing.monotonic()).toBeLessThanOrEqual(7 * MINUTE);
  });
});
