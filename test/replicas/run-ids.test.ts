import { expect, test } from 'vitest';
import { jitterOf, runIdOf } from '../../src/replicas/run-ids.ts';

const TICK = Date.UTC(2026, 4, 4, 6);

test('a run has the same UUID everywhere, and another one for every job and tick', () => {
  expect(runIdOf('visits', TICK)).toBe(runIdOf('visits', TICK));
  const ids = [runIdOf('visits', TICK), runIdOf('visits', TICK + 1), runIdOf('visit', TICK)];
  expect(new Set(ids).size).toBe(3);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('the delay of a tick is the same everywhere, and spread over the jitter', () => {
  const delays = Array.from({ length: 1_000 }, (_, index) =>
    jitterOf('visits', TICK + index * 60_000, 10_000),
  );
  expect(delays).toEqual(delays.map((_, index) => jitterOf('visits', TICK + index * 60_000, 10_000)));
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThan(10_000);
  const tenths = Map.groupBy(delays, (delay) => Math.floor(delay / 1_000));
  for (const [, some] of tenths) expect(some.length).toBeGreaterThan(50);
});

test('without a jitter nothing is put off', () => {
  expect(jitterOf('visits', TICK, 0)).toBe(0);
});
