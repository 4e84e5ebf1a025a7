/** One value as the database printed it; SQLite, which types values and not columns, also gives the others. */
export type RawValue = string | number | bigint | Uint8Array | null;

/** One row of the result: raw values in the order of the columns. */
export type Row = readonly RawValue[];

/** What a column holds, told by the database once per query: it decides the encoder. */
export type ColumnKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'text'
  | 'padded-text' // char(n): trailing spaces are not part of the value
  | 'date' // YYYY-MM-DD
  | 'local-datetime' // YYYY-MM-DD HH:MM:SS[.f], in the zone of the database
  | 'instant' // the same with an offset
  | 'dynamic' // no type declared: the storage class of each value decides
  | 'unsupported'; // never part of a record

export interface Column {
  readonly name: string;
  /** The type as the database calls it, for messages. */
  readonly type: string;
  readonly kind: ColumnKind;
  /** With kind `dynamic`: what each value is or null, as far as the text of the query leaves no other way. */
  readonly computes?: 'number' | 'text' | 'time';
  /** With kind `unsupported`: how to select the column so that it can be sent. */
  readonly remedy?: string;
}

/**
 * Where in the order of a job's readings something was read: of two versions of a record the one that was read later is
 * the newer, whatever arrives or is refused first. Runs of a job are numbered upwards.
 */
export interface Reading {
  readonly run: number;
  /** Of all rows of the run, counted from 1; 0 for the records of a stored snapshot. */
  readonly row: number;
}
