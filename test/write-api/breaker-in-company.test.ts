import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from '../../src/write-api/breaker.ts';
import type { HostCompany, KnownFailures } from '../../src/write-api/host-company.ts';
import type { RequestOutcome } from '../../src/write-api/outcome.ts';
import { VirtualTiming } from './virtual-timing.ts';

const STORED: RequestOutcome = { kind: 'stored', status: 200, text: '' };
const DOWN: RequestOutcome = { kind: 'unreachable', text: 'ECONNREFUSED' };
const SECOND = 1_000;
const PAUSE = 30 * SECOND;

let timing: VirtualTiming;
/** What all processes know. */
let row: { failures: number; reason: string; since: number; nextTry: number } | undefined;
let isAway: boolean;
let sent: string[];
let told: string[];

/** As a database keeps it. */
const company: HostCompany = {
  async look(): Promise<KnownFailures | undefined> {
    if (isAway) throw new Error('away');
    return row && { failures: row.failures, reason: row.reason, elapsed: timing.monotonic() - row.since };
  },
  async tellDown(failures, reason, pause) {
    if (isAway) throw new Error('away');
    row ??= { failures, reason, since: timing.monotonic(), nextTry: timing.monotonic() + pause };
  },
  async tellUp() {
    row = undefined;
  },
  async takeTurn(pause) {
    if (isAway) throw new Error('away');
    if (row === undefined) return 'up';
    if (row.nextTry > timing.monotonic()) return row.nextTry - timing.monotonic();
    row.nextTry = timing.monotonic() + pause;
    return 'mine';
  },
};

const breakerOf = (name: string) =>
  new Breaker({
    pause: PAUSE,
    timing,
    company,
    onHostDown: () => told.push(`${name} down`),
    onHostUp: () => told.push(`${name} up`),
  });

function pass(breaker: Breaker, name: string, outcome: RequestOutcome = STORED) {
  const { signal } = new AbortController();
  const send = async () => {
    sent.push(`${name} ${timing.monotonic() / SECOND}`);
    return outcome;
  };
  return breaker.pass({ dataSet: name, deadline: 300 * SECOND, isQuestion: false, signal, send });
}

async function fail(breaker: Breaker): Promise<void> {
  for (let time = 0; time < 5; time++) await pass(breaker, 'failing', DOWN);
  sent = [];
}

beforeEach(() => {
  timing = new VirtualTiming();
  [row, isAway, sent, told] = [undefined, false, [], []];
});

describe('breakers of several processes', () => {
  it('let one request at a time try, of all of them together', async () => {
    const [one, other] = [breakerOf('one'), breakerOf('other')];
    await fail(one);
    await other.learn();
    expect(told).toEqual(['one down', 'other down']);
    const all = [pass(one, 'a', DOWN), pass(other, 'b', DOWN), pass(one, 'c', DOWN), pass(other, 'd', DOWN)];
    await timing.passUntil(Promise.all(all));
    expect(sent.map((each) => each.split(' ')[1])).toEqual(['30', '60', '90', '120']);
    expect(sent.map((each) => each.split(' ')[0]).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('close with the first answer that one of them gets', async () => {
    const [one, other] = [breakerOf('one'), breakerOf('other')];
    await fail(one);
    await other.learn();
    await timing.passUntil(Promise.all([pass(one, 'a'), pass(other, 'b')]));
    expect(row).toBeUndefined();
    expect(told.toSorted()).toEqual(['one down', 'one up', 'other down', 'other up']);
    await one.learn();
    await pass(one, 'c');
    expect(sent.at(-1)).toMatch(/^c/);
  });

  it('learn before a run that the host answers again', async () => {
    const [one, other] = [breakerOf('one'), breakerOf('other')];
    await fail(one);
    await other.learn();
    row = undefined;
    await other.learn();
    await pass(other, 'b');
    expect(sent).toEqual(['b 0']);
    expect(told).toEqual(['one down', 'other down', 'other up']);
  });

  it('are each on its own while nobody can be asked', async () => {
    const one = breakerOf('one');
    isAway = true;
    await fail(one);
    await one.learn();
    await timing.passUntil(pass(one, 'a'));
    expect(sent).toEqual(['a 30']);
  });
});
