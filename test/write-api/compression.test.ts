import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient } from '../../src/index.ts';
import { Batch } from '../../src/model/batch.ts';
import {
  type FaultyServer,
  type ReceivedRequest,
  STORED,
  startFaultyServer,
} from '../support/faulty-server.ts';
import { type SwiftTiming, swiftTiming } from './swift-timing.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'token' };
const OTHER: DataSet = { ...DATA_SET, data_type: 'others' };
const PADDING = 'x'.repeat(3_000);
const record = (id: string) => `{"_id":"${id}","note":"${PADDING}"}`;
const { signal } = new AbortController();

let server: FaultyServer;
let timing: SwiftTiming;
let client: WriteApiClient;
let told: (number | undefined)[];

beforeEach(async () => {
  server = await startFaultyServer();
  timing = swiftTiming();
  told = [];
  client = new WriteApiClient({
    url: server.url,
    timing,
    onCompressionRefused: (status) => told.push(status),
  });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

const isCompressed = ({ headers }: ReceivedRequest) => headers['content-encoding'] === 'gzip';
const encodings = () => server.requests.map((request) => (isCompressed(request) ? 'gzip' : 'plain'));
const refuseCompressed = (status: number) =>
  server.otherwise((request) => (isCompressed(request) ? { status } : STORED));

describe('a host that does not take compressed bodies', () => {
  it.each([415, 400, 422, 500, 501])(
    'and answers %d gets the same at once without compression, and from then on all',
    async (status) => {
      refuseCompressed(status);
      const acknowledged = await client.post(DATA_SET, [record('a')]);
      await client.post(DATA_SET, [record('b')]);
      await client.post(OTHER, [record('c')]);
      expect(encodings()).toEqual(['gzip', 'plain', 'plain', 'plain']);
      expect(server.requests.map(({ text }) => text)).toEqual(
        ['a', 'a', 'b', 'c'].map((id) => `[${record(id)}]`),
      );
      expect(acknowledged.requests).toBe(2);
      expect(timing.waits).toEqual([]);
      expect(told).toEqual([status]);
    },
  );

  it('is found out although a record of the batch is refused too', async () => {
    server.otherwise((request) =>
      isCompressed(request) || request.text.includes('"bad"') ? { status: 400 } : STORED,
    );
    const records = ['a', 'b', 'bad', 'c'].map(record);
    const { refused } = await client.target(DATA_SET).post(Batch.of(records), signal);
    expect(refused.map(({ id }) => id)).toEqual(['bad']);
    expect(told).toEqual([400]);
  });

  it('is tried without compression by a repeat, when the plain body did not get through', async () => {
    refuseCompressed(415);
    server.script({ status: 415 }, { status: 503 });
    await client.post(DATA_SET, [record('a')]);
    expect(encodings()).toEqual(['gzip', 'plain', 'plain']);
    expect(told).toEqual([415]);
  });

  it('is told by check, which is answered well', async () => {
    refuseCompressed(400);
    expect(await client.check(DATA_SET)).toEqual({ takesCompressed: false });
    expect(server.requests.map(({ text }) => text)).toEqual(['[]', '[]']);
    expect(encodings()).toEqual(['gzip', 'plain']);
  });
});

describe('a host that takes compressed bodies', () => {
  it('is not tried without when it refuses a record', async () => {
    server.otherwise(({ text }) => (text.includes('"bad"') ? { status: 400 } : STORED));
    const target = client.target(DATA_SET);
    await target.post(Batch.of([record('a')]), signal);
    const { refused } = await target.post(Batch.of(['b', 'bad', 'c'].map(record)), signal);
    expect(refused.map(({ id }) => id)).toEqual(['bad']);
    expect(new Set(encodings())).toEqual(new Set(['gzip']));
    expect(told).toEqual([]);
  });

  it('may refuse a record before that is known, and goes on with compression', async () => {
    server.otherwise(({ text }) => (text.includes('"bad"') ? { status: 400 } : STORED));
    const { refused } = await client
      .target(DATA_SET)
      .post(Batch.of(['bad', 'a', 'b', 'c'].map(record)), signal);
    expect(refused.map(({ id }) => id)).toEqual(['bad']);
    await client.post(DATA_SET, [record('d')]);
    // What is refused first goes once without compression; then a compressed empty list tells that this is not it.
    expect(encodings().filter((encoding) => encoding === 'plain')).toHaveLength(1);
    expect(server.requests.map(({ text }) => text).filter((text) => text === '[]')).toHaveLength(1);
    expect(encodings().at(-1)).toBe('gzip');
    expect(told).toEqual([]);
  });

  it('is checked by one compressed request', async () => {
    expect(await client.check(DATA_SET)).toEqual({ takesCompressed: true });
    expect(encodings()).toEqual(['gzip']);
    expect(server.requests[0]?.text).toBe('[]');
  });
});

it('without gzip nothing is compressed, and a 400 is asked about once', async () => {
  const plain = new WriteApiClient({ url: server.url, timing, gzip: false });
  server.otherwise({ status: 400 });
  expect(await plain.check(DATA_SET).catch(({ kind }) => kind)).toBe('record-refused');
  await plain.close();
  expect(encodings()).toEqual(['plain']);
});
