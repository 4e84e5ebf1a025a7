import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { RawValue, Row } from '../../model/row.ts';
import { RowPacker } from '../../model/row-packer.ts';
import { SAMPLE } from './compared-texts.ts';
import { ExactText } from './exact-text.ts';
import type { SqliteAnswer, SqliteQuestion, SqliteValues } from './process.ts';
import { SideFiles } from './side-files.ts';

/*
 * A process of its own that reads one SQLite file, because nothing but the end of its process ends a query in SQLite's
 * own code. It ends when the channel to the collector is closed; in the midst of a query its watchdog ends it.
 */

const MOST_SAMPLES = 1_000;
const LOCKED_FOR_AT_MOST = 5_000;

const watchdog = new Worker(new URL(`./watchdog${extname(import.meta.url)}`, import.meta.url));
watchdog.unref();

let database: Database.Database;
let rows: IterableIterator<unknown>;
/** Values in a row. */
let width: number;
let rowsRead = 0;
let text: ExactText;
/** Milliseconds that one answer may take. */
let limit: number;

function answer(question: SqliteQuestion): SqliteAnswer {
  switch (question.ask) {
    case 'open':
      open(question.file);
      return { isOpen: true };
    case 'facts':
      return {
        version: String(database.prepare('select sqlite_version()').pluck().get()),
        clock: Date.now(),
      };
    case 'prepare':
      return { columns: prepare(question.sql, question.parameters) };
    case 'next':
      return nextRows(question.rows);
    case 'sample':
      return { samples: samples(question.sql, question.parameters) };
    case 'first':
      return { first: firstRow(question.sql, question.parameters) ?? null };
  }
}

function open(file: string): void {
  // Opens the database alone: files beside it come with the first read.
  database = new Database(file, { readonly: true, fileMustExist: true, timeout: LOCKED_FOR_AT_MOST });
  const sideFiles = new SideFiles(file);
  sideFiles.refuseToLeave();
  // Reads the file's header: what is no database is told now.
  database.pragma('schema_version');
  sideFiles.removeUnusable();
}

function prepare(sql: string, parameters: SqliteValues) {
  const statement = database.prepare(sql);
  if (!statement.reader) return [];
  rows = statement.raw().safeIntegers().iterate(parameters);
  text = new ExactText(database, sql, parameters);
  const columns = statement.columns().map(({ name, type }) => ({ name, type }));
  width = columns.length;
  return columns;
}

function nextRows(most: number): SqliteAnswer {
  const packer = new RowPacker(most * width);
  let length = 0;
  for (; length < most; length++) {
    const { done, value } = rows.next();
    if (done === true) break;
    packer.add(text.exact(value as Row, rowsRead++));
  }
  return { rows: packer.packed(), length };
}

/** Texts of the first rows that the statement looks at. */
function samples(sql: string, parameters: SqliteValues): readonly string[] {
  const seen = new Set<string>();
  let looked = 0;
  database.function(SAMPLE, (value: unknown) => {
    if (typeof value === 'string') seen.add(value);
    looked++;
    // Nothing else ends a statement that looks at many rows and gives none.
    if (looked === MOST_SAMPLES) throw new Error('enough is seen');
    return 1;
  });
  try {
    let given = 0;
    for (const _ of database.prepare(sql).raw().iterate(parameters)) if (++given === MOST_SAMPLES) break;
  } catch (error) {
    if (looked < MOST_SAMPLES) throw error;
  }
  return [...seen];
}

function firstRow(sql: string, parameters: SqliteValues): string | undefined {
  const statement = database.prepare(sql);
  if (!statement.reader) return undefined;
  const row = statement.raw().safeIntegers().get(parameters) as RawValue[] | undefined;
  return row && JSON.stringify(row.map(String));
}

process.on('message', (question: SqliteQuestion) => {
  if (question.ask === 'open') ({ limit } = question);
  process.send?.(attempt(question));
});

function attempt(question: SqliteQuestion): SqliteAnswer {
  watchdog.postMessage(limit);
  try {
    return answer(question);
  } catch (error) {
    const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
    return { error: { code: String(code ?? ''), message: String(message ?? error) } };
  } finally {
    watchdog.postMessage(undefined);
  }
}
