import { expect, test } from 'vitest';
import { Pace } from '../../src/server/dashboards/pace.ts';

/** A pace whose time passes by what is done. */
function paceByHand() {
  let now = 0;
  const stopping = new AbortController();
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  const wait = async (milliseconds: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    pass(milliseconds);
  };
  const pace = new Pace(stopping.signal, { now: () => now, wait });
  const rest = async () => {
    const start = now;
    expect(await pace.rest()).toBe(now > start);
    return now - start;
  };
  const work = (milliseconds: number) => pace.run(async () => pass(milliseconds));
  return { pace, stopping, rest, work, pass };
}

test('work has all of the time while nothing is written', async () => {
  const { pace, rest, work, pass } = paceByHand();
  await work(500);
  pace.written();
  expect(await rest()).toBe(0);
  pass(1_001);
  await work(500);
  pace.written();
  expect(await rest()).toBe(0);
});

test('work has a quarter of the time while something is written', async () => {
  const { pace, rest, work, pass } = paceByHand();
  for (const milliseconds of [50, 100, 600]) {
    pace.written();
    await work(milliseconds);
    pace.written();
    expect(await rest()).toBe(3 * milliseconds);
  }
  pace.written();
  await work(20);
  await work(30);
  pass(40);
  expect(await rest()).toBe(3 * 50 - 30 - 40);
});

test('nobody rests longer than two seconds, nor when the server is asked to close', async () => {
  const { pace, stopping, rest, work } = paceByHand();
  pace.written();
  await work(900);
  expect(await rest()).toBe(2_000);
  pace.written();
  stopping.abort();
  await expect(pace.rest()).resolves.toBe(true);
});

test('work that fails is rested from, too', async () => {
  const { pace, rest, pass } = paceByHand();
  pace.written();
  const failing = pace.run(async () => {
    pass(10);
    throw new Error('the store is away');
  });
  await expect(failing).rejects.toThrow('the store is away');
  expect(await rest()).toBe(30);
});
