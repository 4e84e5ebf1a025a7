import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ServerLimits } from '../../src/server/http/limits.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import { createWriteApi } from '../../src/server/write-api.ts';
import { CARERS_ALLOWANCE, NAME, recordsOf } from '../server/memory-write-api.ts';
import { open, rawPost, received, serve } from '../server/served.ts';

const RECORD = '{"_id":"a","_timestamp":"2024-03-05","count":1}';
const STATUS = 'GET /_status HTTP/1.1\r\nHost: localhost\r\n\r\n';
const CONNECTIONS = Number(process.env.TEST_SILENT_CONNECTIONS ?? 2_000);

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

async function post(port: number): Promise<number> {
  const socket = await open(port);
  socket.write(rawPost(RECORD, { Connection: 'close' }));
  return statusOf(await received(socket));
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = await open(port);
  socket.write(text);
  return await received(socket);
}

/** In this process, so that its limits can be short. */
async function impatient(limits: Partial<ServerLimits>) {
  const store = openSqliteStore(':memory:');
  const app = createWriteApi({
    dataSets: [CARERS_ALLOWANCE],
    store,
    limits: { checkInterval: 50, ...limits },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    stored: () => recordsOf(store, NAME),
    async [Symbol.asyncDispose]() {
      app.server.closeAllConnections();
      await app.close();
      await store.close();
    },
    close: () => app.close(),
  };
}

async function openMany(port: number, count: number, text = ''): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const next = Array.from({ length: Math.min(200, count - sockets.length) }, () => open(port));
    for (const socket of await Promise.all(next)) {
      if (text !== '') socket.write(text);
      sockets.push(socket);
    }
  }
  return sockets;
}

