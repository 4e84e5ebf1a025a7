import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker, type Passage } from '../../src/write-api/breaker.ts';
import type { HostDown, RequestOutcome } from '../../src/write-api/outcome.ts';
import { VirtualTiming } from './virtual-timing.ts';

const STORED: RequestOutcome = { kind: 'stored', status: 200, text: '' };
const REFUSED: RequestOutcome = { kind: 'record-refused', status: 400, text: 'wrong' };
const DOWN: RequestOutcome = { kind: 'unreachable', text: 'ECONNREFUSED' };
const BROKEN: RequestOutcome = { kind: 'not-now', status: 500, messages: ['broken'], text: '{}' };
const SECOND = 1_000;

let timing: VirtualTiming;
let breaker: Breaker;
let told: unknown[][];
/** What was sent, and when. */
let sent: string[];

beforeEach(() => {
  timing = new VirtualTiming();
  told = [];
  sent = [];
  breaker = new Breaker({
    pause: 30 * SECOND,
    timing,
    onHostDown: (...reported) => told.push(['down', ...reported]),
    onHostUp: (...reported) => told.push(['up', ...reported]),
  });
});

interface Options extends Partial<Passage> {
  readonly outcome?: RequestOutcome | (() => RequestOutcome);
  /** Milliseconds that the answer takes. */
  readonly takes?: number;
}

function pass(name: string, { outcome = STORED, takes = 0, ...options }: Options = {}) {
  const signal = options.signal ?? new AbortController().signal;
  const send = async () => {
    sent.push(`${name} ${timing.monotonic() / SECOND}`);
    if (takes > 0) await timing.sleep(takes, signal);
    return typeof outcome === 'function' ? outcome() : outcome;
  };
  const passage = { dataSet: name, deadline: 300 * SECOND, isQuestion: false, signal, send, ...options };
  return breaker.pass(passage);
}

async function fail(times: number, outcome: RequestOutcome = DOWN): Promise<void> {
  for (let index = 0; index < times; index += 1) await pass('failing', { outcome });
  sent = [];
}

