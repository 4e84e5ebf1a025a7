import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type DataSet, WriteApiClient, WriteApiError, type WriteApiOptions } from '../../src/index.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'secret-token-é' };

let server: FaultyServer;
let client: WriteApiClient;

beforeEach(async () => {
  server = await startFaultyServer();
  client = new WriteApiClient({ url: server.url });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

describe('a post', () => {
  it('is an array in JSON, signed with the token, of a known length', async () => {
    await client.post(DATA_SET, [
      { _id: 'a', count: 1, note: 'é' },
      '{"_id":"b","count":9223372036854775807}',
    ]);
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/data/carers-allowance/volumes',
      text: '[{"_id":"a","count":1,"note":"é"},{"_id":"b","count":9223372036854775807}]',
    });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer secret-token-é',
      'content-type': 'application/json',
      'content-length': '75',
      'user-agent': 'pp-db-collector',
    });
    expect(request?.headers).not.toHaveProperty('transfer-encoding');
    expect(request?.headers).not.toHaveProperty('content-encoding');
  });

  it('over 2 KiB is compressed and still of a known length', async () => {
    const records = Array.from({ length: 100 }, (_, index) => ({ _id: `record-${index}`, count: index }));
    const { bytesSent } = await client.post(DATA_SET, records);
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(request?.bytes.length),
    });
    expect(request?.headers).not.toHaveProperty('transfer-encoding');
    expect(gunzipSync(request?.bytes ?? '').toString()).toBe(JSON.stringify(records));
    expect(bytesSent).toBe(request?.bytes.length);
    expect(bytesSent).toBeLessThan(JSON.stringify(records).length / 2);
  });

  it('of exactly 2 KiB is not compressed, nor is anything with gzip: false', async () => {
    const record = `{"_id":"${'x'.repeat(2_048 - 12)}"}`;
    await client.post(DATA_SET, [record]);
    const plain = new WriteApiClient({ url: server.url, gzip: false });
    await plain.post(DATA_SET, [record, record]);
    await plain.close();
    expect(server.requests.map(({ bytes }) => bytes.length)).toEqual([2_048, 4_095]);
    expect(server.requests.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, undefined]);
  });

  it('is cut into requests by max_batch_records and max_batch_bytes, in order', async () => {
    const small = new WriteApiClient({ url: server.url, max_batch_records: 3, max_batch_bytes: 20 });
    const acknowledged = await small.post(DATA_SET, ['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}']);
    await small.close();
    expect(server.requests.map(({ text }) => text)).toEqual(['[{"a":1},{"a":2}]', '[{"a":3}]', '[{"a":4}]']);
    expect(acknowledged).toEqual({ requests: 3, bytesSent: 17 + 9 + 9 });
  });

  it('without records sends nothing', async () => {
    expect(await client.post(DATA_SET, [])).toEqual({ requests: 0, bytesSent: 0 });
    expect(server.connections).toBe(0);
  });

  it('of a record larger than max_batch_bytes fails, naming the record', async () => {
    const small = new WriteApiClient({ url: server.url, max_batch_bytes: 30 });
    const record = { _id: 'too-long', note: 'x'.repeat(30) };
    await expect(small.post(DATA_SET, [record])).rejects.toMatchObject({
      kind: 'record-refused',
      message:
        'The write API refused 1 of 1 records of data set carers-allowance/volumes: record too-long: the record alone makes a request of 60 bytes, more than max_batch_bytes (30)',
      refused: [{ id: 'too-long', cause: 'too-large', json: JSON.stringify(record) }],
    });
    expect(server.connections).toBe(0);
  });

  it.each([
    ['a string with U+0000', { a: 'x\0' }],
    ['half a character', { a: '\ud83d' }],
    ['NaN', { a: Number.NaN }],
    ['infinity', { a: Number.NEGATIVE_INFINITY }],
    ['a list', { a: [] as never }],
    ['undefined', { a: undefined as never }],
    ['a bigint', { a: 1n as never }],
    ['a list for a record', [] as never],
  ])('with %s sends nothing at all', async (_what, record) => {
    const error = await client.post(DATA_SET, [{ a: 1 }, record]).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WriteApiError);
    expect(error).toMatchObject({ kind: 'invalid-record', side: 'refused' });
    expect(server.connections).toBe(0);
  });
});

