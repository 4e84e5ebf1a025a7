import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataSet, WriteApiClient, type WriteApiOptions } from '../../src/index.ts';
import { Batch } from '../../src/model/batch.ts';
import type { RequestOutcome } from '../../src/write-api/outcome.ts';
import { refusalOf, tooManyRefused } from '../../src/write-api/refused-records.ts';
import {
  type FaultyServer,
  type ReceivedRequest,
  STORED,
  startFaultyServer,
} from '../support/faulty-server.ts';
import { failureOf } from './failure-of.ts';
import { type SwiftTiming, swiftTiming } from './swift-timing.ts';

const DATA_SET: DataSet = { data_group: 'carers-allowance', data_type: 'volumes', token: 'the-token' };
const { signal } = new AbortController();

let server: FaultyServer;
let timing: SwiftTiming;
let client: WriteApiClient;

beforeEach(async () => {
  server = await startFaultyServer();
  start();
});

afterEach(async () => {
  await client.close();
  await server.close();
});

function start(options: Partial<WriteApiOptions> = {}): void {
  timing = swiftTiming();
  client = new WriteApiClient({ url: server.url, timing, ...options });
}

const idsIn = ({ text }: ReceivedRequest): string[] =>
  JSON.parse(text).map(({ _id }: { _id: string }) => _id);

/**
 * Refuses as a whole what holds one of the records, with the given status. Gives the ids of what was stored, in order.
 */
function refuse(status: number, bad: readonly string[]): () => string[] {
  const refuses = (request: ReceivedRequest) => idsIn(request).find((id) => bad.includes(id));
  server.otherwise((request) => {
    const id = refuses(request);
    return id === undefined
      ? STORED
      : { status, body: { status: 'error', messages: [`${id} is wrong`, 'the-token'] } };
  });
  return () => server.requests.filter((request) => refuses(request) === undefined).flatMap(idsIn);
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `record-${index}`);
const jsonOf = (id: string) => JSON.stringify({ _id: id, count: 1 });
const batch = (ids: readonly string[]) => Batch.of(ids.map(jsonOf));
const without = (ids: readonly string[], bad: readonly string[]) => ids.filter((id) => !bad.includes(id));

describe.each([400, 422])('records refused by a %d', (status) => {
  it('are returned with what the write API said of each, and the others are stored in order', async () => {
    const ids = names(50);
    const bad = ['record-0', 'record-7', 'record-8', 'record-49'];
    const stored = refuse(status, bad);
    const acknowledged = await client.target(DATA_SET).post(batch(ids), signal);
    expect(acknowledged.refused).toEqual(
      bad.map((id) => ({
        id,
        json: jsonOf(id),
        cause: 'refused',
        reason: `the write API answered ${status}: ${id} is wrong; <secret>`,
        remedy: 'Correct what the write API complains of, in the query or the record section.',
      })),
    );
    expect(stored()).toEqual(without(ids, bad));
    expect(acknowledged.requests).toBe(server.requests.length);
    expect(timing.waits).toEqual([]);
  });

  it('are told why in at most 300 characters of the answer', async () => {
    const messages = Array.from({ length: 20 }, (_, index) => `${index} ${'x'.repeat(100)}`);
    server.otherwise({ status, body: { messages } });
    const { refused } = await client.target(DATA_SET).post(batch(['record-0']), signal);
    const start = `the write API answered ${status}: 0 xxx`;
    expect(refused[0]?.reason.slice(0, start.length)).toBe(start);
    expect(refused[0]?.reason).toHaveLength('the write API answered 400: '.length + 300);
  });

  it('may be the only one of the batch', async () => {
    refuse(status, ['record-0']);
    const { refused, requests } = await client.target(DATA_SET).post(batch(['record-0']), signal);
    expect(refused).toMatchObject([{ id: 'record-0' }]);
    expect(requests).toBe(1);
  });

  it('more than five of a batch make it fail with the first answers', async () => {
    const ids = names(100);
    const bad = ids.filter((_, index) => index % 15 === 3);
    const stored = refuse(status, bad);
    const error = await failureOf(client.target(DATA_SET).post(batch(ids), signal));
    expect(error).toMatchObject({ kind: 'record-refused', side: 'refused', status });
    expect(error.message).toBe(
      `The write API refused more than 5 records of one batch for data set carers-allowance/volumes: record record-3: the write API answered ${status}: record-3 is wrong; <secret>; record record-18: the write API answered ${status}: record-18 is wrong; <secret>; record record-33: the write API answered ${status}: record-33 is wrong; <secret>; and 2 more; the rest: the write API answered ${status}: record-78 is wrong; <secret>`,
    );
    expect(error.remedy).toBe(
      'Look at the job or the data set rather than at single rows: correct what the write API complains of, in the query or the record section.',
    );
    expect(error.refused?.map(({ id }) => id)).toEqual(bad.slice(0, 5));
    expect(stored()).toEqual(without(ids.slice(0, 64), bad));
  });
});

