import { isUtf8 } from 'node:buffer';
import type Database from 'better-sqlite3';
import type { RawValue, Row } from '../../model/row.ts';
import type { SqliteValues } from './process.ts';

/** What the driver makes of bytes that are no text; it may also stand in the data. */
const REPLACEMENT = '\ufffd';

/**
 * Tells texts that hold U+FFFD from texts that are not UTF-8, which the driver decodes to the same: the statement is
 * read a second time, its texts as bytes, as far as the row in question. That costs nothing while no row holds U+FFFD.
 */
export class ExactText {
  readonly #database: Database.Database;
  readonly #sql: string;
  readonly #parameters: SqliteValues;
  #rows: Iterator<unknown> | undefined;
  /** How many of `#rows` are read. */
  #read = 0;

  /** @param sql one statement with no semicolon behind it */
  constructor(database: Database.Database, sql: string, parameters: SqliteValues) {
    this.#database = database;
    this.#sql = sql;
    this.#parameters = parameters;
  }

  /**
   * The row with the bytes of those of its texts that are not UTF-8. Asked while the statement stands at that row, so
   * that both readings see the same state of the database.
   *
   * @param index of the row, counted from 0; higher at each call
   */
  exact(row: Row, index: number): Row {
    if (!row.some(isSuspect)) return row;
    // Of texts in UTF-16 SQLite itself makes UTF-8.
    if (this.#database.prepare('SELECT encoding FROM pragma_encoding').pluck().get() !== 'UTF-8') return row;
    const again = this.#readAgain(index, row.length);
    return row.map((value, column) => (isSuspect(value) ? exactValue(value, again[column] ?? null) : value));
  }

  #readAgain(index: number, columns: number): Row {
    this.#rows ??= this.#database.prepare(withBytes(this.#sql, columns)).raw().iterate(this.#parameters);
    for (; this.#read < index; this.#read++) this.#rows.next();
    this.#read++;
    const { value = [] } = this.#rows.next();
    return value as Row;
  }
}

function withBytes(sql: string, columns: number): string {
  const names = Array.from({ length: columns }, (_, index) => `column_${index}`).join(', ');
  const values = Array.from({ length: columns }, (_, index) => `cast(column_${index} AS blob)`).join(', ');
  // The line break ends a comment.
  return `WITH rows_read (${names}) AS (${sql}\n) SELECT ${values} FROM rows_read`;
}

const isSuspect = (value: RawValue): boolean => typeof value === 'string' && value.includes(REPLACEMENT);

function exactValue(text: RawValue, bytes: RawValue): RawValue {
  if (bytes instanceof Uint8Array && Buffer.from(bytes).toString() === text) {
    return isUtf8(bytes) ? text : bytes;
  }
  const message = 'a text may not be UTF-8, and the rows come in another order when they are read again';
  throw Object.assign(new Error(message), { code: 'ROWS_WITHOUT_ORDER' });
}
