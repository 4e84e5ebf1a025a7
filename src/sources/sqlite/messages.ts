import type { Row } from '../../model/row.ts';
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
  /** No rows: there are no more. */
  | { readonly rows: readonly Row[] }
  /** Texts that the statement looks at. */
  | { readonly samples: readonly string[] }
  /** The first row of a statement as text; null: it has none. */
  | { readonly first: string | null }
  | { readonly error: { readonly code: string; readonly message: string } };
