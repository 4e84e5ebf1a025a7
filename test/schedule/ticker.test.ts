import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTicker, type Ticker } from '../../src/schedule/ticker.ts';

const START = Date.parse('2026-05-04T06:00:00.400Z');
const HOUR = 3_600_000;

let ticker: Ticker | undefined;
let calls: number[];

beforeEach(() => {
  // A machine whose hours do not begin when those of UTC do.
  vi.stubEnv('TZ', 'Asia/Kolkata');
  vi.useFakeTimers({ now: START });
  calls = [];
});

afterEach(() => {
  ticker?.stop();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const start = async (step = (now: number) => void calls.push(now), onError = (_: unknown) => {}) => {
  ticker = await startTicker(step, onError);
};

const secondsSince = (origin: number) =>
  calls.map((now) => Math.floor(now / 1_000) - Math.floor(origin / 1_000));

test('the step is called at once and at the beginning of each second, whatever the zone of the machine', async () => {
  expect(new Date(START).getHours()).toBe(11);
  await start();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(calls.map((now) => now - START)).toEqual([0, 600, 1_600, 2_600]);
});

test('after a machine slept for a moment the step comes late rather than with the next silence', async () => {
  await start();
  await vi.advanceTimersByTimeAsync(1_000);
  calls = [];
  const awake = Date.now() + 20_000;
  vi.setSystemTime(awake);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(calls.length).toBeGreaterThan(0);
});

test('a step that throws is told and the next second comes all the same', async () => {
  const errors: unknown[] = [];
  await start(
    () => {
      throw new Error(`at ${Date.now() - START}`);
    },
    (error) => void errors.push(error),
  );
  await vi.advanceTimersByTimeAsync(1_700);
  expect(errors.map(String)).toEqual(['Error: at 0', 'Error: at 600', 'Error: at 1600']);
});

test('a machine that slept for a year makes one call of it', async () => {
  await start();
  await vi.advanceTimersByTimeAsync(2_000);
  calls = [];
  const awake = Date.now() + 365 * 24 * HOUR;
  vi.setSystemTime(awake);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(secondsSince(awake)).toEqual([1, 2]);
});

test('a clock set back is followed within three seconds', async () => {
  await start();
  await vi.advanceTimersByTimeAsync(2_000);
  calls = [];
  const back = Date.now() - HOUR;
  vi.setSystemTime(back);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(secondsSince(back)).toEqual([3, 4, 5]);
});

test('the turn of a day and of a year is a second like all others', async () => {
  vi.setSystemTime('2026-12-31T23:59:58.500Z');
  await start();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(calls.map((now) => new Date(now).toISOString().slice(11, 23))).toEqual([
    '23:59:58.500',
    '23:59:59.000',
    '00:00:00.000',
    '00:00:01.000',
  ]);
});

test('nothing is left of it after a stop', async () => {
  await start();
  await vi.advanceTimersByTimeAsync(2_000);
  ticker?.stop();
  expect(vi.getTimerCount()).toBe(0);
  calls = [];
  await vi.advanceTimersByTimeAsync(10_000);
  expect(calls).toEqual([]);
});
