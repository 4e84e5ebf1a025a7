import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient, type WriteApiOptions } from '../../src/index.ts';
import { Batch } from '../../src/model/batch.ts';
import {
  type FaultyServer,
  type ReceivedRequest,
  type Reply,
  startFaultyServer,
} from '../support/faulty-server.ts';
import { failureOf } from './failure-of.ts';
import { type SwiftTiming, swiftTiming } from './swift-timing.ts';

const TOKEN = 'to/ken"é+%41';
const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: TOKEN };
/** Larger than what sockets buffer, so that it cannot be sent before somebody reads it. */
const LARGE = [`{"_id":"large","note":"${'x'.repeat(8_000_000)}"}`, '{"_id":"small"}'];

let server: FaultyServer;
let timing: SwiftTiming;
let clients: WriteApiClient[];

beforeEach(async () => {
  server = await startFaultyServer();
  timing = swiftTiming();
  clients = [];
});

afterEach(async () => {
  for (const client of clients) await client.close();
  await server.close();
});

function clientWith(options: Partial<WriteApiOptions> = {}): WriteApiClient {
  const client = new WriteApiClient({
    url: server.url,
    timing,
    max_batch_bytes: 10_485_760,
    gzip: false,
    ...options,
  });
  clients.push(client);
  return client;
}

/** A connection that breaks later is then one that had not been used. */
const CLOSING = { connection: 'close' };

const texts = () => server.requests.map(({ text }) => text);
const lengths = () => server.requests.map(({ bytes }) => bytes.length);

describe('what fails for the time being', () => {
  it('is told of request by request, with the status or that there was none', async () => {
    server.script({ status: 503, headers: CLOSING }, { fault: 'reset-after-body' });
    const answers: unknown[] = [];
    await clientWith({ onAnswer: (answer) => answers.push(answer) }).post(DATA_SET, [{ _id: 'a' }]);
    const dataSet = 'carers-allowance/volumes';
    // The last but one is the empty list that asks whether a cut connection was the records' fault.
    expect(answers).toEqual([503, undefined, 200, 200].map((status) => ({ dataSet, status })));
  });

  it('is told of before each repeat: of which data set, why and when', async () => {
    server.script({ status: 503, body: { message: 'closed' } }, { status: 429, body: {} });
    const retries: unknown[] = [];
    await clientWith({ onRetry: (retry) => retries.push(retry) }).post(DATA_SET, [{ _id: 'a' }]);
    const dataSet = 'carers-allowance/volumes';
    expect(retries).toEqual([
      { dataSet, status: 503, reason: 'closed', attempt: 1, delay: 500 },
      { dataSet, status: 429, reason: '{}', attempt: 2, delay: 1_000 },
    ]);
  });

  it('is repeated with identical bytes until it is stored', async () => {
    server.script(
      { status: 503, headers: CLOSING },
      { fault: 'reset-after-body' },
      { status: 429 },
      { status: 408 },
      { status: 425 },
    );
    const records = Array.from({ length: 200 }, (_, index) => ({ _id: `record-${index}` }));
    const acknowledged = await clientWith({ gzip: true }).post(DATA_SET, records);
    const bodies = server.requests
      .filter(({ text }) => text !== '[]')
      .map(({ bytes }) => bytes.toString('hex'));
    expect(new Set(bodies).size).toBe(1);
    expect(server.requests[0]?.text).toBe(JSON.stringify(records));
    // After five failures the host is tried once in 30 s.
    expect(timing.waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 22_000]);
    expect(acknowledged).toEqual({
      requests: server.requests.length,
      bytesSent: lengths().reduce((sum, length) => sum + length),
    });
  });

  it.each([
    ['seconds', '120'],
    ['a date', 'Thu, 01 Jan 2015 00:02:00 GMT'],
  ])('waits as long as Retry-After says in %s, and a random part on top', async (_form, header) => {
    server.script({ status: 503, headers: { 'retry-after': header } });
    await clientWith().post(DATA_SET, ['{}']);
    expect(timing.waits).toEqual([120_500]);
    expect(texts()).toEqual(['[{}]', '[{}]']);
  });

  it('never waits longer than retry.for, and tries a last time at its end', async () => {
    server.otherwise({ status: 503, headers: { 'retry-after': '86400' } });
    const error = await failureOf(clientWith({ retry: { for: 60_000 } }).post(DATA_SET, ['{}']));
    expect(timing.waits).toEqual([60_000]);
    expect(error).toMatchObject({ kind: 'not-now', side: 'target', status: 503 });
  });

  it('fails after retry.for, telling how often it was tried and what the last answer was', async () => {
    server.otherwise({ status: 500, body: { status: 'error', message: 'database is away' } });
    const error = await failureOf(clientWith({ retry: { for: 3_000 } }).post(DATA_SET, ['{}']));
    expect(timing.waits).toEqual([500, 1_000, 1_500]);
    expect(error.message).toBe(
      'The write API answered 500 for data set carers-allowance/volumes, the last of 4 attempts within 3 s: database is away',
    );
    expect(error.messages).toEqual(['database is away']);
    expect(error.remedy).toContain('; sending the same records again later is safe.');
  });

  it('is not repeated with retry.for 0', async () => {
    server.otherwise({ status: 503 });
    await failureOf(clientWith({ retry: { for: 0 } }).post(DATA_SET, ['{}']));
    expect(server.requests).toHaveLength(1);
  });

  it.each(['half-answer', 'broken-status-line'] as const)(
    'includes a %s, after which the same bytes are sent again',
    async (fault) => {
      server.script({ fault });
      await clientWith().post(DATA_SET, ['{"_id":"a"}']);
      expect(texts()).toEqual(['[{"_id":"a"}]', '[]', '[{"_id":"a"}]']);
    },
  );

  it('includes emptying a data set, without asking first', async () => {
    server.script({ fault: 'reset-after-body' }, { status: 502, body: '<html>Bad gateway</html>' });
    expect(await clientWith().empty(DATA_SET)).toMatchObject({ requests: 3 });
    expect(server.requests.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT']);
  });

  it('includes a write host where nobody listens', async () => {
    const gone = await startFaultyServer();
    await gone.close();
    const error = await failureOf(
      clientWith({ url: gone.url, retry: { for: 1_000 } }).post(DATA_SET, ['{}']),
    );
    expect(timing.waits).toEqual([500, 500]);
    expect(error).toMatchObject({ kind: 'unreachable', side: 'target', unansweredFor: expect.any(Number) });
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).toContain(gone.url);
  });

  it('includes a name that is not found', async () => {
    const client = clientWith({
      url: 'http://nobody.localhost.invalid',
      allow_plain_http: true,
      retry: { for: 1 },
    });
    expect(await failureOf(client.post(DATA_SET, ['{}']))).toMatchObject({ kind: 'unreachable' });
    expect(timing.waits).toEqual([1]);
  });
});

