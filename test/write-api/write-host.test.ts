import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient, type WriteApiOptions } from '../../src/index.ts';
import { systemTiming, type Timing } from '../../src/write-api/timing.ts';
import { type FaultyServer, STORED, startFaultyServer } from '../support/faulty-server.ts';
import { swiftTiming } from './swift-timing.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'token' };
const NO_RETRY = { for: 0 };

let server: FaultyServer;
let client: WriteApiClient;

function start(options: Partial<WriteApiOptions> = {}): WriteApiClient {
  client = new WriteApiClient({ url: server.url, timing: swiftTiming(), ...options });
  return client;
}

beforeEach(async () => {
  server = await startFaultyServer();
});

afterEach(async () => {
  await client.close();
  await server.close();
});

describe('connections', () => {
  it('are kept alive: many posts use one', async () => {
    start();
    for (let index = 0; index < 20; index += 1) await client.post(DATA_SET, [{ _id: `${index}` }]);
    expect(server.requests).toHaveLength(20);
    expect(server.connections).toBe(1);
  });

  it('are kept alive after refusals and long pages too', async () => {
    start();
    server.script({ status: 503 }, { status: 400 }, { status: 200, body: 'x'.repeat(500_000) });
    for (let index = 0; index < 3; index += 1) await client.post(DATA_SET, ['{}']).catch(() => {});
    await client.post(DATA_SET, ['{}']);
    expect(server.connections).toBe(1);
  });

  it('are no more than `connections`, shared by all data sets', async () => {
    start({ connections: 2 });
    const groups = Array.from({ length: 10 }, (_, index) => ({ ...DATA_SET, data_group: `group-${index}` }));
    await Promise.all(groups.map((dataSet) => client.post(dataSet, ['{}'])));
    expect(server.requests).toHaveLength(10);
    expect(server.connections).toBe(2);
  });

  it('are given up where a page goes on and on', async () => {
    start();
    server.script({ status: 200, body: 'x'.repeat(10_000_000) });
    await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind: 'not-the-write-api' });
    await client.post(DATA_SET, ['{}']);
    expect(server.connections).toBe(2);
  });

  it('that the server closes after each answer are replaced without an error', async () => {
    start();
    server.otherwise({ status: 200, headers: { connection: 'close' }, body: { status: 'ok' } });
    for (let index = 0; index < 3; index += 1) await client.post(DATA_SET, ['{}']);
    expect(server.requests).toHaveLength(3);
    expect(server.connections).toBe(3);
  });

  it('are closed with the client, whose calls then fail', async () => {
    start();
    server.script({ fault: 'hang' });
    const underWay = client.post(DATA_SET, ['{}']);
    const ended = expect(underWay).rejects.toMatchObject({ kind: 'closed' });
    await server.seen(1);
    await client.close();
    await ended;
    await client.close();
    await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind: 'closed' });
  });
});

describe('a time-out', () => {
  it.each(['hang', 'half-answer-then-hang'] as const)(
    'ends a request in flight (%s) and the next one is sent',
    async (fault) => {
      start({ timeout: 250 });
      server.script({ fault });
      await client.post(DATA_SET, ['{"_id":"a"}']);
      expect(server.requests.map(({ text }) => text)).toEqual(['[{"_id":"a"}]', '[{"_id":"a"}]']);
    },
  );

  it('says how long it waited and for what', async () => {
    start({ timeout: 50, retry: NO_RETRY });
    server.otherwise({ fault: 'hang' });
    await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({
      kind: 'timeout',
      side: 'target',
      message: `${server.url} did not answer in time for data set carers-allowance/volumes: no answer within 50 ms`,
    });
  });

  it('ends a request that waits for a connection, which is then never sent', async () => {
    start({ timeout: 250, connections: 1, retry: NO_RETRY });
    server.script({ fault: 'hang' });
    const first = client.post(DATA_SET, ['{"_id":"first"}']).catch((error) => error.kind);
    await server.seen(1);
    const second = client.empty(DATA_SET).catch((error) => error.kind);
    // Both times are over at once: the connection of the first must not go to the second.
    for (const end = performance.now() + 300; performance.now() < end; );
    expect(await Promise.all([first, second])).toEqual(['timeout', 'timeout']);
    await client.post(DATA_SET, ['{"_id":"third"}']);
    expect(server.requests.map(({ text }) => text)).toEqual(['[{"_id":"first"}]', '[{"_id":"third"}]']);
  });

  it('ends a request while connecting, and the connecting with it', async () => {
    const silent = await startSilentListener();
    start({ url: `https://127.0.0.1:${silent.port}`, timeout: 100, retry: NO_RETRY });
    await expect(client.post(DATA_SET, ['{}'])).rejects.toMatchObject({ kind: 'timeout' });
    await silent.allClosed();
    silent.server.close();
  });

  it('tells whether the request was on its way, over a fresh connection or a used one', async () => {
    const body = Buffer.from('[]');
    start({ timeout: 250 });
    server.script({ fault: 'hang' }, STORED, { fault: 'hang' });
    const outcomes = [];
    for (let time = 0; time < 3; time += 1) outcomes.push(await client.postAsIs(DATA_SET, body, 300));
    expect(outcomes).toMatchObject([
      { kind: 'timeout', mayArriveLate: true },
      { kind: 'stored', mayArriveLate: false },
      { kind: 'timeout', mayArriveLate: true },
    ]);
    expect(server.connections).toBe(2);
    await client.close();
    const silent = await startSilentListener();
    start({ url: `https://127.0.0.1:${silent.port}`, timeout: 100 });
    const unsent = { kind: 'timeout', mayArriveLate: false };
    expect(await client.postAsIs(DATA_SET, body, 300)).toMatchObject(unsent);
    await silent.allClosed();
    silent.server.close();
  });

  it('does not disturb other requests', async () => {
    start({ timeout: 300, retry: NO_RETRY });
    server.script({ fault: 'hang' });
    const stuck = client.post(DATA_SET, ['{}']).catch((error) => error.kind);
    await server.seen(1);
    for (let index = 0; index < 5; index += 1) await client.post(DATA_SET, ['{}']);
    expect(await stuck).toBe('timeout');
    await client.post(DATA_SET, ['{}']);
    expect(server.connections).toBe(2);
  });

  it('may be longer than a timer can hold', async () => {
    start({ timeout: 2 ** 40 });
    await client.post(DATA_SET, ['{}']);
    expect(server.requests).toHaveLength(1);
  });
});

