import type { QuotedPlace } from './query.ts';

/** How a database would go about a query, which is not run, as far as it tells. */
export interface ExecutionPlan {
  /** About how many rows the query has. */
  readonly rows: number | undefined;
  /** Whether it would take a second or so, and not minutes. */
  readonly isQuick: boolean | undefined;
  /**
   * The tables of at least so many rows that are read from beginning to end, without an index. Asks the catalogue of the
   * database about them, and reads none of their rows.
   */
  scans(least: number): Promise<readonly TableScan[]>;
}

/** A table that a query reads as a whole. */
export interface TableScan {
  /** As SQL takes its name. */
  readonly table: string;
  /** About how many it has. */
  readonly rows: number;
  /** Empty where they are not known. */
  readonly columns: readonly string[];
  /** The columns of each of its indexes that can find a range, in their order. */
  readonly indexes: readonly (readonly string[])[];
  /** Where the query names it; undefined: its file is not known. */
  readonly place: QuotedPlace | undefined;
}
