import type { Pool, PoolClient } from 'pg';
import { ReadTooSlow } from '../../read/read-plan.ts';

/** Milliseconds that a client may take over an answer, which holds a connection as long. */
const SLOWEST_CLIENT = 60_000;
const QUERY_CANCELLED = '57014';

export interface SessionOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that one statement may take. */
  readonly timeout: number;
  readonly whenEnded: () => void;
}

/**
 * A transaction that reads, on a connection of its own. Once the signal is aborted, the server is told to stop what
 * runs in it.
 */
export class ReadSession implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #options: SessionOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => {
    this.#stopping = this.#stop();
  };
  #client: PoolClient | undefined;
  #process: number | undefined;
  #stopping: Promise<void> | undefined;

  /** Throws the signal's reason when it is aborted. */
  static async begin(pool: Pool, options: SessionOptions): Promise<ReadSession> {
    const session = new ReadSession(pool, await pool.connect(), options);
    try {
      await session.query(
        `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = ${options.timeout}`,
      );
      const { rows } = await session.query<{ process: number }>('SELECT pg_backend_pid() AS process');
      session.#process = rows[0]?.process;
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(pool: Pool, client: PoolClient, options: SessionOptions) {
    this.#pool = pool;
    this.#client = client;
    this.#options = options;
    // Whoever stops reading does not ask for the next page either.
    this.#timer = setTimeout(() => this.#end(true), SLOWEST_CLIENT).unref();
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Throws ReadTooSlow, and the signal's reason when it is aborted. */
  async query<Row extends object>(
    sql: string,
    parameters?: unknown[],
  ): Promise<{ readonly rows: readonly Row[] }> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    if (this.#client === undefined) throw new ReadTooSlow();
    try {
      return await this.#client.query<Row>(sql, parameters);
    } catch (error) {
      signal.throwIfAborted();
      // Ended by the timer, the connection says only that it is closed.
      const isTooSlow = this.#client === undefined || (error as { code?: string }).code === QUERY_CANCELLED;
      throw isTooSlow ? new ReadTooSlow() : error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping;
    try {
      await this.#client?.query('ROLLBACK');
      this.#end(false);
    } catch {
      this.#end(true);
    }
  }

  /** The connection is kept until the server was told, lest another query of it be stopped, and never used again. */
  async #stop(): Promise<void> {
    // A connection that is only closed goes on working for nobody.
    if (this.#process !== undefined)
      await this.#pool.query('SELECT pg_cancel_backend($1)', [this.#process]).catch(() => undefined);
    this.#end(true);
  }

  #end(isBroken: boolean): void {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#client?.release(isBroken);
    this.#client = undefined;
    this.#options.whenEnded();
  }
}
