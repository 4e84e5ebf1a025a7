import { beforeEach, describe, expect, it } from 'vitest';
import { Batch } from '../../src/model/batch.ts';
import { AskingAfterBreak } from '../../src/write-api/asking-after-break.ts';
import { Breaker, Breaking } from '../../src/write-api/breaker.ts';
import { Compressing, Compression } from '../../src/write-api/compressing.ts';
import { Halving } from '../../src/write-api/halving.ts';
import type { RequestOutcome } from '../../src/write-api/outcome.ts';
import { BlamingAtOnce, Proving } from '../../src/write-api/proving.ts';
import { type Persistence, Retrying } from '../../src/write-api/retrying.ts';
import { callWith, questionFor } from '../../src/write-api/sender.ts';
import { DOWN, emptyingWith, FakeSender, requestOf, STORED } from './fake-sender.ts';
import { type SwiftTiming, swiftTiming } from './swift-timing.ts';
import { VirtualTiming } from './virtual-timing.ts';

const BUSY: RequestOutcome = { kind: 'not-now', status: 503, text: 'busy' };
const BROKEN: RequestOutcome = { kind: 'not-now', status: 500, text: '' };
const CUT: RequestOutcome = { kind: 'cut-off', text: '' };
const REFUSED: RequestOutcome = { kind: 'record-refused', status: 400, text: '' };
const UNAUTHORISED: RequestOutcome = { kind: 'token-refused', status: 401, text: '' };
const TWO = ['{"_id":"a"}', '{"_id":"b"}'];
const ASKED = '[]';
const BOTH = `[${TWO.join()}]`;

let timing: SwiftTiming;
let told: unknown[];
let persistence: Persistence;

beforeEach(() => {
  timing = swiftTiming();
  told = [];
  const retry = { for: 10_000, first_delay: 1_000, max_delay: 4_000 };
  persistence = { retry, timing, onRetry: (again) => told.push(again) };
});

describe('breaking', () => {
  it('passes results on, and says without sending when the host is down beyond the deadline', async () => {
    const settings = { pause: 30_000, timing, onHostDown: () => undefined, onHostUp: () => undefined };
    const inner = new FakeSender([], () => BUSY);
    const breaking = new Breaking(inner, new Breaker(settings), 'data-set');
    for (let time = 0; time < 5; time += 1)
      expect(await breaking.send(requestOf(TWO))).toMatchObject({ outcome: BUSY, attempts: 1 });
    const result = await breaking.send(requestOf(TWO));
    expect(result).toMatchObject({ outcome: BUSY, attempts: 0, hostDown: { failures: 5 } });
    expect(inner.requests).toHaveLength(5);
  });

  it('lets questions go before records when the host is tried again', async () => {
    const virtual = new VirtualTiming();
    const settings = {
      pause: 30_000,
      timing: virtual,
      onHostDown: () => undefined,
      onHostUp: () => undefined,
    };
    const breaker = new Breaker(settings);
    const inner = new FakeSender([BUSY, BUSY, BUSY, BUSY, BUSY]);
    const breakingOf = (dataSet: string) => new Breaking(inner, breaker, dataSet);
    for (let time = 0; time < 5; time += 1) await breakingOf('failing').send(requestOf(TWO));
    const records = ['a', 'b'].map((name) => breakingOf(name).send({ ...requestOf(TWO), deadline: 60_000 }));
    const question = breakingOf('c').send(questionFor(requestOf(TWO), 60_000));
    await virtual.passUntil(Promise.all([...records, question]));
    expect(inner.bodies.slice(5)).toEqual([ASKED, BOTH, BOTH]);
  });
});

describe('compressing', () => {
  const large = [JSON.stringify({ _id: 'a', note: 'x'.repeat(3_000) })];

  it('leaves small bodies, and compresses one that is sent again only once', async () => {
    const inner = new FakeSender();
    const compressing = new Compressing(inner, new Compression(true, () => undefined));
    const request = requestOf(large);
    for (const each of [requestOf(TWO), request, { ...request, deadline: 1 }]) await compressing.send(each);
    expect(inner.requests.map(({ compression }) => compression)).toEqual([undefined, 'done', 'done']);
    expect(inner.requests[1]?.body).toBe(inner.requests[2]?.body);
  });

  it('sends what is refused once more without, and asks a host that refuses both ways', async () => {
    const refusals: unknown[] = [];
    const inner = new FakeSender([REFUSED, REFUSED, STORED]);
    const compressing = new Compressing(inner, new Compression(true, (status) => refusals.push(status)));
    expect((await compressing.send(requestOf(large))).outcome).toBe(REFUSED);
    expect(inner.requests.map(({ purpose, compression }) => [purpose, compression])).toEqual([
      ['records', 'done'],
      ['records', undefined],
      ['question', 'done'],
    ]);
    expect(refusals).toEqual([]);
  });
});

