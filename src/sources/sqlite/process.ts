import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { extname } from 'node:path';
import { RowBatch } from '../../model/row-batch.ts';
import type { PackedRows } from '../../model/row-packer.ts';
import type { SqliteValue } from './parameters.ts';

/** By the names of the parameters. */
export type SqliteValues = Readonly<Record<string, SqliteValue>>;

/** What is asked of the process that reads an SQLite file; each question gets one answer. */
export type SqliteQuestion =
  /** @param limit milliseconds after which the process ends rather than go on with an answer */
  | { readonly ask: 'open'; readonly file: string; readonly limit: number }
  | { readonly ask: 'facts' }
  | { readonly ask: 'prepare'; readonly sql: string; readonly parameters: SqliteValues }
  | { readonly ask: 'next'; readonly rows: number }
  | { readonly ask: 'sample'; readonly sql: string; readonly parameters: SqliteValues }
  | { readonly ask: 'first'; readonly sql: string; readonly parameters: SqliteValues };

/** A column as SQLite knows it: with the type that its table declares, if it comes from a table that declares one. */
export interface SqliteColumn {
  readonly name: string;
  readonly type: string | null;
}

export interface SqliteFacts {
  readonly version: string;
  /** Epoch milliseconds. */
  readonly clock: number;
}

export type SqliteAnswer =
  | { readonly isOpen: true }
  | SqliteFacts
  | { readonly columns: readonly SqliteColumn[] }
  /** Length 0: there are no more rows. */
  | { readonly rows: PackedRows; readonly length: number }
  /** Texts that the statement looks at. */
  | { readonly samples: readonly string[] }
  /** The first row of a statement as text; null: it has none. */
  | { readonly first: string | null }
  | { readonly error: { readonly code: string; readonly message: string } };

const READER = new URL(`./reader${extname(import.meta.url)}`, import.meta.url);

/**
 * The process that reads one SQLite file, seen from the collector. Every method fails with SQLite's code and message.
 */
export class SqliteProcess {
  readonly #child: ChildProcess;

  /** It gets nothing of this process's environment and options but where compiled code is kept, if it is. */
  constructor() {
    const compiled = getCompileCacheDir();
    this.#child = fork(READER, [], {
      env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled },
      execArgv: [],
      serialization: 'advanced',
      // Its standard input is how it knows that this process lives.
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    });
  }

  /**
   * @param limit milliseconds for one answer, after which the process ends by itself, whether or not this one is awake
   */
  async open(file: string, limit: number): Promise<void> {
    await this.#ask({ ask: 'open', file, limit });
  }

  async facts(): Promise<SqliteFacts> {
    const answer = await this.#ask({ ask: 'facts' });
    return 'version' in answer ? answer : { version: '', clock: 0 };
  }

  /** Empty when the statement is not one that gives rows. */
  async prepare(sql: string, parameters: SqliteValues): Promise<readonly SqliteColumn[]> {
    const answer = await this.#ask({ ask: 'prepare', sql, parameters });
    return 'columns' in answer ? answer.columns : [];
  }

  /** Undefined after the last. */
  async next(rows: number, width: number): Promise<RowBatch | undefined> {
    const answer = await this.#ask({ ask: 'next', rows });
    if (!('rows' in answer) || answer.length === 0) return undefined;
    const { bytes, places, stored } = answer.rows;
    return new RowBatch(bytes, places, { width, length: answer.length, stored });
  }

  /** Texts of the first rows that a statement looks at with the function `SAMPLE`. */
  async samples(sql: string, parameters: SqliteValues): Promise<readonly string[]> {
    const answer = await this.#ask({ ask: 'sample', sql, parameters });
    return 'samples' in answer ? answer.samples : [];
  }

  /** The first row of a statement as text; undefined when it has none. */
  async first(sql: string, parameters: SqliteValues): Promise<string | undefined> {
    const answer = await this.#ask({ ask: 'first', sql, parameters });
    return 'first' in answer ? (answer.first ?? undefined) : undefined;
  }

  async #ask(question: SqliteQuestion): Promise<SqliteAnswer> {
    const answered = once(this.#child, 'message');
    this.#child.send(question, () => undefined);
    const [answer] = (await answered) as [SqliteAnswer];
    if ('error' in answer) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer;
  }

  /** Tells when the process has ended or could not be started. Returns what stops the telling. */
  watch(ended: (error: unknown) => void): () => void {
    const exited = (code: number | null, signal: string | null) =>
      ended(new Error(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`));
    this.#child.on('error', ended);
    this.#child.on('exit', exited);
    return () => this.#child.off('exit', exited);
  }

  /** Lets it end by itself. */
  async end(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  /** Ends it at once, whatever it does. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
