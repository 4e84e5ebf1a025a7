import type { Knex } from 'knex';
import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { ServerAddress } from './server-address.ts';
import type { DatabaseSettings, Pool } from './session.ts';

// A run waits for its turn as long as it takes: its own timeout ends the waiting, by way of the signal.
const MARGIN = 1_000;
/**
 * What knex is told of the server, whichever it is. Only its query builder makes use of that, which is not used here;
 * untold, knex asks each new server for its version first, and fails where the answer is not in PostgreSQL's own words.
 */
const ANY_VERSION = '8.0.0';

const silent = () => undefined;

/** Where a server is, as its driver wants to be told. @param connectTimeout milliseconds */
export type OptionsOf = (address: ServerAddress, connectTimeout: number) => object;

/**
 * Connections to one database, kept by knex. Nothing else of knex is used: its streams wait for ever on a lost
 * connection, and its bindings reach into literals.
 */
export class KnexPool<Connection extends object> implements Pool<Connection> {
  readonly #knex: Knex;
  readonly #closed: WeakSet<Connection>;

  private constructor(knex: Knex, closed: WeakSet<Connection>) {
    this.#knex = knex;
    this.#closed = closed;
  }

  /** @param address reads the settings anew */
  static async open<Connection extends object>(
    settings: DatabaseSettings,
    address: () => ServerAddress,
    optionsOf: OptionsOf,
  ): Promise<KnexPool<Connection>> {
    const { default: knex } = await import('knex');
    const closed = new WeakSet<Connection>();
    const instance = knex({
      client: settings.client,
      version: ANY_VERSION,
      connection: () => freshOptions(address, (current) => optionsOf(current, settings.connect_timeout)),
      pool: {
        min: 0,
        max: settings.max_connections,
        createTimeoutMillis: settings.connect_timeout + MARGIN,
        acquireTimeoutMillis: LONGEST_TIMER,
        // Asked before a connection is handed out again, besides what knex itself has seen of its end.
        validate: (connection: Connection) => !closed.has(connection),
      },
      acquireConnectionTimeout: LONGEST_TIMER,
      log: { debug: silent, warn: silent, error: silent, deprecate: silent },
    });
    return new KnexPool(instance, closed);
  }

  async acquire(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const client: Knex.Client = this.#knex.client;
    const acquired: Promise<Connection> = client.acquireConnection();
    try {
      return await Promise.race([acquired, aborted.promise]);
    } catch (error) {
      acquired.then((connection) => this.release(connection, true)).catch(silent);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  release(connection: Connection, usable: boolean): void {
    if (!usable) this.#closed.add(connection);
    const client: Knex.Client = this.#knex.client;
    client.releaseConnection(connection);
  }

  close(): Promise<void> {
    return this.#knex.destroy();
  }
}

/** Where the server is now; when a password is rotated, idle connections are replaced. */
function freshOptions(address: () => ServerAddress, optionsOf: (address: ServerAddress) => object): object {
  const current = address();
  const asRead = JSON.stringify(current);
  return { ...optionsOf(current), expirationChecker: () => JSON.stringify(address()) !== asRead };
}