describe('after a connection that broke while sending', () => {
  it.each(['reset-before-body', 'reset-within-body'] as const)(
    'with %s it asks first, then repeats',
    async (fault) => {
      server.script({ fault });
      await clientWith().post(DATA_SET, LARGE);
      expect(lengths()).toEqual([2, LARGE.join().length + 2]);
    },
  );

  it.each([
    [401, 'token-refused'],
    [404, 'unknown-data-set'],
  ])('learns of a %d that was answered before the body was read', async (status, kind) => {
    server.script({ fault: 'reset-before-body' });
    server.otherwise({ status });
    expect(await failureOf(clientWith().post(DATA_SET, LARGE))).toMatchObject({
      kind,
      side: 'refused',
      status,
    });
    expect(lengths()).toEqual([2]);
  });

  it.each([401, 404])('names a %d as the reason, whether its answer got through or not', async (status) => {
    const early: Reply = { fault: 'answer-then-reset', status };
    server.otherwise(early);
    expect(await failureOf(clientWith().post(DATA_SET, LARGE))).toMatchObject({ side: 'refused', status });
  });

  it('goes on asking while that is not answered', async () => {
    server.script(
      { fault: 'reset-within-body' },
      { status: 503, headers: CLOSING },
      { fault: 'reset-after-body' },
    );
    await clientWith().post(DATA_SET, LARGE);
    expect(lengths()).toEqual([2, 2, 2, LARGE.join().length + 2]);
    expect(timing.waits).toEqual([500, 1_000, 2_000]);
  });

  it('sends half as much when it breaks again although the question is answered', async () => {
    server.otherwise(({ bytes }) =>
      bytes.length > 2_000_000
        ? { fault: 'reset-after-body' }
        : { status: 200, headers: CLOSING, body: { status: 'ok' } },
    );
    const records = Array.from(
      { length: 4 },
      (_, index) => `{"_id":"${index}","note":"${'x'.repeat(700_000)}"}`,
    );
    await clientWith().post(DATA_SET, records);
    expect(lengths().map((length) => Math.round(length / 700_000))).toEqual([4, 0, 4, 2, 2]);
  });

  it('repeats a single record until retry.for is over', async () => {
    server.otherwise(({ text }) =>
      text === '[]'
        ? { status: 200, headers: CLOSING, body: { status: 'ok' } }
        : { fault: 'reset-after-body' },
    );
    const error = await failureOf(clientWith({ retry: { for: 2_000 } }).post(DATA_SET, ['{"a":1}']));
    expect(error).toMatchObject({ kind: 'cut-off', side: 'target' });
    expect(texts().filter((text) => text !== '[]')).toHaveLength(4);
  });
});