describe('an aborted signal', () => {
  const reason = new Error('stop now');

  it('before the call sends nothing', async () => {
    start();
    await expect(client.post(DATA_SET, ['{}'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.connections).toBe(0);
  });

  it('ends a request in flight with its reason', async () => {
    start();
    server.script({ fault: 'hang' });
    const aborter = new AbortController();
    const call = client.post(DATA_SET, ['{}'], { signal: aborter.signal });
    const ended = expect(call).rejects.toBe(reason);
    await server.seen(1);
    aborter.abort(reason);
    await ended;
  });

  it('ends a request that waits for a connection, which is then never sent', async () => {
    start({ connections: 1 });
    server.script({ fault: 'hang' });
    const first = new AbortController();
    const second = new AbortController();
    const stuck = client
      .post(DATA_SET, ['{"_id":"first"}'], { signal: first.signal })
      .catch((error) => error);
    await server.seen(1);
    const queued = client.empty(DATA_SET, { signal: second.signal }).catch((error) => error);
    second.abort(reason);
    expect(await queued).toBe(reason);
    first.abort(reason);
    expect(await stuck).toBe(reason);
    await client.post(DATA_SET, ['{"_id":"third"}']);
    expect(server.requests.map(({ text }) => text)).toEqual(['[{"_id":"first"}]', '[{"_id":"third"}]']);
  });

  it('ends a request while connecting', async () => {
    const silent = await startSilentListener();
    start({ url: `https://127.0.0.1:${silent.port}` });
    const aborter = new AbortController();
    const call = client.post(DATA_SET, ['{}'], { signal: aborter.signal }).catch((error) => error);
    await silent.connected;
    aborter.abort(reason);
    expect(await call).toBe(reason);
    await client.close();
    await silent.allClosed();
    silent.server.close();
  });

  it('ends the wait before a repeat at once, on the clock of the system', async () => {
    const waiting = Promise.withResolvers<void>();
    const sleep: Timing['sleep'] = async (milliseconds, signal) => {
      waiting.resolve();
      await systemTiming.sleep(milliseconds, signal);
    };
    start({ timing: { ...systemTiming, sleep } });
    server.otherwise({ status: 503, headers: { 'retry-after': '3600' } });
    const aborter = new AbortController();
    const call = client.post(DATA_SET, ['{}'], { signal: aborter.signal }).catch((error) => error);
    await waiting.promise;
    aborter.abort(reason);
    expect(await call).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it('leaves no listener behind after many posts', async () => {
    start();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...parameters: Parameters<typeof add>) => {
      listeners += 1;
      add(...parameters);
    };
    signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...parameters);
    };
    for (let index = 0; index < 5; index += 1) await client.post(DATA_SET, ['{}'], { signal });
    expect(listeners).toBe(0);
  });
});

interface SilentListener {
  readonly server: Server;
  readonly port: number;
  /** Resolves at the first connection. */
  readonly connected: Promise<unknown>;
  /** Resolves when no connection is left. */
  allClosed(): Promise<unknown>;
}

/** Accepts connections and never says a word. */
async function startSilentListener(): Promise<SilentListener> {
  const closings: Promise<unknown>[] = [];
  const silent = createServer((socket: Socket) => {
    closings.push(once(socket.on('error', () => {}).resume(), 'close'));
  });
  silent.listen(0, '127.0.0.1');
  const connected = once(silent, 'connection');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  return {
    server: silent,
    port,
    connected,
    allClosed: async () => await connected.then(() => Promise.all(closings)),
  };
}
