import type { KeptConnection } from './kept-connection.ts';

/** A number of connections, opened as they are needed and given to those who wait in the order of their coming. */
export class ConnectionPool {
  readonly #connections: KeptConnection[] = [];
  /** The last one is taken next: those that nobody needs close by themselves. */
  readonly #idle: KeptConnection[] = [];
  readonly #waiting = new Set<(connection: KeptConnection) => void>();
  readonly #most: number;
  readonly #create: () => KeptConnection;

  constructor(most: number, create: () => KeptConnection) {
    this.#most = most;
    this.#create = create;
  }

  /**
   * Does some work with a connection of its own. Throws what the work throws, and the reason of a signal that ends the
   * waiting.
   */
  async use<Result>(
    waiting: AbortSignal,
    work: (connection: KeptConnection) => Promise<Result>,
  ): Promise<Result> {
    const connection = await this.#take(waiting);
    let isOpen = false;
    try {
      const result = await work(connection);
      isOpen = true;
      return result;
    } finally {
      this.#giveBack(connection, isOpen);
    }
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #take(signal: AbortSignal): Promise<KeptConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    signal.throwIfAborted();
    if (this.#connections.length < this.#most) return this.#opened();
    const { promise, resolve, reject } = Promise.withResolvers<KeptConnection>();
    const abort = () => {
      // A connection that was given meanwhile stays given: the promise is settled.
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

  #opened(): KeptConnection {
    const connection = this.#create();
    this.#connections.push(connection);
    return connection;
  }

  /** @param isOpen whether it can be expected to be there still */
  #giveBack(connection: KeptConnection, isOpen: boolean): void {
    const [first] = this.#waiting;
    if (first !== undefined) {
      this.#waiting.delete(first);
      first(connection);
    } else if (isOpen) this.#idle.push(connection);
    else this.#idle.unshift(connection);
  }
}