describe(`${CONNECTIONS} connections`, () => {
  test.each([
    ['say nothing', '', 40],
    ['stop within their headers', `POST / HTTP/1.1\r\nX: ${'x'.repeat(2_000)}`, 60],
    ['stop within a body', rawPost(RECORD, { 'Content-Length': 16_000_000 }).toString(), 80],
  ])('that %s keep nobody waiting and cost little memory', async (_what, text, kilobytes) => {
    const served = await serve();
    await post(served.port);
    served.forgetPeak();
    const before = served.peakMemory();
    const sockets = await openMany(served.port, CONNECTIONS, text);
    for (let round = 0; round < 20; round += 1) {
      const start = performance.now();
      expect(await post(served.port)).toBe(200);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
    expect(sockets.filter((socket) => socket.closed)).toEqual([]);
    expect((served.peakMemory() - before) * 1_024).toBeLessThan(20_000 + CONNECTIONS * kilobytes);
    for (const socket of sockets) socket.destroy();
  });
});

describe('a connection is closed', () => {
  test.each([
    ['that says nothing', ''],
    ['that stops within the first line', 'POST /da'],
    ['that stops within a header', 'POST / HTTP/1.1\r\nHost: loc'],
  ])('%s, after the time for headers, with 408', async (_what, text) => {
    await using api = await impatient({ headersTimeout: 200 });
    const socket = await open(api.port);
    socket.write(text);
    const start = performance.now();
    expect(statusOf(await received(socket))).toBe(408);
    expect(performance.now() - start).toBeGreaterThan(190);
    expect(await post(api.port)).toBe(200);
  });

  test('whose headers come drop by drop, although it never pauses', async () => {
    await using api = await impatient({ headersTimeout: 300 });
    const socket = await open(api.port);
    socket.write('POST / HTTP/1.1\r\n');
    const dripping = setInterval(() => socket.write('X: x\r\n'), 20);
    expect(statusOf(await received(socket))).toBe(408);
    clearInterval(dripping);
    expect(await post(api.port)).toBe(200);
  });

  test('whose body comes drop by drop, after the time for a request; nothing of it is stored', async () => {
    await using api = await impatient({ requestTimeout: 300, headersTimeout: 200 });
    const socket = await open(api.port);
    socket.write(rawPost(`[${RECORD},`, { 'Content-Length': 1_000 }));
    const dripping = setInterval(() => socket.write(' '), 20);
    expect(statusOf(await received(socket))).toBe(408);
    clearInterval(dripping);
    expect(await api.stored()).toEqual([]);
    expect(await post(api.port)).toBe(200);
  });

  test('that goes on drop by drop after its refusal, after the time for a request and with no second answer', async () => {
    await using api = await impatient({ requestTimeout: 300, headersTimeout: 200 });
    const socket = await open(api.port);
    socket.write(rawPost(RECORD, { Authorization: 'Bearer wrong', 'Content-Length': 100_000 }));
    const dripping = setInterval(() => socket.write(' '), 20);
    const answers = await received(socket);
    clearInterval(dripping);
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 401']);
  });

  test('that takes no answers', { timeout: 60_000 }, async () => {
    await using api = await impatient({ idleTimeout: 300 });
    const socket = await open(api.port);
    socket.pause();
    const closed = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
    // Until nobody reads any more: the answers to what was read fill all buffers on the way.
    let isTaken = true;
    while (isTaken) {
      const taken = new Promise<boolean>((resolve) =>
        socket.write(STATUS.repeat(1_000), (error) => resolve(!error)),
      );
      isTaken = await Promise.race([taken, setTimeout(1_000, false)]);
    }
    expect(await Promise.race([closed, setTimeout(15_000, false)])).toBe(true);
    expect(await post(api.port)).toBe(200);
  });
});

describe('pipelined requests', () => {
  test('are answered one after the other, however many and whatever becomes of some', async () => {
    const { port } = await serve();
    const bad = rawPost('{broken');
    const requests = Array.from({ length: 1_000 }, (_, index) => (index % 3 === 1 ? bad : rawPost(RECORD)));
    const socket = await open(port);
    const answers = received(socket);
    for (const request of requests) socket.write(request);
    socket.write(rawPost(RECORD, { Connection: 'close' }));
    const statuses = [...(await answers).matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    expect(statuses).toEqual([...requests.map((_, index) => (index % 3 === 1 ? 400 : 200)), 200]);
    expect(await post(port)).toBe(200);
  });

  test('before something that is no HTTP are answered, and then it is', async () => {
    const { port } = await serve();
    const socket = await open(port);
    socket.write(Buffer.concat([rawPost(RECORD), rawPost(RECORD), Buffer.from('garbage\r\n\r\n')]));
    const answers = await received(socket);
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(await post(port)).toBe(200);
  });
});

describe('headers', () => {
  test.each([
    ['as many as fit', 'X: x\r\n'.repeat(200), 200],
    ['too many', 'X: x\r\n'.repeat(100_000), 431],
    ['too long a name', `${'x'.repeat(1_000_000)}: x\r\n`, 431],
    ['too long a value', `X: ${'x'.repeat(1_000_000)}\r\n`, 431],
  ])('%s are answered', async (_what, lines, status) => {
    const served = await serve();
    await post(served.port);
    const before = served.peakMemory();
    const socket = await open(served.port);
    const answer = received(socket);
    socket.write(rawPost(RECORD, { Connection: 'close' }).toString().replace('Host:', `${lines}Host:`));
    expect(statusOf(await answer)).toBe(status);
    expect(served.peakMemory() - before).toBeLessThan(30);
    expect(await post(served.port)).toBe(200);
  });

  test('that never end are cut off, from a thousand connections at once', async () => {
    const served = await serve();
    await post(served.port);
    const before = served.peakMemory();
    const flood = `GET / HTTP/1.1\r\n${'X: x\r\n'.repeat(20_000)}`;
    const sockets = await openMany(served.port, 1_000, flood);
    for (const answer of await Promise.all(sockets.map((socket) => received(socket))))
      expect([431, Number.NaN]).toContain(statusOf(answer));
    expect(served.peakMemory() - before).toBeLessThan(150);
    expect(await post(served.port)).toBe(200);
  });
});

describe('a stop', () => {
  test('lets a request that is under way end, and waits for silent connections no longer than the grace', async () => {
    await using api = await impatient({ grace: 500 });
    const silent = await open(api.port);
    const idle = await open(api.port);
    const half = await open(api.port);
    const sending = await open(api.port);
    idle.write(STATUS);
    await new Promise((resolve) => idle.once('data', resolve));
    half.write(rawPost(RECORD).subarray(0, -5));
    const request = rawPost(RECORD);
    sending.write(request.subarray(0, -1));
    await setTimeout(50);
    const start = performance.now();
    const closed = api.close();
    await setTimeout(100);
    sending.write(request.subarray(-1));
    expect(statusOf(await received(sending))).toBe(200);
    await closed;
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(await Promise.all([silent, idle, half].map((socket) => received(socket)))).toEqual(['', '', '']);
  });

  test('ends right after the last answer, which says that the connection closes; meanwhile others hear why', async () => {
    await using api = await impatient({ grace: 600_000 });
    const [silent, idle, sending] = await Promise.all([open(api.port), open(api.port), open(api.port)]);
    idle.write(STATUS);
    await new Promise((resolve) => idle.once('data', resolve));
    const request = rawPost(RECORD);
    sending.write(request.subarray(0, -1));
    idle.write(STATUS);
    await new Promise((resolve) => idle.once('data', resolve));
    const closed = api.close();
    await expect.poll(async () => statusOf(await exchange(api.port, STATUS))).toBe(503);
    idle.write(STATUS);
    const refused = await received(idle);
    expect(refused).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close/i);
    expect(refused).toContain('retry-after: 5');
    expect(JSON.parse(refused.slice(refused.indexOf('\r\n\r\n')))).toEqual({
      status: 'error',
      message: 'The server is stopping; send the request again later.',
    });
    sending.write(request.subarray(-1));
    expect(await received(sending)).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close/i);
    await closed;
    expect(await received(silent)).toBe('');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s ends the process, and what was stored stays',
    async (signal) => {
      const served = await serve();
      expect(await post(served.port)).toBe(200);
      served.signal(signal);
      expect(await served.ended).toBe(signal === 'SIGTERM' ? 143 : 130);
    },
  );
});
