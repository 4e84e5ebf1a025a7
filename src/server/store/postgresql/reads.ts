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
import { type FoundMonth, type KeptMonth, MonthlyPlan } from '../kept-tallies.ts';
import { ReadTurns } from '../read-turns.ts';
import { SharedReads } from '../shared-reads.ts';
import { foundMonthsSql } from '../sql/kept-tallies-sql.ts';
import { groupRow, groupsSql, type RawRow, recordsSql } from '../sql/plan-sql.ts';
import type { StoredRecord } from '../stored-record.ts';
import { ReadSession } from './read-session.ts';
import { POSTGRESQL } from './read-sql.ts';

/** Reads of either kind: the other connections of the pool are left for writing. */
const TURNS = { atOnce: 4, ofOneDataSet: 3 };
const PAGE = 500;
const KEEP = `
  INSERT INTO month_tallies (data_set, definition, month, version, tallies)
  SELECT key, $2, month, version, tallies
  FROM data_sets, unnest($3::text[], $4::text[], $5::text[]) AS kept (month, version, tallies)
  WHERE name = $1
  ON CONFLICT (data_set, definition, month) DO UPDATE
  SET version = excluded.version, tallies = excluded.tallies`;
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
    const monthly = MonthlyPlan.of(plan);
    await using session = await this.#begin(signal);
    if (monthly === undefined) return await groups(session, dataSet, plan);
    const months = await this.#monthsOf(session, dataSet, monthly);
    return monthly.together(months) ?? (await groups(session, dataSet, plan));
  }

  async #monthsOf(
    session: ReadSession,
    dataSet: string,
    monthly: MonthlyPlan,
  ): Promise<readonly KeptMonth[]> {
    const { sql, parameters } = foundMonthsSql(dataSet, monthly, POSTGRESQL);
    const { rows } = await session.query<FoundMonth>(sql, [...parameters]);
    const [months, added]: [KeptMonth[], KeptMonth[]] = [[], []];
    try {
      for (const { month, version, tallies: kept } of rows) {
        const tallies = kept ?? monthly.talliesOf(await groups(session, dataSet, monthly.planOf(month)));
        if (kept === null) added.push({ month, version, tallies });
        months.push({ month, version, tallies });
      }
      return months;
    } finally {
      // Also when it took too long: the next one who asks has less to wait for. What is not kept is added up again.
      if (added.length > 0) this.#keep(dataSet, monthly, added).catch(() => undefined);
    }
  }

  async #keep(dataSet: string, { definition }: MonthlyPlan, months: readonly KeptMonth[]): Promise<void> {
    await this.#pool.query(KEEP, [
      dataSet,
      definition,
      months.map(({ month }) => month),
      months.map(({ version }) => version),
      months.map(({ tallies }) => tallies),
    ]);
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

async function groups(session: ReadSession, dataSet: string, plan: GroupsPlan): Promise<readonly GroupRow[]> {
  const { sql, parameters } = groupsSql(dataSet, plan, POSTGRESQL);
  const { rows } = await session.query<RawRow>(sql, [...parameters]);
  return rows.map((row) => groupRow(row, plan));
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
