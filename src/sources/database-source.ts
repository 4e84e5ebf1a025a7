import type { ExecutionPlan } from '../model/execution-plan.ts';
import type { Query } from '../model/query.ts';
import type { Column, Row } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import type { ResultSet, Source, SourceFinding } from '../model/source.ts';
import type { Dialect } from './dialect.ts';
import type { Ask } from './execution-plan.ts';
import { Failures } from './failures.ts';
import { inspectionFindings } from './inspection.ts';
import { knownNamesText } from './known-names.ts';
import { OpenSession } from './open-session.ts';
import { QueryPlaces } from './query-places.ts';
import type { DatabaseSettings, Driver, Pool } from './session.ts';
import { abortReason, SourceError } from './source-error.ts';
import { sqlTokens } from './sql-tokens.ts';
import { createStatement, type Statement } from './statement.ts';

/**
 * The rows of a described query, read one batch ahead of their consumer: one batch is in work, the next is on its way.
 */
function readAhead(session: OpenSession, columns: readonly Column[]): ResultSet {
  const read = () => session.ask((each) => each.read());
  let isStarted = false;
  async function* walk(): AsyncGenerator<RowBatch, void, undefined> {
    if (isStarted) throw new Error('the rows of a query can be walked once');
    isStarted = true;
    try {
      let next = read();
      for (let rows = await next; rows !== undefined; rows = await next) {
        next = read();
        // While the consumer works nobody waits for it; it is awaited above.
        next.catch(() => undefined);
        if (rows.length > 0) yield rows;
      }
      await session.giveBack();
    } finally {
      // Not awaited: an error shall be known at once. After the end this does nothing.
      void session.abandon();
    }
  }
  return {
    columns,
    batches: { [Symbol.asyncIterator]: walk },
    close: () => (isStarted ? session.abandon() : session.giveBack()),
  };
}

async function allRows({ batches }: ResultSet): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch.rows());
  return rows;
}

/** Milliseconds for what only makes an error easier to mend. */
const LONGEST_LOOK_UP = 2_000;

/** A database: one query at a time on each of its connections. */
export class DatabaseSource<Connection> implements Omit<Source, 'advice'> {
  readonly #name: string;
  readonly #settings: DatabaseSettings;
  readonly #dialect: Dialect;
  readonly #driver: Driver<Connection>;
  readonly #now: () => number;
  readonly #open = new Set<OpenSession>();
  #pool: Promise<Pool<Connection>> | undefined;

  /** @param now the time here, epoch milliseconds */
  constructor(
    name: string,
    settings: DatabaseSettings,
    dialect: Dialect,
    driver: Driver<Connection>,
    now: () => number = Date.now,
  ) {
    this.#name = name;
    this.#settings = settings;
    this.#dialect = dialect;
    this.#driver = driver;
    this.#now = now;
  }

  async open(query: Query, signal: AbortSignal): Promise<ResultSet> {
    const { session, columns } = await this.#described(query, signal);
    return readAhead(session, columns);
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    const { session, columns } = await this.#described(query, signal);
    await session.giveBack();
    return columns;
  }

