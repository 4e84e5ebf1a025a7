import type { Pool } from 'pg';
import {
  type GroupRow,
  type GroupsPlan,
  NEVER,
  READ_TIMEOUT,
  type ReadPlan,
  type ReadResult,
  type RecordsPlan,
} from '../../read/read-plan.ts';
import { ReadTurns } from '../read-turns.ts';
import { SharedReads } from '../shared-reads.ts';
import { groupRow, groupsSql, type RawRow, recordsSql } from '../sql/plan-sql.ts';
import type { StoredRecord } from '../stored-record.ts';
import { ReadSession } from './read-session.ts';
import { POSTGRESQL } from './read-sql.ts';

/** Reads of either kind: the other connections of the pool are left for writing. */
const TURNS = { atOnce: 4, ofOneDataSet: 3 };
const PAGE = 500;
const COLUMNS = 'id, timestamp, updated_at AS "updatedAt", json';

/** Reads from a PostgreSQL database, a few at a time. */
export class PostgresqlReads {
  readonly #pool: Pool;
  readonly #grouping = new SharedReads<readonly GroupRow[]>(new ReadTurns(TURNS));
  /** Slow clients keep out each other, not those who ask for groups. */
  readonly #listing = new ReadTurns(TURNS);
  readonly #timeout: number;

  /** @param timeout milliseconds that one statement may take */
  constructor(pool: Pool, timeout = READ_TIMEOUT) {
    this.#pool = pool;
    this.#timeout = timeout;
  }

  /** Throws ReadTooSlow, ReadsBusy, and the signal's reason when it is aborted. */
  async read(dataSet: string, plan: ReadPlan, signal = NEVER): Promise<ReadResult> {
    if (plan.kind === 'groups') {
      const groups = await this.#grouping.read(dataSet, plan, signal, (wanted) =>
        this.#groups(dataSet, plan, wanted),
      );
      return { kind: 'groups', groups };
    }
    const records = this.#records(dataSet, plan, signal);
    // Runs the query now: what it throws is thrown before anything of an answer is sent.
    const first = await records.next();
    return { kind: 'records', records: startingWith(first, records) };
  }

  async #groups(dataSet: string, plan: GroupsPlan, signal: AbortSignal): Promise<readonly GroupRow[]> {
    await using session = await this.#begin(signal);
    const { sql, parameters } = groupsSql(dataSet, plan, POSTGRESQL);
    const { rows } = await session.query<RawRow>(sql, [...parameters]);
    return rows.map((row) => groupRow(row, plan));
  }

  async *#records(dataSet: string, plan: RecordsPlan, signal: AbortSignal): AsyncGenerator<StoredRecord> {
    const { sql, parameters } = recordsSql(dataSet, plan, COLUMNS, POSTGRESQL);
    const endTurn = await this.#listing.take(dataSet, signal);
    await using session = await this.#begin(signal, endTurn);
    await session.query(`DECLARE matching NO SCROLL CURSOR FOR ${sql}`, [...parameters]);
    let page: readonly StoredRecord[];
    do {
      page = (await session.query<StoredRecord>(`FETCH ${PAGE} FROM matching`)).rows;
      yield* page;
    } while (page.length === PAGE);
  }

  /**
   * A transaction that changes nothing, on a connection of its own; it ends with its scope.
   *
   * @param whenEnded called once it has ended
   */
  async #begin(signal: AbortSignal, whenEnded = () => {}): Promise<ReadSession> {
    try {
      return await ReadSession.begin(this.#pool, { signal, timeout: this.#timeout, whenEnded });
    } catch (error) {
      whenEnded();
      throw error;
    }
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
