import type { ExecutionPlan } from '../model/execution-plan.ts';
import type { Query } from '../model/query.ts';
import type { RawValue } from '../model/row.ts';

/** Asks for the plan of a query and reads it. Throws what the database says of a query that it cannot plan. */
export type PlanReader = (query: Query, ask: Ask) => Promise<ExecutionPlan>;

/** Runs a statement that has few rows. Gives none where the database does not tell its columns. */
export type Ask = (query: Pick<Query, 'sql' | 'parameters'>) => Promise<readonly Answer[]>;

/** A row by the names of its columns, in small letters. */
export type Answer = Readonly<Record<string, RawValue | undefined>>;

/** @param explain what stands before a query to ask for its plan */
export const asking = (explain: string, { sql, parameters }: Query) => ({
  sql: `${explain}\n${sql}`,
  parameters,
});
