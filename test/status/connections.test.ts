import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { exchange } from '../support/wire.ts';
import { GET, listeningWith, secondsOf } from './server-under-test.ts';

/** How many connections the server has, for `expect.poll`. */
const connectionsTo = (app: FastifyInstance) => () => promisify(app.server.getConnections).call(app.server);

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
  await expect.poll(() => closed).toBe(30);
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