describe('a breaker', () => {
  it('opens after five failures in a row, and not where others are answered in between', async () => {
    for (const answered of [STORED, REFUSED, { kind: 'token-refused', status: 401, text: '' } as const]) {
      await fail(4);
      await pass('answered', { outcome: answered });
    }
    await fail(4);
    await pass('a');
    expect(sent).toEqual(['a 0']);
    expect(told).toEqual([]);
    await fail(5, BROKEN);
    expect(told).toEqual([['down', 5, 'broken']]);
    await timing.passUntil(pass('a'));
    expect(sent).toEqual(['a 30']);
  });

  it('lets one request at a time try, the next one a pause after the last has failed, in the order in which they came', async () => {
    await fail(5);
    const all = ['a', 'b', 'c', 'd'].map((name) => pass(name, { outcome: DOWN, takes: 5 * SECOND }));
    await timing.passUntil(Promise.all(all));
    expect(sent).toEqual(['a 30', 'b 65', 'c 100', 'd 135']);
  });

  it('closes with the first answer, lets all go that wait, and tells how long it took', async () => {
    await fail(5);
    const all = ['a', 'b', 'c', 'd'].map((name) => pass(name, { outcome: name === 'a' ? DOWN : STORED }));
    await timing.passUntil(Promise.all(all));
    expect(sent).toEqual(['a 30', 'b 60', 'c 60', 'd 60']);
    expect(told).toEqual([
      ['down', 5, 'ECONNREFUSED'],
      ['up', 60 * SECOND],
    ]);
  });

  it('counts from the first failure how long the host is down, whatever was before', async () => {
    await timing.passUntil(timing.sleep(10 * SECOND, new AbortController().signal));
    await fail(5);
    const waited = await timing.passUntil(pass('a', { deadline: 20 * SECOND }));
    expect(waited).toMatchObject({ kind: 'host-down', elapsed: 10 * SECOND });
    await timing.passUntil(pass('a'));
    expect(told).toEqual([
      ['down', 5, 'ECONNREFUSED'],
      ['up', 30 * SECOND],
    ]);
  });

  it('closes with an answer to what was sent before it opened', async () => {
    const slow = pass('slow', { takes: 10 * SECOND });
    await fail(5);
    await timing.passUntil(Promise.all([slow, pass('a')]));
    expect(sent).toEqual(['a 10']);
  });

  it('tells those who waited until their deadline how the host does', async () => {
    await fail(5);
    const tried = pass('a', { outcome: BROKEN });
    const waited = pass('b', { deadline: 45 * SECOND });
    await timing.passUntil(Promise.all([tried, waited]));
    expect(sent).toEqual(['a 30']);
    const expected: HostDown = { kind: 'host-down', failures: 6, elapsed: 45 * SECOND, last: BROKEN };
    expect(await waited).toEqual(expected);
  });

  it('lets a request try whose deadline is when the next try is due', async () => {
    await fail(5);
    expect(await timing.passUntil(pass('a', { deadline: 30 * SECOND }))).toEqual(STORED);
  });

  it('ends the wait at once when the signal is aborted, and the next one has the turn', async () => {
    await fail(5);
    const stop = new AbortController();
    const reason = new Error('stop now');
    const aborted = pass('a', { signal: stop.signal }).catch((error) => error);
    const next = pass('b');
    stop.abort(reason);
    expect(await aborted).toBe(reason);
    await timing.passUntil(next);
    expect(sent).toEqual(['b 30']);
  });

  it('lets nobody wait whose signal is aborted already', async () => {
    await fail(5);
    const reason = new Error('stopped before');
    await expect(pass('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await timing.passUntil(pass('b'));
    expect(sent).toEqual(['b 30']);
  });

  it('gives the turn to the next one when a request that tries is aborted', async () => {
    await fail(5);
    const stop = new AbortController();
    const aborted = pass('a', { signal: stop.signal, takes: 60 * SECOND }).catch((error) => error);
    const next = pass('b');
    const stopping = timing.sleep(40 * SECOND, new AbortController().signal).then(() => stop.abort());
    await timing.passUntil(Promise.all([aborted, next, stopping]));
    expect(sent).toEqual(['a 30', 'b 40']);
  });

  it('does not let the repeats of one data set keep away another one', async () => {
    await fail(5);
    const poisoned = Array.from({ length: 8 }, () => pass('poisoned', { outcome: BROKEN }));
    const late = timing.sleep(35 * SECOND, new AbortController().signal).then(() => pass('healthy'));
    await timing.passUntil(Promise.all([...poisoned, late]));
    expect(sent.slice(0, 2)).toEqual(['poisoned 30', 'healthy 60']);
  });

  it('lets data sets go first that did not fail last time, however often it opens', async () => {
    for (let round = 0; round < 3; round += 1) {
      await pass('another');
      await fail(5);
      const poisoned = ['a', 'b'].map((name) => pass(name, { outcome: BROKEN }));
      const start = timing.monotonic() / SECOND;
      await timing.passUntil(pass('healthy'));
      expect(sent[0]).toBe(round === 0 ? 'a 30' : `healthy ${start + 30}`);
      await timing.passUntil(Promise.all(poisoned));
    }
  });

  it('lets a data set wait no longer for its turn once its records are answered well', async () => {
    await pass('recovered', { outcome: BROKEN });
    await pass('recovered');
    await fail(5);
    await timing.passUntil(Promise.all([pass('recovered'), pass('healthy')]));
    expect(sent[0]).toBe('recovered 30');
  });

  it('does not take a question that is answered well for a proof that records are', async () => {
    await pass('poisoned', { outcome: BROKEN });
    await pass('poisoned', { isQuestion: true });
    await fail(5);
    await timing.passUntil(Promise.all([pass('poisoned'), pass('healthy')]));
    expect(sent[0]).toBe('healthy 30');
  });

  it('puts a data set whose question fails behind those whose records failed before', async () => {
    await pass('asking', { outcome: BROKEN });
    await pass('poisoned', { outcome: BROKEN });
    await pass('asking', { outcome: BROKEN, isQuestion: true });
    await fail(2);
    await timing.passUntil(Promise.all([pass('asking'), pass('poisoned')]));
    expect(sent[0]).toBe('poisoned 30');
  });

  it('lets data sets take turns', async () => {
    await fail(5);
    const names = ['a', 'a', 'a', 'b', 'b', 'c'];
    await timing.passUntil(Promise.all(names.map((name) => pass(name, { outcome: BROKEN }))));
    expect(sent.map((text) => text.slice(0, 1)).join('')).toBe('abcaba');
  });

  it('lets a question without records go first, which cannot fail because of them', async () => {
    await fail(5);
    const poisoned = ['a', 'b', 'c'].map((name) => pass(name, { outcome: BROKEN }));
    const question = pass('d', { isQuestion: true });
    await timing.passUntil(Promise.all([...poisoned, question]));
    expect(sent[0]).toBe('d 30');
  });

  it('lets questions of one data set go first once only while they fail', async () => {
    await fail(5);
    const broken = (async () => {
      for (let round = 0; round < 4; round += 1) await pass('broken', { outcome: BROKEN, isQuestion: true });
    })();
    const others = ['a', 'b', 'c'].map((name) => pass(name, { outcome: BROKEN }));
    await timing.passUntil(Promise.all([broken, ...others]));
    expect(sent.slice(0, 4)).toEqual(['broken 30', 'a 60', 'b 90', 'c 120']);
  });

  it('leaves nobody waiting when it is released', async () => {
    await fail(5);
    const waiting = pass('a');
    breaker.release();
    await waiting;
    expect(sent).toEqual(['a 0']);
  });
});
