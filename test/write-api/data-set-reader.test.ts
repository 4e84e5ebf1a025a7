import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type DataSetReader, NotOffered, type ReadRecord } from '../../src/model/data-set-reader.ts';
import { ReadClient, type ReadOptions } from '../../src/write-api/read-client.ts';
import type { Retry } from '../../src/write-api/retrying.ts';
import { WriteApiClient } from '../../src/write-api/write-api-client.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const DATA_SET = { data_group: 'test', data_type: 'applications', token: 'the-token' };
const RETRY = { for: 2_000, first_delay: 1, max_delay: 10 };
const JANUARY = ['2015-01-01T00:00:00Z', '2015-02-01T00:00:00Z'] as const;
const never = new AbortController().signal;

function readerOf(
  url: string,
  over: Partial<ReadOptions> = {},
  data_type = DATA_SET.data_type,
): DataSetReader {
  const client = new ReadClient({ url, retry: RETRY, ...over });
  onTestFinished(() => client.close());
  return client.reader({ ...DATA_SET, data_type });
}

async function recordsOf(
  reader: DataSetReader,
  span = JANUARY,
  signal = never,
): Promise<readonly ReadRecord[]> {
  const records = await reader.records(span, signal);
  if (records instanceof NotOffered) throw new Error(records.reason);
  const all: ReadRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

describe('of the write API of this project', () => {
  let api: RunningWriteApi;
  let client: WriteApiClient;

  async function start(settings: Record<string, unknown>): Promise<void> {
    api = await startWriteApi(settings);
    client = new WriteApiClient({ url: api.url, retry: RETRY });
  }

  afterEach(async () => {
    await client.close();
    await api.close();
  });

  test('all records of a span come as they were sent, whatever stands in them', async () => {
    await start({ raw_queries_allowed: true });
    const odd = {
      _timestamp: '2015-01-31T23:59:59Z',
      text: '"}],{\\ \u2028é🎈',
      large: 1,
      truth: true,
      none: null,
    };
    const sent = `{"_id":"odd",${JSON.stringify(odd).slice(1, -1).replace('"large":1', '"large":9223372036854775807')}}`;
    const many = Array.from({ length: 3_000 }, (_, index) => ({
      _id: `record-${index}`,
      _timestamp: '2015-01-02T00:00:00Z',
      count: index,
    }));
    await client.post(DATA_SET, [sent, ...many, { _id: 'later', _timestamp: JANUARY[1] }]);
    const records = await recordsOf(readerOf(api.url));
    expect(records.map(({ id }) => id).sort()).toEqual(['odd', ...many.map(({ _id }) => _id)].sort());
    const { values, updatedAt } = records.find(({ id }) => id === 'odd') as ReadRecord;
    expect([...values.keys()]).toEqual(['_id', '_timestamp', 'text', 'large', 'truth', 'none']);
    expect(values.get('large')).toBe('9223372036854775807');
    expect(JSON.parse(values.get('text') ?? '')).toBe(odd.text);
    expect(Date.now() - Date.parse(updatedAt ?? '')).toBeLessThan(60_000);
  });

  test('an empty span has no records', async () => {
    await start({ raw_queries_allowed: true });
    expect(await recordsOf(readerOf(api.url))).toEqual([]);
  });

  test.each([false, true])('periods are counted, single records shown: %s', async (raw_queries_allowed) => {
    await start({ raw_queries_allowed });
    const at = (_timestamp: string, index: number) => ({ _id: `${index}`, _timestamp });
    await client.post(
      DATA_SET,
      ['2015-01-06T23:00:00Z', '2015-01-07T00:00:00Z', '2015-01-07T10:00:00Z', '2015-02-03T00:00:00Z'].map(
        at,
      ),
    );
    const reader = readerOf(api.url);
    expect(await reader.counts('day', ['2015-01-06T00:00:00Z', '2015-01-09T00:00:00Z'], never)).toEqual([
      { start: '2015-01-06T00:00:00Z', count: 1 },
      { start: '2015-01-07T00:00:00Z', count: 2 },
      { start: '2015-01-08T00:00:00Z', count: 0 },
    ]);
    expect(await reader.counts('hour', ['2015-01-06T23:00:00Z', '2015-01-07T01:00:00Z'], never)).toEqual([
      { start: '2015-01-06T23:00:00Z', count: 1 },
      { start: '2015-01-07T00:00:00Z', count: 1 },
    ]);
    expect(await reader.counts('week', ['2015-01-06T00:00:00Z', '2015-01-09T00:00:00Z'], never)).toEqual([
      { start: '2015-01-05T00:00:00Z', count: 3 },
    ]);
    expect(await reader.counts('month', ['2015-01-31T00:00:00Z', '2015-02-02T00:00:00Z'], never)).toEqual([
      { start: '2015-01-01T00:00:00Z', count: 3 },
      { start: '2015-02-01T00:00:00Z', count: 1 },
    ]);
  });

  test('sums of more fields than one query may ask for come from several, with one count', async () => {
    await start({});
    const fields = Array.from({ length: 130 }, (_, index) => `field_${index}`);
    const record = (day: number, factor: number) => ({
      ...{ _id: `${day}`, _timestamp: `2015-01-0${day}T00:00:00Z` },
      ...Object.fromEntries(fields.map((field, index) => [field, index * factor])),
    });
    await client.post(DATA_SET, [record(5, 1), record(6, 1_000)]);
    const question = { period: 'day', fields, only: new Map() } as const;
    const span = ['2015-01-05T00:00:00Z', '2015-01-07T00:00:00Z'] as const;
    const sumsOf = (factor: number) =>
      new Map(fields.map((field, index) => [field, String(index * factor)] as const));
    expect(await readerOf(api.url).sums(question, span, never)).toEqual([
      { start: span[0], count: 1, sums: sumsOf(1) },
      { start: '2015-01-06T00:00:00Z', count: 1, sums: sumsOf(1_000) },
    ]);
  });

  test.each([false, true])(
    'numbers are added up exactly, single records shown: %s',
    async (raw_queries_allowed) => {
      await start({ raw_queries_allowed });
      const record = (index: number, kind: string, visits: string) =>
        `{"_id":"${index}","_timestamp":"2015-01-0${index}T10:00:00Z","kind":"${kind}","visits":${visits}}`;
      await client.post(DATA_SET, [
        ...[record(5, 'a: b', '9223372036854775807'), record(6, 'a: b', 'null'), record(7, 'a: b', '0.25')],
        ...[record(8, 'other', '"none"'), record(4, 'other', '7')],
      ]);
      const reader = readerOf(api.url);
      const only = new Map([['kind', 'a: b']]);
      const question = { period: 'day', fields: ['visits'], only } as const;
      expect(await reader.sums(question, ['2015-01-05T00:00:00Z', '2015-01-09T00:00:00Z'], never)).toEqual([
        { start: '2015-01-05T00:00:00Z', count: 1, sums: new Map([['visits', '9223372036854775807']]) },
        { start: '2015-01-06T00:00:00Z', count: 1, sums: new Map() },
        { start: '2015-01-07T00:00:00Z', count: 1, sums: new Map([['visits', '0.25']]) },
        { start: '2015-01-08T00:00:00Z', count: 0, sums: new Map() },
      ]);
      expect(await reader.sums({ ...question, only: new Map() }, JANUARY, never)).toEqual(
        new NotOffered('it answered 400: invalid collect function'),
      );
    },
  );

  test('what the data set does not show is told apart from a failure, with what was answered', async () => {
    await start({});
    expect(await readerOf(api.url).records(JANUARY, never)).toEqual(
      new NotOffered('it answered 400: querying for raw data is not allowed'),
    );
    const unknown = readerOf(api.url, {}, 'unknown');
    expect(await unknown.counts('day', JANUARY, never)).toEqual(
      new NotOffered('it answered 404: data_set not found'),
    );
  });

  test('a record is removed, and one that is not there is not', async () => {
    await start({ raw_queries_allowed: true });
    const [_id, _timestamp] = ['2015-01-01/é %2F"', JANUARY[0]];
    await client.post(DATA_SET, [
      { _id: '1', _timestamp },
      { _id: '2', _timestamp },
    ]);
    const target = client.target(DATA_SET);
    expect(await target.remove('1', never)).toBe(true);
    expect(await target.remove('1', never)).toBe(false);
    expect((await recordsOf(readerOf(api.url))).map(({ id }) => id)).toEqual(['2']);
    expect(await target.remove(_id, never)).toBe(false);
  });
});

describe('of a server that fails', () => {
  let server: FaultyServer;

  beforeEach(async () => {
    server = await startFaultyServer();
    server.takeReads();
  });
  afterEach(() => server.close());

  const ONE = {
    status: 200,
    body: { data: [{ _id: 'a', _timestamp: JANUARY[0], _day_start_at: JANUARY[0] }] },
  };

  test('a read carries no token, and is repeated until it is answered', async () => {
    server.script({ status: 503 }, { fault: 'reset-after-body' }, ONE);
    const told: Retry[] = [];
    const records = await recordsOf(readerOf(server.url, { onRetry: (retry) => told.push(retry) }));
    // What broke on the way is asked again at once, which is not worth telling.
    expect(told).toMatchObject([{ dataSet: 'test/applications', status: 503, attempt: 1 }]);
    expect(records).toEqual([
      {
        id: 'a',
        values: new Map([
          ['_id', '"a"'],
          ['_timestamp', `"${JANUARY[0]}"`],
        ]),
        updatedAt: undefined,
      },
    ]);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(3).fill(
        'GET /data/test/applications?start_at=2015-01-01T00%3A00%3A00Z&end_at=2015-02-01T00%3A00%3A00Z',
      ),
    );
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty('authorization');
  });

  test('what goes on failing is a failure of the target, with what was answered last', async () => {
    server.otherwise({ status: 503, body: { message: 'too many queries' } });
    const reading = recordsOf(readerOf(server.url, { retry: { for: 1_000, first_delay: 1, max_delay: 5 } }));
    await expect(reading).rejects.toMatchObject({
      side: 'target',
      message: expect.stringMatching(
        /answered 503 when data set test\/applications was read, .*: too many queries$/,
      ),
    });
  });

  test('a list that breaks off is a failure, however it does', async () => {
    const text = '{"data":[{"_id":"a","_timestamp":"2015-01-01T00:00:00Z"},';
    const headers = { 'content-type': 'application/json' };
    server.script({ status: 200, headers, body: text }, { fault: 'half-answer' });
    await expect(recordsOf(readerOf(server.url))).rejects.toMatchObject({
      side: 'target',
      kind: 'not-the-write-api',
    });
    await expect(recordsOf(readerOf(server.url))).rejects.toMatchObject({ side: 'target', kind: 'cut-off' });
  });

  test('groups without a time or a count are of somebody else, who is named', async () => {
    const headers = { 'content-type': 'application/json' };
    server.script({ status: 200, headers, body: '{"data":[{"_start_at":"soon","_count":1}]}' });
    await expect(readerOf(server.url).counts('day', JANUARY, never)).rejects.toMatchObject({
      ...{ side: 'target', kind: 'not-the-write-api' },
      message: `${server.url} answered 200, but not as the write API does, when data set test/applications was read: a group has no time, or no count`,
      remedy: expect.stringMatching(/^Check read_url/),
    });
  });

  test('silence within an answer ends with the timeout, silence before it as well', async () => {
    server.script({ fault: 'half-answer-then-hang' }, { fault: 'hang' });
    const reader = readerOf(server.url, { timeout: 100, retry: { for: 0 } });
    await expect(recordsOf(reader)).rejects.toMatchObject({ side: 'target', kind: 'timeout' });
    await expect(recordsOf(reader)).rejects.toMatchObject({ side: 'target', kind: 'timeout' });
  });

  test('a page in place of data is no data set that can be read, and other JSON is none', async () => {
    server.script({ status: 200, body: '<html>Log in</html>' }, { status: 200, body: { status: 'ok' } });
    expect(await readerOf(server.url).records(JANUARY, never)).toEqual(
      new NotOffered('it answered 200, but not in JSON'),
    );
    await expect(recordsOf(readerOf(server.url))).rejects.toMatchObject({ kind: 'not-the-write-api' });
  });

  test('a signal ends a read with its reason, before the answer and within it', async () => {
    const reason = new Error('enough');
    for (const fault of ['hang', 'half-answer-then-hang'] as const) {
      const controller = new AbortController();
      server.script({ fault });
      const seen = server.seen(fault === 'hang' ? 1 : 2);
      const reading = recordsOf(readerOf(server.url), JANUARY, controller.signal);
      await seen;
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
    }
  });

  test('whoever stops reading can go on with another read over a new connection', async () => {
    const many = Array.from({ length: 50_000 }, (_, index) => ({ _id: `${index}` }));
    server.script({ status: 200, body: { data: many } }, ONE);
    const reader = readerOf(server.url, { connections: 1 });
    const records = await reader.records(JANUARY, never);
    if (records instanceof NotOffered) throw new Error(records.reason);
    for await (const { id } of records) {
      expect(id).toBe('0');
      break;
    }
    expect((await recordsOf(reader)).map(({ id }) => id)).toEqual(['a']);
  });

  test('a removal is repeated, and a write API that has none says so', async () => {
    const client = new WriteApiClient({ url: server.url, retry: RETRY });
    onTestFinished(() => client.close());
    server.script({ status: 502 }, { status: 200, body: { status: 'ok' } }, { status: 405 });
    const target = client.target(DATA_SET);
    expect(await target.remove('2015-01-01/a b', never)).toBe(true);
    expect(await target.remove('x', never)).toBeInstanceOf(NotOffered);
    const [first] = server.requests;
    expect(first).toMatchObject({
      method: 'DELETE',
      path: '/data/test/applications/2015-01-01%2Fa%20b',
      text: '',
    });
    expect(first?.headers).toMatchObject({ authorization: 'Bearer the-token' });
  });
});
