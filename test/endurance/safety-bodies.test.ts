import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryWriteApi } from '../server/memory-write-api.ts';
import { open, rawPost, received, type Served, serve } from '../server/served.ts';

const RECORD = '{"_id":"a","_timestamp":"2024-03-05","count":1}';
const MEGABYTE = 1_048_576;
const CLOSE = { Connection: 'close' };

let served: Served;
/** MB, once the first request has loaded all code. */
let memoryBefore: number;

beforeEach(async () => {
  served = await serve();
  await expectUnharmed();
  served.forgetPeak();
  memoryBefore = served.peakMemory();
});

const memoryTaken = () => served.peakMemory() - memoryBefore;

async function exchange(bytes: Buffer): Promise<string> {
  const socket = await open(served.port);
  socket.write(bytes);
  return await received(socket);
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const post = async (body: string | Buffer, headers = {}) =>
  statusOf(await exchange(rawPost(body, { ...CLOSE, ...headers })));

/** The next request is stored as if nothing had happened, and soon. */
async function expectUnharmed(): Promise<void> {
  const start = performance.now();
  expect(await post(RECORD)).toBe(200);
  expect(performance.now() - start).toBeLessThan(2_000);
}

describe('gzip bombs', () => {
  // A gigabyte of zeros in a megabyte: members of gzip may follow each other.
  const member = gzipSync(Buffer.alloc(64 * MEGABYTE), { level: 9 });
  const bomb = Buffer.concat(Array(16).fill(member));

  test('cost no more than what may be inflated, however many come at once', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, () => post(bomb, { 'Content-Encoding': 'gzip' })),
    );
    expect(new Set(statuses)).toEqual(new Set([413]));
    expect(memoryTaken()).toBeLessThan(400);
    await expectUnharmed();
  });
});

describe('a JSON text of 10 MB', () => {
  const filled = (start: string, piece: string, end: string) =>
    start + piece.repeat(Math.floor((10_400_000 - start.length - end.length) / piece.length)) + end;

  test.each([
    ['of empty objects', filled('[', '{},', '{}]'), 413],
    ['of empty lists', filled('[', '[],', '[]]'), 413],
    ['of numbers beside a long one', filled('[1234567890123456789', ',0', ']'), 413],
    ['of numbers within a record', filled('[{"val":1234567890123456789,"list":[0', ',0', ']}]'), 400],
    ['of objects within a record that is no list', filled('{"list":[{}', ',{}', ']}'), 400],
    ['of lists in lists', `${'['.repeat(5_200_000)}${']'.repeat(5_200_000)}`, 400],
    ['of lists in lists that never end', '['.repeat(10_400_000), 400],
    ['of digits', filled('[{"val":', '9', '}]'), 400],
    ['of digits and dots', filled('[{"val":', '1.', '}]'), 400],
    ['of blanks', filled('[', ' ', ']'), 200],
    ['of backslashes', filled('[{"val":"', '\\\\', '"}]'), 400],
    ['of faults', filled('[0', ',0', ']'), 413],
  ])('%s costs little time and memory', async (_what, text, status) => {
    const start = performance.now();
    expect(await post(text)).toBe(status);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(memoryTaken()).toBeLessThan(200);
    await expectUnharmed();
  });

  test('of one record with a million fields costs less than a half GB', async () => {
    const fields = Array.from({ length: 870_000 }, (_, index) => `"k${String(index).padStart(6, '0')}":1`);
    expect(await post(`[{"_timestamp":"2024-03-05",${fields.join(',')}}]`)).toBe(200);
    expect(memoryTaken()).toBeLessThan(512);
    await expectUnharmed();
  });

  test('with a fault in each of 100,000 records is answered with some of them', async () => {
    const answer = await exchange(rawPost(`[${'{},'.repeat(99_999)}{}]`, CLOSE));
    expect(statusOf(answer)).toBe(400);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).messages).toHaveLength(10_000);
    await expectUnharmed();
  });
});

describe('a deep value', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  test.each(['_id', '_timestamp', '_start_at', 'val', '__proto__', 'constructor'])(
    'in %s is refused, and not written into the answer',
    async (key) => {
      const body = `[{"_timestamp":"2024-03-05"},{"_id":"b","${key}":${deep}}]`;
      const answer = await exchange(rawPost(body, CLOSE));
      expect(statusOf(answer)).toBe(400);
      expect(answer).not.toContain('[[');
      await expectUnharmed();
    },
  );
});

test.each([undefined, { properties: { val: { type: 'integer' } } }])(
  'keys that JavaScript gives a meaning to change nothing but their own record, with the schema %j',
  async (schema) => {
    const { post: inject, stored } = memoryWriteApi(schema === undefined ? {} : { schema });
    const polluting = [
      '"__proto__":{"polluted":1}',
      '"constructor":{"prototype":{"polluted":1}}',
      '"__proto__":1',
    ];
    for (const pair of polluting)
      expect(await inject(`[{"_timestamp":"2024-03-05",${pair},"val":12345678901234567}]`)).toMatchObject({
        status: 400,
      });
    expect(
      await inject('[{"_timestamp":"2024-03-05","constructor":"a","hasOwnProperty":1,"toString":null}]'),
    ).toMatchObject({
      status: 200,
    });
    expect({}).not.toHaveProperty('polluted');
    expect(JSON.parse((await stored())[0]?.json ?? '')).toMatchObject({
      constructor: 'a',
      hasOwnProperty: 1,
    });
  },
);

