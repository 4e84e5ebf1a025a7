import type { Connection, FieldPacket, Query } from 'mysql2';
import type { RawValue, Row } from '../../model/row.ts';

const ROWS_PER_BATCH = 1_000;

/** The part of a field that is read: its value, as the server printed it. */
interface Cell {
  readonly type: string;
  string(encoding: string): string | null;
  buffer(): Buffer | null;
}

/** Every value as text: the charset of the results is utf8mb4, and numbers are ASCII. */
const typeCast = (cell: Cell): RawValue => (cell.type === 'BIT' ? bits(cell.buffer()) : cell.string('utf8'));

const bits = (bytes: Buffer | null) =>
  bytes === null ? null : BigInt(`0x${bytes.toString('hex')}`).toString();

/**
 * The rows of one statement in the text protocol, which keeps every digit. mysql2 pushes rows; the connection is paused
 * while nobody asks, so that the server waits.
 */
export class MysqlRows {
  readonly #connection: Connection;
  #rows: Row[] = [];
  #isEnded = false;
  #asked: PromiseWithResolvers<readonly Row[] | undefined> | undefined;

  /** Starts the statement. @param check throws when the columns are not those that were described */
  constructor(connection: Connection, sql: string, check: (fields: readonly FieldPacket[]) => void) {
    this.#connection = connection;
    const command: Query = connection.query({ sql, rowsAsArray: true, typeCast });
    command.on('fields', (fields: unknown) => this.#attempt(() => check(fields as FieldPacket[])));
    command.on('result', (row: unknown) => this.#take(row as Row));
    command.on('error', (error: unknown) => this.#asked?.reject(error));
    command.on('end', () => this.#finish());
  }

  /** The next rows; undefined after the last. */
  read(): Promise<readonly Row[] | undefined> {
    if (this.#isEnded) return Promise.resolve(undefined);
    const asked = Promise.withResolvers<readonly Row[] | undefined>();
    this.#asked = asked;
    this.#connection.resume();
    return asked.promise;
  }

  #attempt(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#asked?.reject(error);
    }
  }

  #take(row: Row): void {
    this.#rows.push(row);
    if (this.#rows.length < ROWS_PER_BATCH) return;
    this.#connection.pause();
    this.#deliver();
  }

  #finish(): void {
    this.#isEnded = true;
    this.#deliver();
  }

  #deliver(): void {
    const rows = this.#rows;
    this.#rows = [];
    this.#asked?.resolve(rows);
  }
}