describe('asking after a break', () => {
  it('is done before the same request goes again, whose second break counts as too large', async () => {
    const inner = new FakeSender([CUT, STORED, CUT]);
    const asking = new AskingAfterBreak(inner);
    const request = requestOf(TWO);
    expect((await asking.send(request)).outcome).toBe(CUT);
    expect((await asking.send(request)).outcome.kind).toBe('too-large');
    expect(inner.bodies).toEqual([BOTH, ASKED, BOTH]);
  });

  it('gives what the host objects in place of the request', async () => {
    const inner = new FakeSender([CUT, UNAUTHORISED]);
    const asking = new AskingAfterBreak(inner);
    const request = requestOf(TWO);
    await asking.send(request);
    expect((await asking.send(request)).outcome).toBe(UNAUTHORISED);
    expect(inner.bodies).toEqual([BOTH, ASKED]);
  });

  it('cannot make one record smaller, and asks nothing where there are none', async () => {
    const inner = new FakeSender([], ({ purpose }) => (purpose === 'question' ? STORED : CUT));
    const asking = new AskingAfterBreak(inner);
    for (const request of [requestOf(['{}']), emptyingWith()])
      for (let time = 0; time < 3; time += 1) expect((await asking.send(request)).outcome).toBe(CUT);
    expect(inner.bodies).toEqual(['[{}]', ASKED, '[{}]', ASKED, '[{}]', ASKED, ASKED, ASKED]);
    expect(inner.requests.slice(-3).every(({ purpose }) => purpose === 'emptying')).toBe(true);
  });
});

describe('retrying', () => {
  it('sends the same request until it is answered for good, and tells of each time', async () => {
    const inner = new FakeSender([BUSY, BUSY, REFUSED]);
    const result = await new Retrying(inner, persistence).send(requestOf(TWO));
    expect(result).toMatchObject({ outcome: REFUSED, attempts: 3, elapsed: 3_000 });
    expect(timing.waits).toEqual([1_000, 2_000]);
    expect(told).toEqual([
      { status: 503, reason: 'busy', attempt: 1, delay: 1_000 },
      { status: 503, reason: 'busy', attempt: 2, delay: 2_000 },
    ]);
    expect(new Set(inner.requests).size).toBe(1);
    expect(inner.requests[0]?.deadline).toBe(10_000);
  });

  it('gives up with what was last, when the time is over or the host is down', async () => {
    const busy = await new Retrying(new FakeSender([], () => BUSY), persistence).send(requestOf(TWO));
    expect(busy).toMatchObject({ outcome: BUSY, attempts: 5, elapsed: 10_000 });
    const down = await new Retrying(new FakeSender([BUSY, DOWN]), persistence).send(requestOf(TWO));
    expect(down).toMatchObject({ outcome: BUSY, attempts: 1, hostDown: { failures: 5 } });
    expect(await new Retrying(new FakeSender([DOWN]), persistence).send(requestOf(TWO))).toMatchObject({
      outcome: BROKEN,
      attempts: 0,
    });
  });

  it('ends at once with what waits', async () => {
    const waiting = AbortSignal.abort(new Error('stop'));
    const request = requestOf(TWO, callWith(new AbortController().signal, waiting));
    await expect(new Retrying(new FakeSender([BUSY]), persistence).send(request)).rejects.toThrow('stop');
  });
});

