import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { memoryWriteApi, PATH, TOKEN } from './memory-write-api.ts';

const RECORD = '{"_id":"a","_timestamp":"2024-03-05T14:15:16Z"}';

/** Sends bytes as they are, and gives what comes back until `until` is seen or the server closes. */
async function exchange(port: number, text: string, until = /$^/): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
    if (until.test(answer)) break;
  }
  socket.destroy();
  return answer;
}

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

  test('a body without a length is not read', async () => {
    const { port, stored } = await listening();
    const chunked = `${RECORD.length.toString(16)}\r\n${RECORD}\r\n0\r\n\r\n`;
    const request = post({ ...authorized, 'Transfer-Encoding': 'chunked', Connection: 'close' }, chunked);
    expect(await exchange(port, request)).toMatch(/^HTTP\/1\.1 400 [\s\S]*received zero bytes/);
    expect(await stored()).toEqual([]);
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
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, 431],
  ])('%s is answered with JSON and %i', async (_what, bytes, status) => {
    const { port } = await listening();
    const [head = '', body = ''] = (await exchange(port, bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toEqual({ status: 'error', message: expect.any(String) });
  });
});
