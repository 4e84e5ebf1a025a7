import type { Query } from '../../model/query.ts';
import type { Column } from '../../model/row.ts';
import type { RowBatch } from '../../model/row-batch.ts';
import type { SourceFinding } from '../../model/source.ts';
import type { Inspection } from '../inspection.ts';
import { patience } from '../open-session.ts';
import type { Session } from '../session.ts';
import type { Circumstances } from '../source-error.ts';
import type { SqlMode } from '../sql-tokens.ts';
import type { Statement } from '../statement.ts';
import { comparedTexts } from './compared-texts.ts';
import { computedColumns } from './computed-columns.ts';
import { overlookedRows } from './overlooked.ts';
import { boundValue } from './parameters.ts';
import type { SqliteProcess } from './process.ts';
import { SYNTAX, withoutSemicolon } from './tokens.ts';
import { describeColumn } from './types.ts';

const ROWS_PER_BATCH = 1_000;

export class SqliteSession implements Session {
  readonly keepsTime = false;
  readonly #process: SqliteProcess;
  readonly #circumstances: Circumstances;
  /** Values in a row. */
  #width = 0;

  constructor(process: SqliteProcess, circumstances: Circumstances) {
    this.#process = process;
    this.#circumstances = circumstances;
  }

  async begin(): Promise<SqlMode> {
    const { location, queryTimeout } = this.#circumstances;
    await this.#process.open(location, patience(queryTimeout));
    return SYNTAX.usualMode;
  }

  async describe({ text, parameters }: Statement): Promise<readonly Column[]> {
    const values = Object.fromEntries(parameters.map((parameter) => [parameter.name, boundValue(parameter)]));
    const columns = await this.#process.prepare(withoutSemicolon(text), values);
    this.#width = columns.length;
    const computed = computedColumns(text);
    return columns.map((column) => describeColumn(column, computed.get(column.name.toLowerCase())));
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

  read(): Promise<RowBatch | undefined> {
    return this.#process.next(ROWS_PER_BATCH, this.#width);
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
