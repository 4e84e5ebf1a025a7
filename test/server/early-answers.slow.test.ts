import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PATH, TOKEN } from './memory-write-api.ts';
import { open, received, type Served, serve } from './served.ts';

/**
 * Answers that are given while their request still comes reach clients that write everything before they read anything.
 */

const CLIENTS = 50;
const BODY = Buffer.alloc(5 * 1_048_576, ' ');
const CHUNKED = Buffer.concat([
  ...Array.from({ length: 80 }, () =>
    Buffer.concat([Buffer.from('10000\r\n'), BODY.subarray(0, 0x10000), Buffer.from('\r\n')]),
  ),
  Buffer.from('0\r\n\r\n'),
]);

const LENGTH = { 'Content-Length': BODY.length };
const CLOSE = { Connection: 'close' };

async function statusOf(socket: Socket): Promise<number> {
  const answer = await received(socket, /\r\n\r\n[\s\S]*\}/);
  return Number(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

async function send(port: number, path: string, headers: object, body: Buffer): Promise<number> {
  const socket = (await open(port)).pause();
  const lines = Object.entries({ Host: 'x', 'Content-Type': 'application/json', ...headers });
  socket.write(
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  await new Promise((taken) => socket.write(body, taken));
  return await statusOf(socket);
}

const WRONG = { Authorization: 'Bearer wrong' };
const RIGHT = { Authorization: `Bearer ${TOKEN}` };

let served: Served;
let end: () => void;
beforeAll(async () => {
  served = await serve('', (kill) => {
    end = kill;
  });
});
afterAll(() => end());

describe(`${CLIENTS} bodies of 5 MiB at once`, () => {
  test.each([
    ['to no data set', '/data/no/such', { ...RIGHT, ...LENGTH, ...CLOSE }, BODY, 404],
    ['to no data set, the connection kept', '/data/no/such', { ...RIGHT, ...LENGTH }, BODY, 404],
    ['without the token', PATH, { ...WRONG, ...LENGTH, ...CLOSE }, BODY, 401],
    [
      'without the token, asking first',
      PATH,
      { ...WRONG, ...LENGTH, ...CLOSE, Expect: '100-continue' },
      BODY,
      401,
    ],
    [
      'in chunks, without the token',
      PATH,
      { ...WRONG, ...CLOSE, 'Transfer-Encoding': 'chunked' },
      CHUNKED,
      401,
    ],
    ['to what takes none', '/_status', { ...LENGTH, ...CLOSE }, BODY, 405],
  ])(
    'each get their answer: %s',
    async (_what, path, headers, body, status) => {
      const statuses = await Promise.all(
        Array.from({ length: CLIENTS }, () => send(served.port, path, headers, body)),
      );
      expect(statuses).toEqual(Array(CLIENTS).fill(status));
    },
    120_000,
  );
});

test('a body larger than may be is answered with 413, also when it comes whole before anything is read', async () => {
  const large = Buffer.concat([BODY, BODY, BODY, BODY]);
  const headers = { ...RIGHT, ...CLOSE, 'Content-Length': large.length };
  expect(await send(served.port, PATH, headers, large)).toBe(413);
}, 60_000);

test('after a refusal with its body discarded the connection takes the next request', async () => {
  const socket = await open(served.port);
  const head = (token: string, length: number) =>
    `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${length}\r\n\r\n`;
  socket.write(head('wrong', BODY.length));
  socket.write(BODY);
  const record = '{"_id":"a","_timestamp":"2024-03-05"}';
  socket.write(head(TOKEN, record.length) + record);
  const answers = await received(socket, /"ok"/);
  expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
}, 60_000);
