import { expect, test } from 'vitest';
import { DatabaseClock } from '../../src/replicas/database-clock.ts';

/** A clock of the database that is ahead of the monotonic one, with answers that take a while. */
class Clocks {
  monotonic = 1_000;
  ahead = 5_000_000;
  readonly clock = new DatabaseClock(() => this.monotonic);

  /** @param there milliseconds until the question arrives @param back until the answer does */
  ask(there: number, back: number) {
    return this.clock.ask(async () => {
      this.monotonic += there;
      const now = this.monotonic + this.ahead;
      this.monotonic += back;
      return { now };
    });
  }

  get error(): number {
    return Math.abs(this.clock.now() - (this.monotonic + this.ahead));
  }
}

test('tells no time before the database did', async () => {
  const clocks = new Clocks();
  expect(clocks.clock.isKnown).toBe(false);
  expect(() => clocks.clock.now()).toThrow('not known yet');
});

test('believes the quickest answer, and goes on while nobody answers', async () => {
  const clocks = new Clocks();
  await clocks.ask(900, 100);
  expect(clocks.error).toBe(400);
  await clocks.ask(1, 1);
  expect(clocks.error).toBeLessThanOrEqual(1);
  await clocks.ask(900, 0);
  clocks.monotonic += 3_600_000;
  expect(clocks.error).toBeLessThanOrEqual(1);
});

test('follows a clock that was set at once', async () => {
  const clocks = new Clocks();
  await clocks.ask(1, 1);
  clocks.ahead -= 60_000;
  await clocks.ask(400, 400);
  expect(clocks.error).toBeLessThanOrEqual(400);
});

test('follows a clock that runs a little faster', async () => {
  const clocks = new Clocks();
  await clocks.ask(1, 1);
  for (let minute = 0; minute < 60; minute++) {
    clocks.monotonic += 61_000;
    clocks.ahead += 6;
    await clocks.ask(5, 5);
  }
  expect(clocks.error).toBeLessThanOrEqual(10);
});