describe('a 413', () => {
  const limit =
    (bytes: number) =>
    (request: ReceivedRequest): Reply =>
      request.bytes.length > bytes
        ? { status: 413, body: '<h1>Too large</h1>' }
        : { status: 200, body: { status: 'ok' } };
  const texts = (name: string, size = 100) =>
    Array.from({ length: size }, (_, index) => `{"_id":"${name}-${1_000 + index}"}`);
  const batch = (name: string, size = 100) => Batch.of(texts(name, size));
  const { signal } = new AbortController();

  it('halves the batch, keeps the order, and later batches are no larger', async () => {
    server.otherwise(limit(600));
    const target = clientWith().target(DATA_SET);
    await target.post(batch('a'), signal);
    expect(server.requests.filter(({ bytes }) => bytes.length > 600)).toHaveLength(2);
    const requestsBefore = server.requests.length;
    await target.post(batch('b'), signal);
    const later = server.requests.slice(requestsBefore);
    expect(later.every(({ bytes }) => bytes.length <= 600)).toBe(true);
    const stored = server.requests.filter(({ bytes }) => bytes.length <= 600);
    const expected = [...texts('a'), ...texts('b')].map((json) => JSON.parse(json));
    expect(stored.flatMap(({ text }) => JSON.parse(text))).toEqual(expected);
    expect(timing.waits).toEqual([]);
  });

  it('for a single record refuses that one, and the rest goes on', async () => {
    server.otherwise(limit(60));
    const records = [...texts('a', 3), `{"_id":"large","note":"${'x'.repeat(60)}"}`, ...texts('b', 4)];
    const { refused } = await clientWith().target(DATA_SET).post(Batch.of(records), signal);
    expect(refused).toEqual([
      {
        id: 'large',
        json: records[3],
        cause: 'too-large',
        reason: 'the write API answered 413: <h1>Too large</h1>',
        remedy: 'Select fewer or shorter columns.',
      },
    ]);
    const stored = server.requests.filter(({ bytes }) => bytes.length <= 60);
    expect(stored.flatMap(({ text }) => JSON.parse(text).map(({ _id }: { _id: string }) => _id))).toEqual(
      [...texts('a', 3), ...texts('b', 4)].map((json) => JSON.parse(json)._id),
    );
  });
});

describe('what is refused for good', () => {
  it.each([
    [401, 'token-refused', 'refused'],
    [403, 'token-refused', 'refused'],
    [404, 'unknown-data-set', 'refused'],
    [405, 'wrong-address', 'config'],
    [411, 'refused', 'refused'],
  ])('by a %d is sent once and fails as %s', async (status, kind, side) => {
    server.otherwise({ status, body: { messages: ['first reason', 'second reason'] } });
    const error = await failureOf(clientWith().post(DATA_SET, ['{}', '{}']));
    expect(server.requests).toHaveLength(1);
    expect(error).toMatchObject({ kind, side, status, messages: ['first reason', 'second reason'] });
    expect(error.message).toContain('carers-allowance/volumes');
    expect(error.message).toContain('first reason');
    expect(error.remedy).toMatch(/\.$/);
  });

  it('by a 401 tells where the token is from, if that is known', async () => {
    server.otherwise({ status: 401 });
    const token_source = 'data_set.token of collectors/volumes.yaml';
    const error = await failureOf(clientWith().post({ ...DATA_SET, token_source }, ['{}']));
    expect(error.remedy).toBe(
      `Set the token (${token_source}) to the one that was issued for carers-allowance/volumes.`,
    );
  });

  it('never shows the token, however the answer repeats it', async () => {
    const spellings = [TOKEN, encodeURIComponent(TOKEN), JSON.stringify(TOKEN)];
    const messages = spellings.map((spelling) => `Unauthorized: Invalid bearer token '${spelling}'`);
    server.script({ status: 401, body: { messages } }, { status: 401, body: messages.join('<br>') });
    for (const attempt of ['as JSON', 'as HTML']) {
      const error = await failureOf(clientWith().post(DATA_SET, ['{}']));
      const shown = [
        error.message,
        error.remedy,
        error.stack,
        String(error.cause),
        ...(error.messages ?? []),
      ].join();
      expect(shown, attempt).toContain("Invalid bearer token '<secret>'");
      expect(shown, attempt).not.toMatch(/to\/ken|%2Fken|é|%C3%A9|u00e9|%41|%2541/i);
    }
  });

  it.each([301, 302, 307, 308])('by a redirect (%d) goes nowhere else', async (status) => {
    const elsewhere = await startFaultyServer();
    server.otherwise({ status, headers: { location: `${elsewhere.url}/data/a/b` }, body: 'moved' });
    const error = await failureOf(clientWith().post(DATA_SET, ['{}']));
    expect(error).toMatchObject({ kind: 'wrong-address', side: 'config', status });
    expect(server.requests).toHaveLength(1);
    expect(elsewhere.connections).toBe(0);
    await elsewhere.close();
  });

  it.each([
    [{ status: 200, body: '<html><title>Please\nlog in</title>' }, '<html><title>Please log in</title>'],
    [{ status: 200, body: { status: 'error' } }, '{"status":"error"}'],
    [{ status: 200, body: `x${'y'.repeat(2_000_000)}` }, `x${'y'.repeat(298)}…`],
  ])('because somebody else answers, %#, shows the start of what they say', async (reply, shown) => {
    server.otherwise(reply);
    const error = await failureOf(clientWith().post(DATA_SET, ['{}']));
    expect(error).toMatchObject({ kind: 'not-the-write-api', side: 'target', status: 200 });
    expect(error.message.endsWith(`: ${shown}`)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });
});
