import { setImmediate } from 'node:timers/promises';
import type { Timing } from '../../src/write-api/timing.ts';
import { WriteHost } from '../../src/write-api/write-host.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands while anything is under way, and leaps to the next waking when all are asleep. */
export class VirtualTiming implements Timing {
  /** The time at the beginning of each request that was sent over any connection. */
  readonly requests: number[] = [];
  readonly #sleepers = new Set<Sleeper>();
  readonly #chance: () => number;
  #time = 0;
  #busy = 0;

  /** @param seed of the chance */
  constructor(seed = 1) {
    this.#chance = chanceFrom(seed);
  }

  now = (): number => Date.UTC(2015, 0, 1) + this.#time;
  monotonic = (): number => this.#time;
  random = (): number => this.#chance();

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { until: this.#time + milliseconds, wake: resolve };
    this.#sleepers.add(sleeper);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      this.#sleepers.delete(sleeper);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Work on the real clock, during which this one stands. */
  async standStill<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Lets the clock stand while a request is sent and answered. Gives back what undoes that. */
  watchConnections(): () => void {
    const timing = this;
    const { exchange } = WriteHost.prototype;
    WriteHost.prototype.exchange = async function (...parameters) {
      timing.requests.push(timing.#time);
      return await timing.standStill(() => exchange.apply(this, parameters));
    };
    return () => {
      WriteHost.prototype.exchange = exchange;
    };
  }

  /** Lets time pass until the work is done. */
  async passUntil<Result>(work: Promise<Result>): Promise<Result> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    ended.catch(() => undefined);
    while (!done) {
      await setImmediate();
      if (this.#busy === 0 && (await this.#isQuiet())) this.#leap();
    }
    return await ended;
  }

  /** Whether nothing begins by itself within some turns of the event loop. */
  async #isQuiet(): Promise<boolean> {
    for (let turn = 0; turn < 3; turn += 1) {
      await setImmediate();
      if (this.#busy > 0) return false;
    }
    return true;
  }

  #leap(): void {
    const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0];
    if (next === undefined) return;
    this.#sleepers.delete(next);
    this.#time = Math.max(this.#time, next.until);
    next.wake();
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
