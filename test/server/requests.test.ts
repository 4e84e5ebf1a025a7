import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HEADERS, memoryWriteApi, NAME, PATH, TOKEN } from './memory-write-api.ts';

const RECORD = '{"_id":"a","_timestamp":"2024-03-05T14:15:16Z","count":1}';

describe('POST', () => {
  test('stores one object, a list of objects, or nothing of an empty list', async () => {
    const { post, stored } = memoryWriteApi();
    expect(await post(RECORD)).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await post(`[${RECORD.replace('"a"', '"b"')},${RECORD.replace('"a"', '"c"')}]`)).toMatchObject({
      status: 200,
    });
    expect(await post('[]')).toMatchObject({ status: 200 });
    expect((await stored()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('replaces the whole record of the same _id, also within one request', async () => {
    const { post, stored } = memoryWriteApi();
    await post('[{"_id":"a","_timestamp":"2024-03-05","count":1,"note":"x"}]');
    await post(
      '[{"_id":"a","_timestamp":"2024-03-05","count":2},{"_id":"a","_timestamp":"2024-03-05","count":3}]',
    );
    expect((await stored()).map(({ json }) => JSON.parse(json))).toEqual([
      { _id: 'a', _timestamp: '2024-03-05T00:00:00+00:00', count: 3 },
    ]);
  });

  test('stores nothing when one record of many is bad, and names it', async () => {
    const { post, stored } = memoryWriteApi();
    const reply = await post(`[${RECORD},{"_id":"b","_timestamp":"2024-03-05","bad-key":1}]`);
    expect(reply.status).toBe(400);
    expect(reply.body.messages).toEqual([expect.stringContaining('record 2: "bad-key" is not a valid key')]);
    expect(await stored()).toEqual([]);
  });

  test('gives a record without _id one of its own, so that a repeat is a second record', async () => {
    const { post, stored } = memoryWriteApi();
    await post('{"_timestamp":"2024-03-05"}');
    await post('{"_timestamp":"2024-03-05"}');
    const records = await stored();
    expect(new Set(records.map(({ id }) => id)).size).toBe(2);
    for (const { id, json } of records) expect(JSON.parse(json)).toMatchObject({ _id: id });
  });

  test.each([
    ['no body', '', 'Expected JSON request body but received zero bytes.'],
    ['half a body', '[{"_id":"a"', 'Error parsing JSON: '],
    ['NaN', '[{"_timestamp":"2024-03-05","count":NaN}]', 'Error parsing JSON: '],
    ['a byte order mark', `\ufeff[${RECORD}]`, 'Error parsing JSON: '],
  ])('answers 400 to %s', async (_what, body, message) => {
    const { post } = memoryWriteApi();
    const reply = await post(body);
    expect(reply).toMatchObject({ status: 400, body: { status: 'error' } });
    expect(reply.body.message).toContain(message);
  });

  test.each(['5', 'true', '"text"', '[1]', '["_start_at"]', '[[]]', '[null]'])(
    'answers 400 to %s',
    async (body) => {
      const reply = await memoryWriteApi().post(body);
      expect(reply.status).toBe(400);
      expect(reply.body.messages).toEqual(['record 1: not an object']);
    },
  );

  test('answers 400 to arrays nested a million deep, with and without long numbers', async () => {
    const { post } = memoryWriteApi();
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(await post(`[{"_timestamp":"2024-03-05","value":${deep}}]`)).toMatchObject({ status: 400 });
    expect(
      await post(`[{"_timestamp":"2024-03-05","other":12345678901234567,"value":${deep}}]`),
    ).toMatchObject({ status: 400 });
  });

  test('answers 413 to more than 100,000 records', async () => {
    const { post } = memoryWriteApi();
    expect(await post(`[${'0,'.repeat(100_000)}0]`)).toMatchObject({ status: 413 });
  });

  test.each([undefined, 'text/plain', 'application/vnd.api+json', '*/*', ''])(
    'answers 400 to the content type %s',
    async (type) => {
      const { app } = memoryWriteApi();
      const headers = {
        authorization: HEADERS.authorization,
        ...(type === undefined ? {} : { 'content-type': type }),
      };
      const reply = await app.inject({ method: 'POST', url: PATH, headers, payload: Buffer.from(RECORD) });
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toEqual({ messages: ['Expected header: Content-type: application/json'] });
    },
  );

  test('reads the charset that the content type names, and UTF-8 strictly', async () => {
    const { post, stored } = memoryWriteApi();
    const latin1 = Buffer.from('{"_timestamp":"2024-03-05","name":"Zo\xeb"}', 'latin1');
    expect(await post(latin1)).toMatchObject({ status: 400 });
    expect(await post(latin1, { 'content-type': 'application/json; charset=klingon' })).toMatchObject({
      status: 400,
    });
    expect(await post(latin1, { 'content-type': 'application/json; charset=latin-1' })).toMatchObject({
      status: 200,
    });
    expect(await post(latin1, { 'content-type': 'application/json;charset="iso-8859-1"' })).toMatchObject({
      status: 200,
    });
    expect(JSON.parse((await stored())[0]?.json ?? '')).toMatchObject({ name: 'Zoë' });
  });
});

describe('gzip', () => {
  const gzip = { 'content-encoding': 'gzip' };

  test('is inflated', async () => {
    const { post, stored } = memoryWriteApi();
    expect(await post(gzipSync(RECORD), gzip)).toMatchObject({ status: 200 });
    expect(await stored()).toHaveLength(1);
  });

  test.each([
    ['plain text', Buffer.from(RECORD)],
    ['a cut end', gzipSync(RECORD).subarray(0, -4)],
    [
      'a wrong checksum',
      Buffer.concat([gzipSync(RECORD).subarray(0, -8), Buffer.alloc(4), gzipSync(RECORD).subarray(-4)]),
    ],
    ['something after it', Buffer.concat([gzipSync(RECORD), Buffer.from('more')])],
  ])('with %s is answered with 400', async (_what, body) => {
    expect(await memoryWriteApi().post(body, gzip)).toMatchObject({ status: 400, body: { status: 'error' } });
  });

  test('may inflate to 10 MiB, not to one byte more', async () => {
    const { post } = memoryWriteApi();
    const padded = (bytes: number) => gzipSync(RECORD.padEnd(bytes), { level: 1 });
    expect(await post(padded(10_485_760), gzip)).toMatchObject({ status: 200 });
    expect(await post(padded(10_485_761), gzip)).toMatchObject({ status: 413 });
  });
});

describe('PUT', () => {
  test('of an empty list empties the data set', async () => {
    const { app, post, stored } = memoryWriteApi();
    await post(RECORD);
    const reply = await app.inject({ method: 'PUT', url: PATH, headers: HEADERS, payload: '[]' });
    expect(reply.json()).toEqual({ status: 'ok', message: `${NAME} now contains 0 records` });
    expect(await stored()).toEqual([]);
  });

  test.each(['{}', '""', 'null', `[${RECORD}]`, ''])('of %s changes nothing', async (payload) => {
    const { app, post, stored } = memoryWriteApi();
    await post(RECORD);
    const reply = await app.inject({ method: 'PUT', url: PATH, headers: HEADERS, payload });
    expect(reply.statusCode).toBe(400);
    expect(await stored()).toHaveLength(1);
  });
});

test('what is wrong with a PUT is told as one message', async () => {
  const { app } = memoryWriteApi();
  for (const [payload, type] of [
    ['[]', 'text/plain'],
    ['null', 'application/json'],
    [`[${'{"val":[[]]},'.repeat(60_000)}{}]`, 'application/json'],
  ] as const) {
    const headers = { ...HEADERS, 'content-type': type };
    const reply = await app.inject({ method: 'PUT', url: PATH, headers, payload });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toEqual({ status: 'error', message: expect.any(String) });
  }
});

test.each([
  ['/data/carers-allowance/transaction-count', 400],
  ['/data/carers-allowance/transaction-count?period=x', 400],
  ['/data/carers-allowance/nope', 404],
  ['/data/carers-allowance', 404],
  ['/data/carers-allowance/transaction-count/a', 405],
  ['/data/caf%E9/x', 400],
  ['/nope', 404],
  ['/', 404],
] as const)('GET %s may be asked by pages of other origins, and says so with %i', async (url, status) => {
  const { statusCode, headers } = await memoryWriteApi().app.inject(url);
  expect([statusCode, headers['access-control-allow-origin']]).toEqual([status, '*']);
});

describe('DELETE', () => {
  test('removes the record of one id, percent-encoded or not', async () => {
    const { app, post, stored } = memoryWriteApi();
    await post('[{"_id":"a/b%","_timestamp":"2024-03-05"},{"_id":"c","_timestamp":"2024-03-05"}]');
    const reply = await app.inject({
      method: 'DELETE',
      url: `${PATH}/${encodeURIComponent('a/b%')}`,
      headers: HEADERS,
    });
    expect([reply.statusCode, reply.json()]).toEqual([200, { status: 'ok' }]);
    expect((await stored()).map(({ id }) => id)).toEqual(['c']);
  });

  test('of an id that is not there is answered with 400', async () => {
    const reply = await memoryWriteApi().app.inject({
      method: 'DELETE',
      url: `${PATH}/nothing`,
      headers: HEADERS,
    });
    expect([reply.statusCode, reply.json()]).toEqual([400, { messages: ['No record found with this id'] }]);
  });
});

describe('a token', () => {
  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['wrong', 'Bearer wrong'],
    ['in another case', `Bearer ${TOKEN.toUpperCase()}`],
    ['without Bearer', TOKEN],
    ['after a lower-case bearer', `bearer ${TOKEN}`],
    ['after two blanks', `Bearer  ${TOKEN}`],
    ['with something after it', `Bearer ${TOKEN} x`],
  ])('%s is answered with 401 and not repeated, before the body is read', async (_what, authorization) => {
    const { app, stored } = memoryWriteApi();
    const headers = {
      ...(authorization === undefined ? {} : { authorization }),
      'content-type': 'text/plain',
    };
    const reply = await app.inject({ method: 'POST', url: PATH, headers, payload: '{broken' });
    expect(reply.statusCode).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('bearer');
    expect(reply.body).not.toMatch(/wrong|token'|carers-allowance-token/i);
    expect(await stored()).toEqual([]);
  });

  test('outside ASCII is answered with 400', async () => {
    expect(await memoryWriteApi().post(RECORD, { authorization: 'Bearer tök' })).toMatchObject({
      status: 400,
    });
  });

  test('guards every method that changes something', async () => {
    const { app } = memoryWriteApi();
    for (const [method, url] of [
      ['POST', PATH],
      ['PUT', PATH],
      ['DELETE', `${PATH}/a`],
      ['PATCH', `${PATH}/a`],
    ] as const)
      expect((await app.inject({ method, url, payload: '[]' })).statusCode, method).toBe(401);
  });
});

describe('paths', () => {
  test('GET /_status says that the server is up, without a token', async () => {
    const reply = await memoryWriteApi().app.inject('/_status');
    expect([reply.statusCode, reply.json()]).toEqual([200, { status: 'ok', message: 'app is up' }]);
  });

  test.each([
    '/data/nope/nope',
    '/data/Carers-Allowance/transaction-count',
    '/data/transaction-count/carers-allowance',
  ])('POST %s is 404 before the token is looked at', async (url) => {
    const reply = await memoryWriteApi().app.inject({ method: 'POST', url, payload: '{' });
    expect([reply.statusCode, reply.json()]).toEqual([
      404,
      { status: 'error', message: 'Could not find data_set_config' },
    ]);
  });

  test.each([
    ['POST', '/', 404],
    ['POST', '/data/carers-allowance', 404],
    ['PUT', `${PATH}/`, 404],
    ['POST', `/${PATH}`, 404],
    ['GET', '/_status/', 404],
    ['DELETE', PATH, 405],
    ['GET', `${PATH}/a`, 405],
    ['POST', `${PATH}/a`, 405],
    ['DELETE', '/_status', 405],
    ['TRACE', PATH, 405],
    ['OPTIONS', PATH, 200],
    ['POST', '/data/caf%E9/x', 400],
  ] as const)('%s %s is answered with %i', async (method, url, status) => {
    const { app } = memoryWriteApi();
    expect((await app.inject({ method: method as 'GET', url, headers: HEADERS })).statusCode).toBe(status);
  });

  test('a method that is not allowed is answered with those that are', async () => {
    expect((await memoryWriteApi().app.inject({ method: 'DELETE', url: PATH })).headers.allow).toBe(
      'GET, HEAD, POST, PUT, OPTIONS',
    );
  });
});

test('a fault of the store is answered with 500, and the answer does not say what it was', async () => {
  const { post, store } = memoryWriteApi();
  await store.empty(NAME);
  store.replace = async () => {
    throw new Error('disk I/O error in /var/data');
  };
  const reply = await post(RECORD);
  expect(reply.status).toBe(500);
  expect(reply.body.message).toMatch(/^Internal Server Error; the log has more under req-\w+$/);
});
