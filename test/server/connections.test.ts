import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { exchange, textOf } from '../support/wire.ts';
import { memoryWriteApi, PATH, TOKEN } from './memory-write-api.ts';

const RECORD = '{"_id":"a","_timestamp":"2024-03-05T14:15:16Z"}';

function post(headers: Readonly<Record<string, string | number>>, body = '', target = PATH): string {
  const lines = Object.entries({ Host: 'localhost', 'Content-Type': 'application/json', ...headers });
  return [`POST ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', body].join(
    '\r\n',
  );
}

const authorized = { Authorization: `Bearer ${TOKEN}` };
const valid = { ...authorized, 'Content-Length': RECORD.length };

async function listening() {
  const api = memoryWriteApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...api, port: (api.app.server.address() as AddressInfo).port };
}

describe('over a connection', () => {
  test('one request after another is stored', async () => {
    const { port, stored } = await listening();
    const second = RECORD.replace('"a"', '"b"');
    const answer = await exchange(
      port,
      post(valid, RECORD) + post(valid, second),
      /(?:HTTP\/1.1 200[\s\S]*){2}/,
    );
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(await stored()).toHaveLength(2);
  });

  test('a request for an absolute address is taken', async () => {
    const { port } = await listening();
    const request = post({ ...valid, Connection: 'close' }, RECORD, `http://localhost:${port}${PATH}`);
    expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('a body that is announced as too large is answered with 413 before it comes', async () => {
    const { port } = await listening();
    const request = post({ ...authorized, 'Content-Length': 20_000_000 });
    expect(await exchange(port, request, /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each([
    ['as they are', Buffer.from(RECORD), {}],
    ['of gzip', gzipSync(RECORD), { 'Content-Encoding': 'gzip' }],
  ])('a body in chunks is taken: %s', async (_what, body, headers) => {
    const { port, stored } = await listening();
    const chunks = [body.subarray(0, 7), body.subarray(7)].flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]);
    const head = post({ ...authorized, ...headers, 'Transfer-Encoding': 'chunked', Connection: 'close' });
    const request = Buffer.concat([Buffer.from(head), ...chunks, Buffer.from('0\r\n\r\n')]);
    expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await stored()).toHaveLength(1);
  });

  test.each([
    ['without their last one', '5\r\n[    \r\n', 400],
    ['of nothing', '0\r\n\r\n', 400],
    ['of a length that is no number', 'x\r\n', 400],
  ])('chunks %s store nothing', async (_what, chunks, status) => {
    const { port, stored } = await listening();
    const socket = connect(port, '127.0.0.1');
    socket.end(post({ ...authorized, 'Transfer-Encoding': 'chunked', Connection: 'close' }, chunks));
    expect(await textOf(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*"status":"error"`));
    expect(await stored()).toEqual([]);
  });

  test('a coding beside chunks is refused', async () => {
    const { port } = await listening();
    const request = post(
      { ...authorized, 'Transfer-Encoding': 'gzip, chunked', Connection: 'close' },
      '0\r\n\r\n',
    );
    expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 400 [\s\S]*Content-Encoding: gzip/);
  });

  test('who asks before sending a body is told to go on, or gets the refusal and need not', async () => {
    const { port, stored } = await listening();
    const expecting = { ...valid, Expect: '100-continue', Connection: 'close' };
    const socket = connect(port, '127.0.0.1');
    socket.write(post(expecting));
    const [go] = await once(socket, 'data');
    expect(String(go)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(RECORD);
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await stored()).toHaveLength(1);
    const refused = post({ ...expecting, Connection: 'keep-alive', Authorization: 'Bearer wrong' });
    expect(await exchange(port, refused)).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close/i);
  });

  test('half a body stores nothing, and the server goes on', async () => {
    const { port, stored } = await listening();
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) =>
      socket.write(post({ ...authorized, 'Content-Length': 5_000 }, RECORD), resolve),
    );
    socket.destroy();
    expect(await exchange(port, post({ ...valid, Connection: 'close' }, RECORD))).toMatch(
      /^HTTP\/1\.1 200 OK/,
    );
    expect(await stored()).toHaveLength(1);
  });

  test.each([
    ['what is not HTTP', 'hello\r\n\r\n', 400],
    ['no Host', 'GET /_status HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'another expectation',
      'GET /_status HTTP/1.1\r\nHost: x\r\nExpect: more\r\nConnection: close\r\n\r\n',
      417,
    ],
    [
      'too long a part of a path',
      `GET /data/a/${'x'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      414,
    ],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, 431],
  ])('%s is answered with JSON and %i', async (_what, bytes, status) => {
    const { port } = await listening();
    const [head = '', body = ''] = (await exchange(port, bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toEqual({ status: 'error', message: expect.any(String) });
  });
});
