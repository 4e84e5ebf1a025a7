import { beforeEach, describe, expect, it } from 'vitest';
import {
  GivenUpRecords,
  NotingGivenUp,
  WaitingForGivenUp,
} from '../../src/write-api/after-unknown-outcome.ts';
import type { RequestOutcome } from '../../src/write-api/outcome.ts';
import { callWith, questionFor, type Sender, type WriteRequest } from '../../src/write-api/sender.ts';
import { DOWN, emptyingWith, FakeSender, requestOf } from './fake-sender.ts';
import { type SwiftTiming, swiftTiming } from './swift-timing.ts';

const TIMEOUT = 60_000;
const GIVEN_UP: RequestOutcome = { kind: 'timeout', text: '', mayArriveLate: true };
const UNSENT: RequestOutcome = { kind: 'timeout', text: '', mayArriveLate: false };
const [OLD, NEW, OTHER] = ['{"_id":"a","n":1}', '{"_id":"a","n":2}', '{"_id":"b","n":1}'];

let timing: SwiftTiming;
let inner: FakeSender;
let sender: Sender;

function answering(...replies: ConstructorParameters<typeof FakeSender>[0] & object): void {
  const givenUp = new GivenUpRecords();
  inner = new FakeSender(replies);
  sender = new WaitingForGivenUp(new NotingGivenUp(inner, givenUp, TIMEOUT, timing), givenUp, timing);
}

/** How long each of some requests had to wait. */
async function waitsOf(...requests: readonly WriteRequest[]): Promise<number[]> {
  const waits: number[] = [];
  for (const request of requests) {
    const before = timing.monotonic();
    await sender.send(request);
    waits.push(timing.monotonic() - before);
  }
  return waits;
}

beforeEach(() => {
  timing = swiftTiming();
});

describe('after a request that was given up on its way', () => {
  it('another version of one of its records waits as long as a request may take, once', async () => {
    answering(GIVEN_UP);
    const requests = [[OLD, OTHER], [NEW], [NEW]].map((texts) => requestOf(texts));
    expect(await waitsOf(...requests)).toEqual([0, TIMEOUT, 0]);
    expect(inner.bodies).toEqual([`[${OLD},${OTHER}]`, `[${NEW}]`, `[${NEW}]`]);
  });

  it('the same records do not wait, alone or with others, nor do other records', async () => {
    answering(GIVEN_UP, GIVEN_UP);
    const requests = [[OLD, OTHER], [OLD, OTHER], [OTHER], [OLD, '{"_id":"c"}'], ['{"n":1}']];
    expect(await waitsOf(...requests.map((texts) => requestOf(texts)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('only the rest of the time is waited for, beginning with the last time it was given up', async () => {
    answering(GIVEN_UP, GIVEN_UP);
    const { signal } = new AbortController();
    await sender.send(requestOf([OLD]));
    await timing.sleep(50_000, signal);
    await sender.send(requestOf([OLD]));
    await timing.sleep(20_000, signal);
    expect(await waitsOf(requestOf([NEW]))).toEqual([40_000]);
  });

  it('records without an id do not wait for others without one', async () => {
    answering(GIVEN_UP);
    expect(await waitsOf(requestOf(['{"n":1}']), requestOf(['{"n":2}']))).toEqual([0, 0]);
  });

  it('emptying waits for what was given up last, also where that was given up before', async () => {
    answering(GIVEN_UP, GIVEN_UP, GIVEN_UP);
    for (const texts of [[OLD], [OTHER], [OLD]]) {
      await sender.send(requestOf(texts));
      await timing.sleep(10_000, new AbortController().signal);
    }
    expect(await waitsOf(emptyingWith())).toEqual([TIMEOUT - 10_000]);
  });

  it('emptying waits, and a question does not', async () => {
    answering(GIVEN_UP);
    const question = questionFor(requestOf([]), 0);
    expect(await waitsOf(requestOf([OLD]), question, emptyingWith())).toEqual([0, 0, TIMEOUT]);
  });

  it('records wait where it was to empty the data set, and a repeat of it does not', async () => {
    answering(GIVEN_UP);
    expect(await waitsOf(emptyingWith(), emptyingWith(), requestOf([OLD]))).toEqual([0, 0, TIMEOUT]);
  });

  it('the wait ends at once when what waits is to end, and nothing is sent', async () => {
    answering(GIVEN_UP);
    await sender.send(requestOf([OLD]));
    const waiting = AbortSignal.abort(new Error('stop'));
    const request = requestOf([NEW], callWith(new AbortController().signal, waiting));
    await expect(sender.send(request)).rejects.toThrow('stop');
    expect(inner.bodies).toEqual([`[${OLD}]`]);
  });
});

describe('a later version waits', () => {
  it.each([
    ['not after a request that never had a connection', [UNSENT], 0],
    ['not after one that waited for a host that is down', [DOWN], 0],
    ['not after one that was answered', [{ kind: 'not-now', status: 503, text: '' } as const], 0],
    ['after one that a proxy gave up', [{ ...GIVEN_UP, kind: 'not-now', status: 504 } as const], TIMEOUT],
  ])('%s', async (_when, replies, wait) => {
    answering(...replies);
    expect(await waitsOf(requestOf([OLD]), requestOf([NEW]))).toEqual([0, wait]);
  });

  it('after one that was ended on its way', async () => {
    const stop = new AbortController();
    answering(new Error('given up'));
    const { send } = inner;
    inner.send = async (request) => {
      if (request.call.signal === stop.signal) stop.abort();
      return await send.call(inner, request);
    };
    await expect(sender.send(requestOf([OLD], callWith(stop.signal)))).rejects.toThrow('given up');
    expect(await waitsOf(requestOf([NEW]))).toEqual([TIMEOUT]);
  });

  it('not after one that was ended before it was sent', async () => {
    const ended = AbortSignal.abort();
    answering();
    const { send } = inner;
    inner.send = async (request) => {
      if (request.call.signal === ended) throw new Error('ended');
      return await send.call(inner, request);
    };
    const call = callWith(ended);
    call.requests = 1;
    await expect(sender.send(requestOf([OLD], call))).rejects.toThrow('ended');
    expect(await waitsOf(requestOf([NEW]))).toEqual([0]);
  });

  it('not after one that failed for another reason than its end', async () => {
    answering(new Error('a defect'));
    await expect(sender.send(requestOf([OLD]))).rejects.toThrow('a defect');
    expect(await waitsOf(requestOf([NEW]))).toEqual([0]);
  });
});

it('what is remembered is bounded: of very many records the oldest are forgotten', async () => {
  answering(GIVEN_UP, GIVEN_UP);
  const many = Array.from({ length: 20_000 }, (_, index) => `{"_id":"many-${index}"}`);
  await sender.send(requestOf([OLD]));
  await sender.send(requestOf(many));
  expect(await waitsOf(requestOf([NEW]), requestOf(['{"_id":"many-0","n":1}']))).toEqual([0, TIMEOUT]);
});
