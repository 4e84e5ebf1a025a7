import type { DatabaseSettings } from '../../config/schema/config-schema.ts';
import { Secret } from '../../config/secret.ts';
import type { Query } from '../../model/query.ts';
import type { Column, Row } from '../../model/row.ts';
import { Slots } from '../../model/slots.ts';
import type { SourceFinding } from '../../model/source.ts';
import type { Circumstances } from '../explanation.ts';
import type { Inspection } from '../inspection.ts';
import { patience } from '../open-session.ts';
import type { Dialect, Location, Pool, Session } from '../session.ts';
import { type SqlMode, sqlTokens, usualMode } from '../sql-tokens.ts';
import type { Statement } from '../statement.ts';
import { comparedTexts } from './compared-texts.ts';
import { explainSqlite } from './failures.ts';
import { overlookedRows } from './overlooked.ts';
import { boundValue } from './parameters.ts';
import { SqliteProcess } from './process.ts';
import { describeColumn } from './types.ts';

const ROWS_PER_BATCH = 1_000;

export const sqlite: Dialect<SqliteProcess> = {
  client: 'better-sqlite3',
  hasClock: false,
  typesValues: true,
  openPool: async (_, settings) => new SqliteProcesses(settings.max_connections),
  locate: locateFile,
  session: (process, circumstances) => new SqliteSession(process, circumstances),
  explain: explainSqlite,
};

function locateFile(_: string, { connection }: DatabaseSettings): Location {
  const location = connection instanceof Secret ? connection.reveal() : (connection.filename ?? '');
  return { location, user: '', database: '', password: '' };
}

/** A process per query: one that was killed in mid-query is no loss. */
class SqliteProcesses implements Pool<SqliteProcess> {
  readonly #slots: Slots;
  readonly #leaving = new WeakMap<SqliteProcess, () => void>();

  constructor(count: number) {
    this.#slots = new Slots(count);
  }

  async acquire(signal: AbortSignal): Promise<SqliteProcess> {
    const leave = await this.#slots.take(signal);
    const process = new SqliteProcess();
    this.#leaving.set(process, leave);
    return process;
  }

  release(process: SqliteProcess): void {
    this.#leaving.get(process)?.();
  }

  async close(): Promise<void> {}
}

class SqliteSession implements Session {
  readonly keepsTime = false;
  readonly #process: SqliteProcess;
  readonly #circumstances: Circumstances;

  constructor(process: SqliteProcess, circumstances: Circumstances) {
    this.#process = process;
    this.#circumstances = circumstances;
  }

  async begin(): Promise<SqlMode> {
    const { location, queryTimeout } = this.#circumstances;
    await this.#process.open(location, patience(queryTimeout));
    return usualMode('better-sqlite3');
  }

  async describe({ text, parameters }: Statement): Promise<readonly Column[]> {
    const values = Object.fromEntries(parameters.map((parameter) => [parameter.name, boundValue(parameter)]));
    return (await this.#process.prepare(withoutSemicolon(text), values)).map(describeColumn);
  }

  async overlooked(statement: Statement, query: Query, withTexts: boolean): Promise<SourceFinding[]> {
    const { timezone } = this.#circumstances;
    const numbers = await overlookedRows(statement, query, timezone, (sql, values) =>
      this.#process.first(withoutSemicolon(sql), values),
    );
    if (!withTexts) return [...numbers];
    const texts = await comparedTexts(statement, (sampling, values) =>
      this.#process.samples(sampling, values),
    );
    return [...numbers, ...texts];
  }

  read(): Promise<readonly Row[] | undefined> {
    return this.#process.next(ROWS_PER_BATCH);
  }

  finish(): Promise<void> {
    return this.#process.end();
  }

  async clock(): Promise<number> {
    return (await this.#process.facts()).clock;
  }

  async inspect(): Promise<Inspection> {
    const { version, clock } = await this.#process.facts();
    return { version: `SQLite ${version}`, zone: this.#circumstances.timezone, clock, excessRights: [] };
  }

  watch(lost: (error: unknown) => void): () => void {
    return this.#process.watch(lost);
  }

  async cancel(): Promise<void> {
    this.#process.kill();
  }

  close(): void {
    this.#process.kill();
  }
}

/** So that the statement can stand inside another one. */
function withoutSemicolon(sql: string): string {
  const tokens = [...sqlTokens(sql, 'better-sqlite3')].filter(({ kind }) => kind !== 'separator');
  return tokens.map(({ start, end }) => sql.slice(start, end)).join('');
}
