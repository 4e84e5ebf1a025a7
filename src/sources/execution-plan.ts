import type { ExecutionPlan, TableScan } from '../model/execution-plan.ts';
import type { Query } from '../model/query.ts';
import type { RawValue } from '../model/row.ts';

/** Asks for the plan of a query and reads it. Throws what the database says of a query that it cannot plan. */
export type PlanReader = (query: Query, ask: Ask) => Promise<ReadPlan>;

/** Runs a statement that has few rows. */
export type Ask = (query: Pick<Query, 'sql' | 'parameters'>) => Promise<readonly Answer[]>;

/** A row by the names of its columns, in small letters. */
export type Answer = Readonly<Record<string, RawValue | undefined>>;

export interface ReadPlan extends Omit<ExecutionPlan, 'scans'> {
  scans(least: number): Promise<readonly ScannedTable[]>;
}

export interface ScannedTable extends Omit<TableScan, 'place'> {
  /** As a query names it where it leaves out the schema. */
  readonly name: string;
}

/** @param explain what stands before a query to ask for its plan */
export const asking = (explain: string, { sql, parameters }: Query) => ({
  sql: `${explain}\n${sql}`,
  parameters,
});

/** Columns by the index that they belong to. @param rows one for each column, in the order of their index */
export const indexesOf = (rows: readonly Answer[]): string[][] =>
  [...Map.groupBy(rows, (row) => row.index_name).values()]
    .filter((columns) => columns.every(({ name }) => name !== null))
    .map((columns) => columns.map(({ name }) => String(name)));
