import type { Pool, PoolClient } from 'pg';
import { Slots } from '../slots.ts';
import type { StoredRecord } from '../store.ts';
import { groupRow, type RawRow } from './group-rows.ts';
import { POSTGRESQL } from './postgresql-dialect.ts';
import {
  type GroupsPlan,
  READ_TIMEOUT,
  type ReadPlan,
  type ReadResult,
  ReadTooSlow,
  type RecordsPlan,
} from './read-plan.ts';
import { groupsSql, recordsSql } from './sql-of.ts';

/** Reads of either kind at the same time: the other connections of the pool are left for writing. */
const READS_AT_ONCE = 3;
const PAGE = 500;
/** Milliseconds that a client may take over an answer, which holds a connection as long. */
const SLOWEST_CLIENT = 60_000;
const COLUMNS = 'id, timestamp, updated_at AS "updatedAt", json';
const QUERY_CANCELLED = '57014';

/** Reads from a PostgreSQL database, a few at a time. */
export class PostgresqlReads {
  readonly #pool: Pool;
  readonly #grouping = new Slots(READS_AT_ONCE);
  /** Slow clients keep out each other, not those who ask for groups. */
  readonly #listing = new Slots(READS_AT_ONCE);
  readonly #timeout: number;

  /** @param timeout milliseconds that one statement may take */
  constructor(pool: Pool, timeout = READ_TIMEOUT) {
    this.#pool = pool;
    this.#timeout = timeout;
  }

  /** Throws ReadTooSlow. */
  async read(dataSet: string, plan: ReadPlan): Promise<ReadResult> {
    if (plan.kind === 'groups') return { kind: 'groups', groups: await this.#groups(dataSet, plan) };
    const records = this.#records(dataSet, plan);
    // Runs the query now: what it throws is thrown before anything of an answer is sent.
    const first = await records.next();
    return { kind: 'records', records: startingWith(first, records) };
  }

  async #groups(dataSet: string, plan: GroupsPlan) {
    const { sql, parameters } = groupsSql(dataSet, plan, POSTGRESQL);
    await using session = await this.#begin(this.#grouping);
    const { rows } = await session.query<RawRow>(sql, [...parameters]);
    return rows.map((row) => groupRow(row, plan));
  }

  async *#records(dataSet: string, plan: RecordsPlan): AsyncGenerator<StoredRecord> {
    const { sql, parameters } = recordsSql(dataSet, plan, COLUMNS, POSTGRESQL);
    await using session = await this.#begin(this.#listing);
    await session.query(`DECLARE matching NO SCROLL CURSOR FOR ${sql}`, [...parameters]);
    let page: readonly StoredRecord[];
    do {
      page = (await session.query<StoredRecord>(`FETCH ${PAGE} FROM matching`)).rows;
      yield* page;
    } while (page.length === PAGE);
  }

  /** A transaction that changes nothing, on a connection of its own; it ends with its scope. */
  async #begin(slots: Slots): Promise<ReadSession> {
    const release = await slots.take();
    try {
      const client = await this.#pool.connect();
      const session = new ReadSession(client, release);
      try {
        await session.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${this.#timeout}`);
        return session;
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }
}

class ReadSession implements AsyncDisposable {
  readonly #release: () => void;
  readonly #timer: NodeJS.Timeout;
  #client: PoolClient | undefined;

  constructor(client: PoolClient, release: () => void) {
    this.#client = client;
    this.#release = release;
    // Whoever stops reading does not ask for the next page either.
    this.#timer = setTimeout(() => this.#end(true), SLOWEST_CLIENT).unref();
  }

  async query<Row extends object>(
    sql: string,
    parameters?: unknown[],
  ): Promise<{ readonly rows: readonly Row[] }> {
    if (this.#client === undefined) throw new ReadTooSlow();
    try {
      return await this.#client.query<Row>(sql, parameters);
    } catch (error) {
      throw (error as { code?: string }).code === QUERY_CANCELLED ? new ReadTooSlow() : error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#client?.query('ROLLBACK');
      this.#end(false);
    } catch {
      this.#end(true);
    }
  }

  #end(isBroken: boolean): void {
    clearTimeout(this.#timer);
    this.#client?.release(isBroken);
    this.#client = undefined;
    this.#release();
  }
}

async function* startingWith<Item>(
  first: IteratorResult<Item, unknown>,
  rest: AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  try {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
