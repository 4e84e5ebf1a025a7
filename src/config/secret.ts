import { inspect } from 'node:util';

const MASK = '<secret>';

/**
 * A value that must never be printed: every way of turning it into text gives `<secret>`.
 * `reveal` reads it anew each time, so that a token in a file can be rotated without a restart.
 */
export class Secret {
  readonly #read: () => string;

  constructor(read: () => string) {
    this.#read = read;
  }

  /** The value itself. Throws what `read` throws, e.g. when the file that holds it is gone. */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
