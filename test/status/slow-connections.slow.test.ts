import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { exchange } from '../support/wire.ts';
import { GET, listeningWith, secondsOf } from './server-under-test.ts';

/** What the server's own limits of time end. */

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
    const connections = () => promisify(app.server.getConnections).call(app.server);
    await expect.poll(connections).toBe(1);
    await expect.poll(connections, { timeout: 30_000 }).toBe(0);
    socket.destroy();
  });
});
