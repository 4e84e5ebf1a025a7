import type { Line } from './line.ts';

/** A number of lines, opened as they are needed and given to those who wait in the order of their coming. */
export class Lines {
  readonly #lines: Line[] = [];
  /** The last one is taken next: those that nobody needs close by themselves. */
  readonly #idle: Line[] = [];
  readonly #waiting = new Set<(line: Line) => void>();
  readonly #most: number;
  readonly #create: () => Line;

  constructor(most: number, create: () => Line) {
    this.#most = most;
    this.#create = create;
  }

  /**
   * Does some work with a line of its own. Throws what the work throws, and the reason of a signal that ends the
   * waiting.
   */
  async use<Result>(waiting: AbortSignal, work: (line: Line) => Promise<Result>): Promise<Result> {
    const line = await this.#take(waiting);
    let isOpen = false;
    try {
      const result = await work(line);
      isOpen = true;
      return result;
    } finally {
      this.#giveBack(line, isOpen);
    }
  }

  close(): void {
    for (const line of this.#lines) line.close();
  }

  async #take(signal: AbortSignal): Promise<Line> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    signal.throwIfAborted();
    if (this.#lines.length < this.#most) return this.#opened();
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const abort = () => {
      // A line that was given meanwhile stays given: the promise is settled.
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #opened(): Line {
    const line = this.#create();
    this.#lines.push(line);
    return line;
  }

  /** @param isOpen whether its connection can be expected to be there still */
  #giveBack(line: Line, isOpen: boolean): void {
    const [first] = this.#waiting;
    if (first !== undefined) {
      this.#waiting.delete(first);
      first(line);
    } else if (isOpen) this.#idle.push(line);
    else this.#idle.unshift(line);
  }
}