describe('a batch of 1000 with 3 refused records', () => {
  it('takes at most 40 requests more than one without', async () => {
    const ids = names(1_000);
    const positions = fc.uniqueArray(fc.nat({ max: 999 }), { minLength: 3, maxLength: 3 });
    for (const sample of [
      [0, 1, 2],
      [997, 998, 999],
      ...fc.sample(positions, { numRuns: 10, seed: 20_150_101 }),
    ]) {
      const bad = sample.map((index) => `record-${index}`);
      const stored = refuse(400, bad);
      const before = { requests: server.requests.length, stored: stored().length };
      const { refused } = await client.target(DATA_SET).post(batch(ids), signal);
      expect(refused.map(({ id }) => id)).toEqual(without(ids, without(ids, bad)));
      expect(server.requests.length - before.requests).toBeLessThanOrEqual(41);
      const since = server.requests
        .slice(before.requests)
        .filter((request) => !idsIn(request).some((id) => bad.includes(id)));
      expect(since.flatMap(idsIn)).toEqual(without(ids, bad));
    }
  });
});

describe('a record larger than max_batch_bytes', () => {
  it('is refused without being sent, and the others are stored in order', async () => {
    start({ max_batch_bytes: 100 });
    const stored = refuse(400, []);
    const large = JSON.stringify({ _id: 'large', note: 'x'.repeat(100) });
    const texts = [...names(4).map(jsonOf), large, jsonOf('last')];
    const { refused } = await client.target(DATA_SET).post(Batch.of(texts), signal);
    expect(refused).toEqual([
      {
        id: 'large',
        json: large,
        cause: 'too-large',
        reason: `the record alone makes a request of ${large.length + 2} bytes, more than max_batch_bytes (100)`,
        remedy: 'Select fewer or shorter columns, or raise max_batch_bytes.',
      },
    ]);
    expect(stored()).toEqual([...names(4), 'last']);
  });
});

