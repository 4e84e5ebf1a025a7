import { describe, expect, test } from 'vitest';
import { Delivery, type Ways } from '../../src/collect/delivery.ts';
import type { MarkedBatch } from '../../src/collect/marked-batch.ts';
import type { CursorValue } from '../../src/model/query.ts';
import type { Acknowledgement } from '../../src/model/target.ts';
import { Batches } from '../../src/records/batches.ts';

const STORED: Acknowledgement = { requests: 1, bytesSent: 1, refused: [] };

const at = (position: number): readonly CursorValue[] => [{ kind: 'number', text: String(position) }];

/** The batch behind which a job stands at a position; undefined: in the midst of rows that belong together. */
function batchTo(position: number | undefined): MarkedBatch {
  const batches = new Batches({ max_batch_records: 1, max_batch_bytes: 1_000 });
  batches.add({ id: 'a', json: '{"_id":"a"}' });
  const batch = batches.rest();
  if (batch === undefined) throw new Error('there is a record');
  const cursor = position === undefined ? undefined : at(position);
  return { batch, cursor, reading: { run: 1, row: 1 }, healed: [] };
}

const never = new AbortController().signal;

/** A delivery whose batches are answered when and in the order in which the test says. */
function deliveryOf(over: Partial<Ways<MarkedBatch>> = {}, read = never, deliver = never) {
  const answers: PromiseWithResolvers<Acknowledgement>[] = [];
  const given: AbortSignal[] = [];
  const waiting: AbortSignal[] = [];
  const target = {
    post(_batch: unknown, signal: AbortSignal, whileWaiting: AbortSignal) {
      const answer = Promise.withResolvers<Acknowledgement>();
      signal.addEventListener('abort', () => answer.reject(new Error('given up')));
      answers.push(answer);
      given.push(signal);
      waiting.push(whileWaiting);
      return answer.promise;
    },
    address: 'http://write-api.test/data/test/applications',
    empty: () => Promise.reject(new Error('nothing is to be emptied')),
    remove: () => Promise.reject(new Error('nothing is to be removed')),
  };
  const delivery = new Delivery<MarkedBatch>(
    { target, limit: 10, overtaking: async () => undefined, acknowledged: () => undefined, ...over },
    { read, deliver },
  );
  const answer = async (index: number, error?: Error) => {
    if (error === undefined) answers[index]?.resolve(STORED);
    else answers[index]?.reject(error);
    await new Promise(setImmediate);
  };
  return { delivery, answer, given, waiting };
}

describe('what a delivery has reached', () => {
  test('is the last batch that is acknowledged with all before it, in whatever order they are', async () => {
    const { delivery, answer } = deliveryOf();
    for (const position of [1, 2, 3, 4]) await delivery.send(batchTo(position));
    await answer(1);
    await answer(3);
    expect(delivery.reached).toBeUndefined();
    await answer(0);
    expect(delivery.reached).toEqual(at(2));
    await answer(2);
    expect(delivery.reached).toEqual(at(4));
    await delivery.finish();
  });

  test('stays before a batch that has failed', async () => {
    const { delivery, answer } = deliveryOf();
    for (const position of [1, 2, 3]) await delivery.send(batchTo(position));
    await answer(0);
    await answer(2);
    await answer(1, new Error('refused'));
    await expect(delivery.finish()).rejects.toThrow('refused');
    expect(delivery.reached).toEqual(at(1));
  });

  test('is not in the midst of rows that belong together', async () => {
    const { delivery, answer } = deliveryOf();
    for (const position of [1, undefined, 3]) await delivery.send(batchTo(position));
    await answer(0);
    await answer(1);
    expect(delivery.reached).toEqual(at(1));
    await answer(2);
    expect(delivery.reached).toEqual(at(3));
  });
});

test('a batch waits for room, and the first failure gives up what is on its way', async () => {
  const { delivery, answer, given } = deliveryOf({ limit: 2 });
  await delivery.send(batchTo(1));
  let isRoom = false;
  const second = delivery.send(batchTo(2)).then(() => {
    isRoom = true;
  });
  await new Promise(setImmediate);
  expect(isRoom).toBe(false);
  await answer(0);
  await second;
  const third = expect(delivery.send(batchTo(3))).rejects.toThrow('refused');
  await answer(1, new Error('refused'));
  await third;
  await expect(delivery.finish()).rejects.toThrow('refused');
  expect(given[2]?.aborted).toBe(true);
});

test('a failure that does no harm lets the others go on', async () => {
  const { delivery, answer } = deliveryOf({ failed: async () => true });
  for (const position of [1, 2]) await delivery.send(batchTo(position));
  await answer(0, new Error('refused'));
  await answer(1);
  await delivery.finish();
  expect(delivery.reached).toBeUndefined();
});

test('of several failures the first one is told', async () => {
  const { delivery, answer } = deliveryOf();
  for (const position of [1, 2, 3]) await delivery.send(batchTo(position));
  await answer(1, new Error('the first'));
  await expect(delivery.finish()).rejects.toThrow('the first');
  await expect(delivery.send(batchTo(4))).rejects.toThrow('the first');
});

test('what goes wrong where a failure is told counts as the failure', async () => {
  const { delivery, answer } = deliveryOf({ failed: () => Promise.reject(new Error('the state is gone')) });
  await delivery.send(batchTo(1));
  await answer(0, new Error('refused'));
  await expect(delivery.finish()).rejects.toThrow('the state is gone');
});

test('a run that is to stop lets nothing wait, and what is on its way go on, also when something fails', async () => {
  const stop = new AbortController();
  const { delivery, answer, given, waiting } = deliveryOf({}, stop.signal);
  for (const position of [1, 2]) await delivery.send(batchTo(position));
  stop.abort();
  expect(waiting.map(({ aborted }) => aborted)).toEqual([true, true]);
  await answer(1, new Error('gave up waiting'));
  expect(given[0]?.aborted).toBe(false);
  await answer(0);
  await expect(delivery.finish()).rejects.toThrow('gave up waiting');
  expect(delivery.reached).toEqual(at(1));
});

test('nothing stays on its way when the time for deliveries is over, or they are abandoned', async () => {
  const end = new AbortController();
  const ended = deliveryOf({}, never, end.signal);
  await ended.delivery.send(batchTo(1));
  end.abort();
  await expect(ended.delivery.finish()).rejects.toThrow('given up');
  const abandoned = deliveryOf();
  await abandoned.delivery.send(batchTo(1));
  await abandoned.delivery.abandon();
  expect([abandoned.given, abandoned.waiting].map(([signal]) => signal?.aborted)).toEqual([true, true]);
});

test('newer versions of dead letters are noted before they are sent, and nothing is noted without any', async () => {
  const noted: string[] = [];
  const { delivery, answer, given } = deliveryOf({
    overtaking: async (newer) => {
      noted.push(`${newer.map(({ id }) => id)} before ${given.length}`);
    },
  });
  const healed = [{ id: 'b', key: 'b', reading: { run: 1, row: 2 } }];
  await delivery.send(batchTo(1));
  await delivery.send({ ...batchTo(2), healed });
  await new Promise(setImmediate);
  expect(noted).toEqual(['b before 1']);
  for (const index of [0, 1]) await answer(index);
  await delivery.finish();
});
