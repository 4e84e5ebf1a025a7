import type { Period } from '../calendar/period.ts';

/** A value for `:name` in a query. Each source writes it as its database takes it. */
export type Parameter =
  | { readonly kind: 'instant'; readonly epochMilliseconds: number }
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'zone'; readonly zone: string } // a time zone, for functions that take its name
  | CursorValue;

/** One value of a position in a table of events, at the source's full precision. */
export interface CursorValue {
  /** `datetime` and `text` as the database printed them, `number` as decimal digits. */
  readonly kind: 'number' | 'datetime' | 'text';
  readonly text: string;
}

/** Where a piece of a query is, for messages. */
export interface QuotedPlace {
  /** `at collectors/visits.yaml:7:10`, to follow what is wrong there. */
  readonly place: string;
  /** The line of the file with carets below the piece; empty where it is not shown. */
  readonly excerpt: readonly string[];
}

/** Where the text of a query stands in its file. */
export interface WrittenQuery {
  /** Where it is set: `collectors/visits.yaml:5:1`. */
  readonly place: string;
  /**
   * Of a piece, by UTF-16 offsets, the place (`collectors/visits.yaml:7:10`) and the excerpt; undefined where the text
   * does not stand there as it is.
   */
  quote(start: number, end: number): QuotedPlace | undefined;
}

export interface Query {
  readonly sql: string;
  /** Left out: not known, or the text is not as it was written. */
  readonly written?: WrittenQuery | undefined;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Shown in the database's list of sessions: `pp-db-collector/<job>`. */
  readonly applicationName: string;
}

/** A column that a query compares with a parameter. */
export interface ComparedColumn {
  /** As written. */
  readonly column: string;
  /** Whether it is compared as it stands, so that an index can find the rows; otherwise something made of it is. */
  readonly isPlain: boolean;
}

/** What the text of a query tells of it: a rough look, for advice and for nothing that must be right. */
export interface QueryOutline {
  /** Whether there is a GROUP BY anywhere. */
  readonly isGrouped: boolean;
  /** Whether its rows may be made of many others: GROUP BY, DISTINCT or an aggregate function anywhere. */
  readonly isAggregated: boolean;
  /** Whether it cannot give two equal rows without a GROUP BY: it gives one row, or those of a SELECT DISTINCT. */
  readonly hasDistinctRows: boolean;
  /** Columns that are counts, sums and the like, in lower case. */
  readonly aggregates: readonly string[];
  /** What the rows are grouped by although no column tells it, as written. */
  readonly groupedButNotSelected: readonly string[];
  /** The column of whose times it makes dates, or starts of periods, by no zone but UTC or the database's. */
  readonly datedTime: string | undefined;
  /** The column that it compares with `:from`. */
  readonly boundedTime: string | undefined;
  /** What it compares with its parameters. */
  readonly compared: readonly ComparedColumn[];
  /** Texts in single quotes. */
  readonly literals: readonly string[];
  readonly parameters: readonly string[];
}

/** What is known of a database's SQL without asking the database. */
export interface QueryAdvice {
  outline(sql: string): QueryOutline;
  /** A sentence that says how a query groups the times of a column by the periods of the job's zone. */
  localPeriodRemedy(period: Period, column: string): string;
  /** A statement that makes an index. @param table as SQL takes its name @param columns by their plain names */
  createIndex(table: string, columns: readonly string[]): string;
}