describe('proving', () => {
  const bad = ({ body }: { body: Buffer }) => (body.includes('"a"') ? BROKEN : STORED);
  const provingOver = (inner: FakeSender) => {
    const retrying = new Retrying(new BlamingAtOnce(inner, persistence), persistence);
    return new Proving(retrying, inner, persistence);
  };

  it('asks at the end of the retries, then at once, three times, and blames the records', async () => {
    const inner = new FakeSender([], bad);
    const result = await provingOver(inner).send(requestOf(TWO));
    expect(result).toMatchObject({ outcome: BROKEN, blamed: true });
    const proofs = Array.from({ length: 3 }, () => [BOTH, ASKED]).flat();
    expect(inner.bodies).toEqual([BOTH, BOTH, BOTH, BOTH, BOTH, ASKED, ...proofs]);
  });

  it('lets a question about suspected records wait for two tries of the host after the retries or the last attempt', async () => {
    const suspected = { ...requestOf(TWO), suspected: true };
    const deadlineOfQuestion = async (deadline: number) => {
      const inner = new FakeSender([], bad);
      await new BlamingAtOnce(inner, persistence).send({ ...suspected, deadline });
      return inner.requests.at(-1)?.deadline;
    };
    expect(await deadlineOfQuestion(7_000)).toBe(7_000 + 2 * 4_000);
    await timing.sleep(20_000, suspected.call.waiting);
    expect(await deadlineOfQuestion(7_000)).toBe(20_000 + 2 * 4_000);
  });

  it('suspects later records of the same call from the beginning, and no other call', async () => {
    const inner = new FakeSender([], bad);
    const proving = provingOver(inner);
    const { call } = requestOf([]);
    await proving.send(requestOf(TWO, call));
    const before = inner.requests.length;
    await proving.send(requestOf(['{"_id":"a"}'], call));
    expect(inner.requests.length - before).toBe(6);
    await proving.send(requestOf(['{"_id":"a"}']));
    expect(inner.requests.length - before).toBe(6 + 12);
  });

  it('blames nobody where the host fails on an empty list too, or on emptying', async () => {
    const failing = new FakeSender([], () => BROKEN);
    expect((await provingOver(failing).send(requestOf(TWO))).blamed).toBe(false);
    expect(failing.bodies.filter((body) => body === ASKED)).toHaveLength(1);
    const emptying = new FakeSender([], ({ purpose }) => (purpose === 'question' ? STORED : BROKEN));
    expect((await provingOver(emptying).send(emptyingWith())).blamed).toBeUndefined();
  });

  it('asks about a 500 when the host is down afterwards, and not about that of another request', async () => {
    const inner = new FakeSender([BROKEN, DOWN, BUSY]);
    expect(await provingOver(inner).send(requestOf(TWO))).toMatchObject({ attempts: 1, blamed: false });
    const unsent = new FakeSender([DOWN]);
    expect(await provingOver(unsent).send(requestOf(TWO))).toMatchObject({ attempts: 0 });
    expect(unsent.bodies).toEqual([BOTH]);
  });
});

describe('halving', () => {
  const subject = { dataSet: 'group/type', address: 'http://host/data/group/type', host: 'http://host' };
  const four = Batch.of([1, 2, 3, 4].map((id) => `{"_id":"${id}"}`));
  const { call } = requestOf([]);

  it('after a 413 sends half as much, in order, and remembers it', async () => {
    const inner = new FakeSender([{ kind: 'too-large', status: 413, text: '' }]);
    const halving = new Halving(inner, subject, 1_000);
    for (let time = 0; time < 2; time += 1) expect(await halving.send(four, 0, 4, call)).toBeUndefined();
    const halves = [four.part(0, 2), four.part(2, 4)].map(({ bytes }) => bytes.toString());
    expect(inner.bodies).toEqual([four.bytes.toString(), ...halves, ...halves]);
  });

  it('sends each record alone where two are too large together, in order', async () => {
    const inner = new FakeSender();
    expect(await new Halving(inner, subject, 13).send(four, 0, 4, call)).toBeUndefined();
    expect(inner.bodies).toEqual(four.texts().map((text) => `[${text}]`));
  });

  it('asks once about a record that is too large alone', async () => {
    const inner = new FakeSender([{ kind: 'too-large', status: 413, text: '' }]);
    const part = await new Halving(inner, subject, 1_000).send(four, 1, 2, call);
    expect(part).toMatchObject({ from: 1, to: 2, refusal: { cause: 'too-large', status: 413 } });
    expect(inner.requests).toHaveLength(1);
  });

  it('gives the first part that is refused, and does not send what is behind', async () => {
    const inner = new FakeSender([STORED, REFUSED]);
    const halving = new Halving(inner, subject, 25);
    expect(await halving.send(four, 0, 4, call)).toMatchObject({ from: 2, to: 4, refusal: { status: 400 } });
    expect(inner.requests).toHaveLength(2);
    const tiny = new Halving(inner, subject, 10);
    expect(await tiny.send(four, 0, 4, call)).toMatchObject({
      from: 0,
      to: 1,
      refusal: { cause: 'too-large' },
    });
    expect(inner.requests).toHaveLength(2);
  });

  it('fails where the trouble is not with the records', async () => {
    const halving = new Halving(new FakeSender([UNAUTHORISED]), subject, 1_000);
    await expect(halving.send(four, 0, 4, call)).rejects.toMatchObject({ kind: 'token-refused' });
  });
});

it('a question carries no records and belongs to the call of its request', () => {
  const request = requestOf(TWO);
  const { purpose, body, call, deadline, records } = questionFor(request, 7);
  expect({ purpose, body: body.toString(), deadline, records }).toEqual({
    purpose: 'question',
    body: ASKED,
    deadline: 7,
    records: undefined,
  });
  expect(call).toBe(request.call);
});
