import type { DatabaseSettings } from '../config/schema/config-schema.ts';
import type { Query } from '../model/query.ts';
import type { Column } from '../model/row.ts';
import type { ResultSet, Source, SourceFinding } from '../model/source.ts';
import { Failures } from './failures.ts';
import { HeldSession } from './held-session.ts';
import { inspectionFindings } from './inspection.ts';
import type { Dialect, Pool } from './session.ts';
import { abortReason } from './source-error.ts';
import { createStatement, type Statement } from './statement.ts';

/** A database: one query at a time on each of its connections. */
export class DatabaseSource<Connection> implements Omit<Source, 'advice'> {
  readonly #name: string;
  readonly #settings: DatabaseSettings;
  readonly #dialect: Dialect<Connection>;
  readonly #now: () => number;
  readonly #held = new Set<HeldSession>();
  #pool: Promise<Pool<Connection>> | undefined;

  /** @param now the time here, epoch milliseconds */
  constructor(
    name: string,
    settings: DatabaseSettings,
    dialect: Dialect<Connection>,
    now: () => number = Date.now,
  ) {
    this.#name = name;
    this.#settings = settings;
    this.#dialect = dialect;
    this.#now = now;
  }

  async open(query: Query, signal: AbortSignal): Promise<ResultSet> {
    const { held, columns } = await this.#described(query, signal);
    return held.rows(columns);
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    const { held, columns } = await this.#described(query, signal);
    await held.giveBack();
    return columns;
  }

  async overlooked(query: Query, withTexts: boolean, signal: AbortSignal): Promise<readonly SourceFinding[]> {
    if (!this.#dialect.typesValues) return [];
    const { held, statement } = await this.#begun(query, signal);
    const findings = await held.orDiscard(() =>
      held.ask(async (session) => session.overlooked?.(statement, query, withTexts)),
    );
    await held.giveBack();
    return findings ?? [];
  }

  /** In one round trip: outside of a transaction, whose clock would stand still. */
  async clock(signal: AbortSignal): Promise<number> {
    if (signal.aborted) throw abortReason(signal);
    if (!this.#dialect.hasClock) return this.#now();
    const held = await this.#hold(signal, this.#failures(undefined));
    const clock = await held.orDiscard(() => held.ask((session) => session.clock()));
    await held.giveBackAsNew();
    return clock;
  }

  async inspect(signal: AbortSignal): Promise<readonly SourceFinding[]> {
    const held = await this.#hold(signal, this.#failures(undefined));
    const inspection = await held.orDiscard(async () => {
      await held.ask((session) => session.begin('pp-db-collector'));
      return held.ask((session) => session.inspect());
    });
    const findings = inspectionFindings(inspection, this.#now());
    await held.giveBack();
    return findings;
  }

  /** Cancels what still runs, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#held].map((held) => held.abandon()));
    await (await this.#pool)?.close();
  }

  async #described(query: Query, signal: AbortSignal) {
    const { held, statement, failures } = await this.#begun(query, signal);
    const columns = await held.orDiscard(async () => {
      const described = await held.ask((session) => session.describe(statement));
      if (described.length > 0) return described;
      throw failures.explained({ what: 'the query is not one that gives rows', remedy: 'Write one SELECT.' });
    });
    return { held, columns };
  }

  async #begun(query: Query, signal: AbortSignal) {
    const held = await this.#hold(signal, this.#failures(undefined));
    return held.orDiscard(async () => {
      const mode = await held.ask((session) => session.begin(query.applicationName));
      const { client } = this.#dialect;
      const statement = createStatement(this.#name, query, client, this.#settings.timezone, mode);
      const failures = this.#failures(statement);
      held.explainBy(failures);
      return { held, statement, failures };
    });
  }

  async #hold(signal: AbortSignal, failures: Failures): Promise<HeldSession> {
    const connection = await this.#acquire(signal, failures);
    const session = this.#dialect.session(connection, failures.circumstances, this.#settings);
    const pool = await this.#pool;
    const held: HeldSession = new HeldSession(session, failures, signal, (usable) => {
      this.#held.delete(held);
      pool?.release(connection, usable);
    });
    this.#held.add(held);
    return held;
  }

  async #acquire(signal: AbortSignal, failures: Failures): Promise<Connection> {
    this.#pool ??= this.#dialect.openPool(this.#name, this.#settings);
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
      ...this.#dialect.locate(this.#name, this.#settings),
      queryTimeout: this.#settings.query_timeout,
      timezone: this.#settings.timezone,
      sql: statement?.text ?? '',
      parameters: statement?.parameters ?? [],
    };
    return new Failures(circumstances, this.#dialect.explain, statement);
  }
}
