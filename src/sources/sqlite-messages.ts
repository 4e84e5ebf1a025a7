import type { Row } from '../collect/interfaces.ts';

/** What is asked of the process that reads an SQLite file; each question gets one answer. */
export type SqliteQuestion =
  | { readonly ask: 'open'; readonly file: string }
  | { readonly ask: 'facts' }
  | { readonly ask: 'prepare'; readonly sql: string; readonly parameters: Readonly<Record<string, string>> }
  | { readonly ask: 'next'; readonly rows: number };

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
  | { readonly error: { readonly code: string; readonly message: string } };
