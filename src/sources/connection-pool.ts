import type { Knex } from 'knex';
import type { DatabaseSettings } from '../config/schema/config-schema.ts';
import { type ServerAddress, serverAddress } from './server-address.ts';
import type { Pool } from './session.ts';

/** A driver that knex pools, and how it wants to be told where the server is. */
export interface Driver {
  readonly client: 'pg' | 'mysql2';
  options(address: ServerAddress, connectTimeout: number): object;
}

// A run waits for its turn as long as it takes: its own timeout ends the waiting, by way of the signal.
const FOR_EVER = 2 ** 31 - 1;
const MARGIN = 1_000;
/**
 * What knex is told of the server, whichever it is. Only its query builder makes use of that, which is not used here; untold,
 * knex asks each new server for its version first, and fails where the answer is not in PostgreSQL's own words.
 */
const ANY_VERSION = '8.0.0';

const silent = () => undefined;

/**
 * Connections to one database, kept by knex. Nothing else of knex is used: its streams wait for ever on a lost connection,
 * and its bindings reach into literals.
 */
export class ConnectionPool<Connection extends object> implements Pool<Connection> {
  readonly #knex: Knex;
  readonly #closed: WeakSet<Connection>;

  private constructor(knex: Knex, closed: WeakSet<Connection>) {
    this.#knex = knex;
    this.#closed = closed;
  }

  static async open<Connection extends object>(
    name: string,
    settings: DatabaseSettings,
    driver: Driver,
  ): Promise<ConnectionPool<Connection>> {
    const { default: knex } = await import('knex');
    const closed = new WeakSet<Connection>();
    const instance = knex({
      client: driver.client,
      version: ANY_VERSION,
      connection: () => freshOptions(name, settings, driver),
      pool: {
        min: 0,
        max: settings.max_connections,
        createTimeoutMillis: settings.connect_timeout + MARGIN,
        acquireTimeoutMillis: FOR_EVER,
        // Asked before a connection is handed out again, besides what knex itself has seen of its end.
        validate: (connection: Connection) => !closed.has(connection),
      },
      acquireConnectionTimeout: FOR_EVER,
      log: { debug: silent, warn: silent, error: silent, deprecate: silent },
    });
    return new ConnectionPool(instance, closed);
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

/** The settings as they are now; when a password is rotated, idle connections are replaced. */
function freshOptions(name: string, settings: DatabaseSettings, driver: Driver): object {
  const address = serverAddress(name, settings);
  const asRead = JSON.stringify(address);
  return {
    ...driver.options(address, settings.connect_timeout),
    expirationChecker: () => JSON.stringify(serverAddress(name, settings)) !== asRead,
  };
}
