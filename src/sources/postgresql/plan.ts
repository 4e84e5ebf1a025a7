import type { RowsOfPlan } from '../dialect.ts';

/** What the planner expects of the whole query, its LIMIT included. */
export const PLAN: RowsOfPlan = {
  asking: 'explain (format json)',
  rows([row]) {
    const [top] = JSON.parse(String(row?.[0])) as readonly { readonly Plan: Record<string, unknown> }[];
    return Number(top?.Plan['Plan Rows']);
  },
};
