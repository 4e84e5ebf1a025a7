import { setImmediate } from 'node:timers/promises';

/** Milliseconds to work on end before others get their turn. */
const LONGEST_SLICE = 10;

/** Work that takes long and must not keep others waiting. */
export class Turns {
  #since = performance.now();

  /** Lets others have their turn when work has gone on for long. */
  async yield(): Promise<void> {
    if (performance.now() - this.#since < LONGEST_SLICE) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
