import type { Query } from '../model/query.ts';
import type { Column, RawValue, Row } from '../model/row.ts';
import type { Source } from '../model/source.ts';
import type { CatalogueRules, Zones } from '../sources/catalogue.ts';

/** A database that is asked what a first job could collect of it. */
export interface AskedDatabase {
  readonly source: Source;
  readonly catalogue: CatalogueRules;
  /** Whether it types values and not columns. */
  readonly typesValues: boolean;
  readonly zones: Zones;
  readonly signal: AbortSignal;
}

type Answer = Readonly<Record<string, RawValue>>;
type Parameters = Query['parameters'];

const queryOf = (sql: string, parameters: Parameters): Query => ({
  sql,
  parameters,
  applicationName: 'pp-db-collector/init',
});

/** The columns of a query, which is not run. */
export const describe = ({ source, signal }: AskedDatabase, sql: string, parameters: Parameters = {}) =>
  source.describe(queryOf(sql, parameters), signal);

/** The first rows of a query. */
export async function firstRows(
  { source, signal }: AskedDatabase,
  sql: string,
  parameters: Parameters,
  most: number,
): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly Row[] }> {
  const result = await source.open(queryOf(sql, parameters), signal);
  try {
    const rows: Row[] = [];
    for await (const batch of result.batches) {
      rows.push(...batch.rows().slice(0, most - rows.length));
      if (rows.length === most) break;
    }
    return { columns: result.columns, rows };
  } finally {
    await result.close();
  }
}

/** The rows of a query that has few, by the names of their columns. */
export async function rowsOf(
  database: AskedDatabase,
  sql: string,
  parameters: Parameters = {},
): Promise<Answer[]> {
  const { columns, rows } = await firstRows(database, sql, parameters, MOST_ROWS);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

const MOST_ROWS = 100_000;

/**
 * Does some work where the database expects to answer its query soon. Where it gives no plan the work is tried, and its
 * time limit ends it. Undefined: it would take long.
 */
export async function ifSoon<Result>(
  database: AskedDatabase,
  sql: string,
  parameters: Parameters,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const { source, signal } = database;
  const plan = await unlessItFails(database, () => source.plan(queryOf(sql, parameters), signal));
  if (plan?.isQuick === undefined) return unlessItFails(database, work);
  return plan.isQuick ? work() : undefined;
}

/** Undefined when it fails, unless somebody wants it to end. */
async function unlessItFails<Result>(
  { signal }: AskedDatabase,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