describe('large bodies at once', () => {
  const large = `[${RECORD.replace('1}', `"${'x'.repeat(10 * MEGABYTE)}"}`)}]`;

  test('are stored or sent away until later, within the memory that they may take', async () => {
    const statuses = await Promise.all(Array.from({ length: 80 }, () => post(large)));
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(memoryTaken()).toBeLessThan(600);
    await expectUnharmed();
  });

  test('that are sent away may come again', async () => {
    await Promise.all(Array.from({ length: 40 }, () => post(large)));
    expect(await Promise.all(Array.from({ length: 5 }, () => post(large)))).toEqual(Array(5).fill(200));
  });

  test('that are cut off give back what they held', async () => {
    for (let round = 0; round < 40; round += 1) {
      const socket = await open(served.port);
      await new Promise((sent) => socket.write(rawPost(large).subarray(0, -1), sent));
      socket.resetAndDestroy();
    }
    await expect.poll(() => post(large)).toBe(200);
    expect(memoryTaken()).toBeLessThan(600);
    expect(served.log()).not.toContain('request failed');
  });
});

describe('a body that nobody reads', () => {
  test.each([
    ['without a token', { Authorization: 'Bearer wrong', 'Content-Length': 300 * MEGABYTE }, 401],
    ['that is announced as too large', { 'Content-Length': 300 * MEGABYTE }, 413],
    ['in one chunk that is too large', { 'Transfer-Encoding': 'chunked', 'Content-Length': '' }, 413],
  ])(
    '%s is answered at once and costs no memory, however much of it comes',
    async (_what, headers, status) => {
      const socket = await open(served.port);
      const answer = received(socket);
      const head = rawPost('', headers).toString().replace('Content-Length: \r\n', '');
      socket.write(
        head + (status === 413 && head.includes('chunked') ? `${(300 * MEGABYTE).toString(16)}\r\n` : ''),
      );
      const piece = Buffer.alloc(MEGABYTE, '0');
      let sent = 0;
      for (; sent < 200 && socket.writable; sent += 1)
        await new Promise((taken) => socket.write(piece, taken));
      socket.end();
      expect(statusOf(await answer)).toBe(status);
      // It is cut off in the end: what is on the way fits into the buffers.
      expect(sent).toBeLessThan(120);
      expect(memoryTaken()).toBeLessThan(100);
      await expectUnharmed();
    },
  );
});

describe('a body of another length than declared', () => {
  test('stores what was declared; the rest is no request', async () => {
    const socket = await open(served.port);
    socket.write(rawPost(`${RECORD}${RECORD}`, { 'Content-Length': RECORD.length }));
    const answers = await received(socket);
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    await expectUnharmed();
  });

  test('is refused when it is cut within a record', async () => {
    expect(await post(RECORD, { 'Content-Length': 10 })).toBe(400);
    await expectUnharmed();
  });

  test.each([
    ['two lengths', 'Content-Length: 5'],
    ['a length and chunks', 'Transfer-Encoding: chunked'],
    ['a length below zero', 'Content-Length: -1'],
    ['a length that is no number', 'Content-Length: 1e3'],
  ])('is refused when %s are declared', async (_what, line) => {
    const request = rawPost(RECORD, CLOSE).toString().replace('Host:', `${line}\r\nHost:`);
    expect(statusOf(await exchange(Buffer.from(request)))).toBe(400);
    await expectUnharmed();
  });
});

describe('bytes that are no UTF-8', () => {
  test.each([
    ['a lone byte', [0xff]],
    ['a cut character', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0x80]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
    ['U+0000 unescaped', [0x00]],
  ])('are refused: %s', async (_what, bytes) => {
    const [before, after] = RECORD.replace('1}', '"|"}')
      .split('|')
      .map((part) => Buffer.from(part));
    expect(
      await post(Buffer.concat([before ?? RECORD, Buffer.from(bytes), after ?? RECORD] as Buffer[])),
    ).toBe(400);
    await expectUnharmed();
  });

  test('are refused in the name of a record', async () => {
    const request = (id: string) =>
      rawPost('', CLOSE)
        .toString()
        .replace(/POST (\S+)/, `DELETE $1/${id}`);
    const statuses = ['%ff', '%ed%a0%80', '%00', 'a'.repeat(9_000)].map(async (id) =>
      statusOf(await exchange(Buffer.from(request(id)))),
    );
    expect(await Promise.all(statuses)).toEqual([400, 400, 400, expect.any(Number)]);
    await expectUnharmed();
  });
});

test('random bytes are answered or cut off, a thousand times', async () => {
  for (let round = 0; round < 20; round += 1) {
    const answers = Array.from({ length: 50 }, () =>
      exchange(Buffer.concat([randomBytes(500), Buffer.from('\r\n\r\n')])),
    );
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^(?:HTTP\/1\.1 400 |$)/);
  }
  expect(memoryTaken()).toBeLessThan(50);
  await expectUnharmed();
});
