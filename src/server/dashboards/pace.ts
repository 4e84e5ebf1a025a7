import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds after a write in which further ones are likely. */
const WRITING = 1_000;
/** How much longer than the work was it rests. */
const REST = 3;
/** Milliseconds that nobody has to wait longer than. */
const LONGEST = 2_000;

interface Clock {
  /** Milliseconds, since whenever. */
  now(): number;
  wait(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => delay(milliseconds, undefined, { signal, ref: false }),
};

/** Leaves time to those who write: while something is written, work gets a quarter of the time. */
export class Pace {
  readonly #stopping: AbortSignal;
  readonly #clock: Clock;
  #writtenAt = -Infinity;
  #restsUntil = -Infinity;

  /** @param stopping aborted when nothing is worth resting for any more */
  constructor(stopping: AbortSignal, clock: Clock = CLOCK) {
    this.#stopping = stopping;
    this.#clock = clock;
  }

  /** Something was written. */
  written(): void {
    this.#writtenAt = this.#clock.now();
  }

  /** Resolves when there is time for work; to whether that took any. */
  async rest(): Promise<boolean> {
    const now = this.#clock.now();
    if (!this.#isWriting || this.#restsUntil <= now) return false;
    await this.#clock.wait(Math.min(this.#restsUntil - now, LONGEST), this.#stopping).catch(() => undefined);
    return true;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = this.#clock.now();
    try {
      return await work();
    } finally {
      const end = this.#clock.now();
      if (this.#isWriting) this.#restsUntil = Math.max(this.#restsUntil, end) + (end - start) * REST;
    }
  }

  get #isWriting(): boolean {
    return this.#clock.now() - this.#writtenAt <= WRITING;
  }
}