describe('the address', () => {
  it('may have a prefix, and names are percent-encoded below it', async () => {
    const prefixed = new WriteApiClient({ url: `${server.url}/performance/v1/` });
    await prefixed.post({ ...DATA_SET, data_group: 'a b/c', data_type: 'é?#%' }, ['{}']);
    await prefixed.close();
    expect(server.requests[0]?.path).toBe('/performance/v1/data/a%20b%2Fc/%C3%A9%3F%23%25');
  });

  it.each([
    ['https://user:hunter2@write.example', {}],
    ['ftp://write.example', {}],
    ['write.example', {}],
    ['https://write.example/?a=b', {}],
    ['http://write.example', {}],
    ['http://127.0.0.1.example', {}],
    ['http://localhost', { proxy: 'http://proxy.example:3128' }],
    ['https://write.example', { proxy: 'socks5://user:hunter2@proxy.example' }],
    ['https://write.example', { proxy: 'http://user:hunter2%zz@proxy.example' }],
    ['https://write.example', { proxy: 'hunter2' }],
    ['https://write.example', { timeout: 0 }],
    ['https://write.example', { max_batch_bytes: Number.NaN }],
    ['https://write.example', { retry: { for: -1 } }],
    ['https://write.example', { user_agent: 'a\r\nb: c' }],
  ])(
    '%s with %j is refused as configuration, without repeating a password',
    (url, options: Partial<WriteApiOptions>) => {
      const error = thrownBy(() => new WriteApiClient({ ...options, url }));
      expect(error).toMatchObject({ kind: 'invalid-options', side: 'config', remedy: expect.any(String) });
      expect(JSON.stringify([error.message, error.stack, error.remedy, error.cause])).not.toContain(
        'hunter2',
      );
    },
  );

  it.each([
    ['http://127.8.9.1:80', {}],
    ['http://[::1]:80', {}],
    ['http://localhost:80', {}],
    ['http://write.example', { allow_plain_http: true }],
    ['https://write.example', { proxy: 'http://user:p%40ss@proxy.example:3128' }],
    ['http://localhost', { proxy: 'http://127.0.0.1:3128' }],
  ])('%s with %j is accepted', (url, options) => {
    expect(() => new WriteApiClient({ url, ...options })).not.toThrow();
  });
});

describe('a data set', () => {
  it.each([
    ['', 'is empty'],
    ['abc\n', 'contains a line break'],
    ['a\rb', 'contains a line break'],
    ['a\u0007b', 'contains a character that an HTTP header cannot carry'],
    ['a\u0100b', 'contains a character that an HTTP header cannot carry'],
    [' ab', 'begins or ends with white space'],
  ])('with the token %j is refused before anything is sent', (token, problem) => {
    const error = thrownBy(() => client.target({ ...DATA_SET, token }));
    expect(error).toMatchObject({ kind: 'invalid-token', side: 'config' });
    expect(error.message).toBe(`The token of data set carers-allowance/volumes ${problem}.`);
    expect(server.connections).toBe(0);
  });

  it.each(['', '.', '..', '\ud800'])('cannot be called %j', (data_type) => {
    expect(thrownBy(() => client.target({ ...DATA_SET, data_type }))).toMatchObject({
      kind: 'invalid-data-set',
    });
  });

  it('is emptied by PUT [], and tells what the write API says', async () => {
    server.script({ status: 200, body: { status: 'ok', message: 'volumes now contains 0 records' } });
    const emptied = await client.empty(DATA_SET);
    expect(emptied).toEqual({ requests: 1, bytesSent: 2, message: 'volumes now contains 0 records' });
    expect(server.requests).toMatchObject([{ method: 'PUT', text: '[]' }]);
  });

  it('is checked by one POST []', async () => {
    await client.check(DATA_SET);
    server.script({ status: 503 });
    await expect(client.check(DATA_SET)).rejects.toMatchObject({ kind: 'not-now', status: 503 });
    expect(server.requests.map(({ method, text }) => method + text)).toEqual(['POST[]', 'POST[]']);
  });
});

describe('a CA file', () => {
  it.each([
    ['is missing', undefined],
    ['holds no certificate', 'no certificate'],
    ['holds a broken one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('that %s is refused as configuration', (_what, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ca_file = join(folder, 'ca.pem');
    if (content !== undefined) writeFileSync(ca_file, content);
    const error = thrownBy(() => new WriteApiClient({ url: 'https://write.example', ca_file }));
    expect(error).toMatchObject({ kind: 'invalid-options', side: 'config' });
    expect(error.message).toContain(ca_file);
  });
});

function thrownBy(act: () => unknown): Error & { cause?: unknown; remedy?: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