  async overlooked(query: Query, withTexts: boolean, signal: AbortSignal): Promise<readonly SourceFinding[]> {
    if (!this.#dialect.typesValues) return [];
    const { session, statement } = await this.#begun(query, signal);
    const findings = await session.orClose(() =>
      session.ask(async (each) => each.overlooked?.(statement, query, withTexts)),
    );
    await session.giveBack();
    return findings ?? [];
  }

  async plan(query: Query, signal: AbortSignal): Promise<ExecutionPlan> {
    const { applicationName } = query;
    const { readPlan, syntax } = this.#dialect;
    const ask: Ask = async (asked) => {
      const { session, columns } = await this.#describedOnce({ ...asked, applicationName }, signal);
      const rows = await allRows(readAhead(session, columns));
      const names = columns.map(({ name }) => name.toLowerCase());
      return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
    };
    const plan = await readPlan(query, ask);
    const places = new QueryPlaces(query, () => sqlTokens(query.sql, syntax));
    return {
      ...plan,
      scans: async (least) =>
        (await plan.scans(least)).map(({ name, ...scan }) => ({ ...scan, place: places.of(name) })),
    };
  }

  /** In one round trip: outside of a transaction, whose clock would stand still. */
  async clock(signal: AbortSignal): Promise<number> {
    if (signal.aborted) throw abortReason(signal);
    if (!this.#dialect.hasClock) return this.#now();
    const session = await this.#openSession(signal, this.#failures(undefined));
    const clock = await session.orClose(() => session.ask((each) => each.clock()));
    await session.giveBackAsNew();
    return clock;
  }

  async inspect(signal: AbortSignal): Promise<readonly SourceFinding[]> {
    const session = await this.#openSession(signal, this.#failures(undefined));
    const inspection = await session.orClose(async () => {
      await session.ask((each) => each.begin('pp-db-collector'));
      return session.ask((each) => each.inspect());
    });
    const findings = inspectionFindings(inspection, this.#now());
    await session.giveBack();
    return findings;
  }

  /** Cancels what still runs, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((session) => session.abandon()));
    await (await this.#pool)?.close();
  }

  async #described(query: Query, signal: AbortSignal) {
    try {
      return await this.#describedOnce(query, signal);
    } catch (error) {
      throw await this.#withKnownNames(error, query, signal);
    }
  }

  /** Where the query names what the database does not have, the error says what it has. */
  async #withKnownNames(error: unknown, query: Query, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof SourceError) || error.unknown === undefined) return error;
    try {
      const asking = { sql: this.#dialect.names, parameters: {}, applicationName: query.applicationName };
      const limited = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_LOOK_UP)]);
      const { session, columns } = await this.#describedOnce(asking, limited);
      const rows = await allRows(readAhead(session, columns));
      const remedy = knownNamesText(error.unknown, query.sql, rows);
      return remedy === undefined ? error : error.withRemedy(remedy);
    } catch {
      return error;
    }
  }

  async #describedOnce(query: Query, signal: AbortSignal) {
    const { session, statement, failures } = await this.#begun(query, signal);
    const columns = await session.orClose(async () => {
      const described = await session.ask((each) => each.describe(statement));
      if (described.length > 0) return described;
      throw failures.explained({ what: 'the query is not one that gives rows', remedy: 'Write one SELECT.' });
    });
    return { session, columns };
  }

  async #begun(query: Query, signal: AbortSignal) {
    const session = await this.#openSession(signal, this.#failures(undefined));
    return session.orClose(async () => {
      const mode = await session.ask((each) => each.begin(query.applicationName));
      const statement = createStatement(this.#name, query, this.#dialect, this.#settings.timezone, mode);
      const failures = this.#failures(statement);
      session.explainBy(failures);
      return { session, statement, failures };
    });
  }

  async #openSession(signal: AbortSignal, failures: Failures): Promise<OpenSession> {
    const connection = await this.#acquire(signal, failures);
    const pool = await this.#pool;
    const driven = this.#driver.session(connection, failures.circumstances, this.#settings);
    const session: OpenSession = new OpenSession(driven, failures, signal, (usable) => {
      this.#open.delete(session);
      pool?.release(connection, usable);
    });
    this.#open.add(session);
    return session;
  }

  async #acquire(signal: AbortSignal, failures: Failures): Promise<Connection> {
    this.#pool ??= this.#driver.openPool(this.#name, this.#settings);
    const pool = await this.#pool;
    try {
      return await pool.acquire(signal);
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : failures.connecting(error);
    }
  }

  #failures(statement: Statement | undefined): Failures {
    const circumstances = {
      name: this.#name,
      ...this.#driver.locate(this.#name, this.#settings),
      queryTimeout: this.#settings.query_timeout,
      timezone: this.#settings.timezone,
      sql: statement?.text ?? '',
      parameters: statement?.parameters ?? [],
    };
    return new Failures(circumstances, this.#driver.explain, statement);
  }
}
