import type { Secret } from '../config/secret.ts';
import type { Query } from '../model/query.ts';
import type { Column } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import type { SourceFinding } from '../model/source.ts';
import type { Explain } from './failures.ts';
import type { Inspection } from './inspection.ts';
import type { Circumstances } from './source-error.ts';
import type { SqlMode } from './sql-tokens.ts';
import type { Statement } from './statement.ts';

/** What a source needs to know of its database, as the configuration says it. */
export interface DatabaseSettings {
  readonly client: string;
  readonly connection: Secret | AddressParts;
  /** Zone of times that carry none, and of the session. */
  readonly timezone: string;
  readonly max_connections: number;
  /** Milliseconds. */
  readonly connect_timeout: number;
  readonly query_timeout: number;
}

/** The parts of an address: those of a server, or the name of a file. */
export interface AddressParts {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly database?: string | undefined;
  readonly ssl?:
    | boolean
    | { readonly ca_file?: string | undefined; readonly reject_unauthorized: boolean }
    | undefined;
  readonly filename?: string | undefined;
}

/** What is done with one connection. Every method fails with the driver's error. */
export interface Session {
  /** Whether the database itself ends a query that takes longer than `query_timeout`. */
  readonly keepsTime: boolean;
  /**
   * Opens a read-only transaction in the database's zone, with the time allowed for a query. Tells how the server reads
   * SQL.
   */
  begin(applicationName: string): Promise<SqlMode>;
  /** The columns of a statement, which is not run; empty when it is not one that gives rows. */
  describe(statement: Statement): Promise<readonly Column[]>;
  /**
   * What of the rows that the query reads its comparisons do not meet, or only by chance, because of how values are
   * stored; of databases that type values. To be called after `begin`. @param withTexts also how texts are written, of
   * some rows
   */
  overlooked?(statement: Statement, query: Query, withTexts: boolean): Promise<readonly SourceFinding[]>;
  /**
   * The next rows of the statement that was described; undefined after the last. They may be read until those after the
   * next are asked for.
   */
  read(): Promise<RowBatch | undefined>;
  /** Ends the transaction and leaves the connection as new. */
  finish(): Promise<void>;
  /** The server's clock, epoch milliseconds; needs no `begin`, and leaves the connection as new. */
  clock(): Promise<number>;
  inspect(): Promise<Inspection>;
  /** Tells when the connection is gone, once or more often. Returns what stops the telling. */
  watch(lost: (error: unknown) => void): () => void;
  /** Ends on the server whatever the connection runs, by way of another connection. */
  cancel(): Promise<void>;
  /** Closes the connection at once, without a word to the server. */
  close(): void;
}

/** Connections to one database, of which only so many are in use at a time. */
export interface Pool<Connection> {
  /**
   * A connection of one's own until it is released. Waits for its turn; throws the driver's error, or the signal's
   * reason.
   */
  acquire(signal: AbortSignal): Promise<Connection>;
  /** @param usable false: the connection is closed already and must not be handed out again */
  release(connection: Connection, usable: boolean): void;
  close(): Promise<void>;
}

/** What talks to a kind of database, by the package of its driver. */
export interface Driver<Connection> {
  openPool(name: string, settings: DatabaseSettings): Promise<Pool<Connection>>;
  /** Where the database is and who asks. Throws a SourceError for settings that make no sense. */
  locate(name: string, settings: DatabaseSettings): Location;
  session(connection: Connection, circumstances: Circumstances, settings: DatabaseSettings): Session;
  readonly explain: Explain;
}

export type Location = Pick<Circumstances, 'location' | 'user' | 'database' | 'password'>;
