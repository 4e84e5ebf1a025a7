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

export interface Query {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Shown in the database's list of sessions: `pp-db-collector/<job>`. */
  readonly applicationName: string;
}
