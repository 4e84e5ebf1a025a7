/** One statement for the database of a state. */
export interface Statement {
  /** Its parameters are written `@name`. */
  readonly sql: string;
  readonly values: Values;
}

export type Values = Readonly<
  Record<string, string | number | bigint | Uint8Array | null | readonly (string | null)[]>
>;

export interface Answer {
  readonly rows: readonly unknown[];
  /** How many rows were changed, or given. */
  readonly changes: number;
}

/**
 * What is done within one transaction: it asks for one statement after the other and goes on with the answers. Who
 * carries it out decides whether answers come at once, as SQLite gives them, or later, as a server does, so that the
 * rules of a state are written once. It may be begun anew from its first statement; only the last time counts.
 */
export type Work<Result> = Generator<Statement, Result, Answer>;

const NO_VALUES: Values = {};

export function* rowsOf<Row>(sql: string, values = NO_VALUES): Work<readonly Row[]> {
  return (yield { sql, values }).rows as readonly Row[];
}

/** The first row. */
export function* rowOf<Row>(sql: string, values = NO_VALUES): Work<Row | undefined> {
  return (yield { sql, values }).rows[0] as Row | undefined;
}

/** Gives how many rows were changed. */
export function* change(sql: string, values = NO_VALUES): Work<number> {
  return (yield { sql, values }).changes;
}