describe('a 500', () => {
  const RETRY = { for: 10_000, first_delay: 500, max_delay: 30_000 };

  it('that outlasts retry.for while an empty list is stored is caused by a record, which is isolated', async () => {
    start({ retry: RETRY });
    const ids = names(100);
    const bad = ['record-20', 'record-77'];
    const stored = refuse(500, bad);
    const { refused } = await client.target(DATA_SET).post(batch(ids), signal);
    expect(refused.map(({ id, cause, reason }) => [id, cause, reason])).toEqual(
      bad.map((id) => [id, 'server-error', `the write API answered 500: ${id} is wrong; <secret>`]),
    );
    expect(stored()).toEqual(without(ids, bad));
  });

  it('takes retry.for once only: each part of the search takes a few short attempts', async () => {
    start({ retry: RETRY });
    refuse(500, ['record-20']);
    await client.target(DATA_SET).post(batch(names(1_000)), signal);
    const first = timing.waits.findIndex((_, index) =>
      timing.waits.slice(index).every((wait) => wait === 500),
    );
    expect(timing.waits.slice(0, first).reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(
      10_000 + 60_000,
    );
    expect(timing.waits.length - first).toBeLessThanOrEqual(2 * 12);
  });

  it('makes a dead letter of a single record only after three more in a row, the empty list being stored after each', async () => {
    start({ retry: { ...RETRY, for: 0 } });
    refuse(500, ['record-0']);
    const { refused } = await client.target(DATA_SET).post(batch(['record-0']), signal);
    expect(refused).toMatchObject([{ id: 'record-0', cause: 'server-error' }]);
    expect(server.requests.map((request) => idsIn(request).length)).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });

  it('is a failure of the target while an empty list is answered no better', async () => {
    start({ retry: RETRY });
    server.otherwise({ status: 500, body: { message: 'database is away' } });
    const error = await failureOf(client.target(DATA_SET).post(batch(names(3)), signal));
    expect(error).toMatchObject({ kind: 'not-now', side: 'target', status: 500 });
    expect(error.refused).toBeUndefined();
  });

  it('within the search is a failure of the target when the host goes down meanwhile', async () => {
    start({ retry: RETRY });
    const ids = names(100);
    refuse(500, ['record-20']);
    const { length } = ids;
    let down = false;
    server.otherwise((request) => {
      const sent = idsIn(request);
      down ||= sent.length > 0 && sent.length < length;
      return down || sent.includes('record-20') ? { status: 500 } : STORED;
    });
    const error = await failureOf(client.target(DATA_SET).post(batch(ids), signal));
    expect(error).toMatchObject({ kind: 'not-now', side: 'target', status: 500 });
  });

  it.each([502, 503, 504])('is meant, not a %d', async (status) => {
    start({ retry: RETRY });
    refuse(status, ['record-2']);
    const error = await failureOf(client.target(DATA_SET).post(batch(names(3)), signal));
    expect(error).toMatchObject({ kind: 'not-now', side: 'target', status });
    expect(server.requests.some(({ text }) => text === '[]')).toBe(false);
  });

  it('of more than five records fails as refused', async () => {
    start({ retry: { ...RETRY, for: 0 } });
    const ids = names(6);
    refuse(500, ids);
    const error = await failureOf(client.target(DATA_SET).post(batch(ids), signal));
    expect(error).toMatchObject({ kind: 'record-refused', side: 'refused', status: 500 });
  });
});

describe('a refusal', () => {
  const refused = (outcome: Partial<RequestOutcome>) =>
    refusalOf({
      outcome: { kind: 'record-refused', status: 400, text: '', ...outcome },
      attempts: 1,
      elapsed: 0,
    });

  it('says the text of an answer without messages, and the status alone where there is no text', () => {
    expect(refused({ text: 'not today' })?.reason).toBe('the write API answered 400: not today');
    expect(refused({ text: 'not today', messages: [] })?.reason).toBe(
      'the write API answered 400: not today',
    );
    expect(refused({})?.reason).toBe('the write API answered 400');
  });

  it('of a batch whose records are all taken alone says that of the batch, and how to mend it', () => {
    const refusal = refused({ text: 'not today' });
    if (refusal === undefined) throw new Error('no refusal');
    const { message, remedy } = tooManyRefused('group/type', [], refusal);
    expect(message).toBe(
      'The write API refused more than 5 records of one batch for data set group/type: the write API answered 400: not today',
    );
    expect(remedy).toBe(
      'Look at the job or the data set rather than at single rows: correct what the write API complains of, in the query or the record section.',
    );
  });
});

describe('WriteApiClient.post', () => {
  it('delivers all others first, then throws what was refused of how many', async () => {
    start({ max_batch_records: 10 });
    const ids = names(35);
    const bad = ['record-3', 'record-15', 'record-16', 'record-34'];
    const stored = refuse(400, bad);
    const error = await failureOf(client.post(DATA_SET, ids.map(jsonOf)));
    expect(stored()).toEqual(without(ids, bad));
    expect(error).toMatchObject({ kind: 'record-refused', side: 'refused' });
    expect(error.message).toMatch(
      /^The write API refused 4 of 35 records of data set carers-allowance\/volumes: record record-3: the write API answered 400: record-3 is wrong; <secret>; .*; and 1 more$/,
    );
    expect(error.refused?.map(({ id }) => id)).toEqual(bad);
    expect(JSON.stringify([error.message, error.stack, error.refused])).not.toContain('the-token');
  });

  it('names all where there are three, and each remedy once', async () => {
    start({ max_batch_bytes: 100 });
    refuse(400, ['record-0', 'record-1']);
    const large = JSON.stringify({ _id: 'large', note: 'x'.repeat(100) });
    const error = await failureOf(client.post(DATA_SET, [...names(2).map(jsonOf), large]));
    expect(error.message).toMatch(/; record large: the record alone makes .* max_batch_bytes \(100\)$/);
    expect(error.remedy).toBe(
      'Correct what the write API complains of, in the query or the record section; select fewer or shorter columns, or raise max_batch_bytes.',
    );
  });

  it('names records together that are refused for one reason, and those without an _id', async () => {
    server.otherwise({ status: 400, body: { messages: ['no'] } });
    const error = await failureOf(client.post(DATA_SET, ['{"_id":"a"}', '{}', 'not JSON', '{"_id":"b"}']));
    expect(error.message).toContain(
      'records a, without _id, without _id, and 1 more: the write API answered 400: no',
    );
  });
});
