import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { exchange } from '../support/wire.ts';
import { listeningWith } from './server-under-test.ts';

const GET = (path: string, close = false) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${close ? 'Connection: close\r\n' : ''}\r\n`;

/** How many connections the server has, for `expect.poll`. */
const connectionsTo = (app: FastifyInstance) => () => promisify(app.server.getConnections).call(app.server);

const secondsOf = async <Result>(work: Promise<Result>): Promise<[Result, number]> => {
  const start = performance.now();
  const result = await work;
  return [result, (performance.now() - start) / 1_000];
};

describe.concurrent('a connection', () => {
  test('that sends its request slowly is closed with 408', async () => {
    const { port } = await listeningWith();
    const [answer, seconds] = await secondsOf(exchange(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: '));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(seconds).toBeLessThan(9);
  });

  test('that sends nothing is closed', async () => {
    const { port } = await listeningWith();
    const [, seconds] = await secondsOf(exchange(port, ''));
    expect(seconds).toBeLessThan(9);
  });

  test('that is kept alive and not used is closed', async () => {
    const { port } = await listeningWith();
    const [answer, seconds] = await secondsOf(exchange(port, GET('/healthz')));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*keep-alive: timeout=5/i);
    expect(seconds).toBeGreaterThan(4);
    expect(seconds).toBeLessThan(9);
  });

  test('with a body that never comes is closed', async () => {
    const { port } = await listeningWith({}, { token: 'secret' });
    const head = 'POST /api/jobs/only-by-hand/run HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n';
    const [answer, seconds] = await secondsOf(exchange(port, `${head}Content-Length: 9\r\n\r\nx`));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(seconds).toBeLessThan(14);
  });

  test('that takes nothing of its answer is closed', { timeout: 40_000 }, async () => {
    const text = async () => Buffer.alloc(50_000_000, 'x');
    const { app, port } = await listeningWith({}, { metrics: { contentType: 'text/plain', text } });
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(GET('/metrics'));
    await expect.poll(connectionsTo(app)).toBe(1);
    await expect.poll(connectionsTo(app), { timeout: 30_000 }).toBe(0);
    socket.destroy();
  });
});

test('requests that follow each other without waiting are answered in order', async () => {
  const { port } = await listeningWith();
  const answer = await exchange(port, GET('/healthz') + GET('/metrics') + GET('/nothing', true));
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
});

test('headers that are too large are answered with 431', async () => {
  const { port } = await listeningWith();
  const request = `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(10_000)}\r\n\r\n`;
  expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 431 /);
});

test('what is not HTTP is answered with 400', async () => {
  const { port, logged } = await listeningWith();
  expect(await exchange(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(logged).toEqual([]);
});

test('more connections than anybody needs are not taken, and the next one is when some are gone', async () => {
  const { app, port } = await listeningWith();
  const sockets: Socket[] = [];
  let closed = 0;
  for (let index = 0; index < 130; index += 1) {
    const socket = connect(port, '127.0.0.1');
    socket
      .on('error', () => undefined)
      .on('close', () => {
        closed += 1;
      });
    sockets.push(socket);
  }
  await expect.poll(() => closed, { timeout: 3_000 }).toBe(30);
  for (const socket of sockets) socket.destroy();
  await expect.poll(connectionsTo(app)).toBe(0);
  expect(await exchange(port, GET('/healthz', true))).toMatch(/^HTTP\/1\.1 200 /);
});

test('closing waits for nobody', async () => {
  const asked = Promise.withResolvers<void>();
  const { app, port } = await listeningWith({
    jobs: () => {
      asked.resolve();
      return new Promise(() => undefined);
    },
  });
  const hanging = exchange(port, GET('/api/jobs'));
  await asked.promise;
  const [, seconds] = await secondsOf(app.close());
  expect(seconds).toBeLessThan(1);
  expect(await hanging.catch(() => '')).toBe('');
});
