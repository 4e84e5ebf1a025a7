import { asking, type PlanReader } from '../execution-plan.ts';

/** In the planner's units, of which ten million rows read from the disk are about as many. */
const GREATEST_COST = 200_000;

interface PlanNode {
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
}

/** What the planner expects of the whole query, its LIMIT included. */
export const readPlan: PlanReader = async (query, ask) => {
  const [row] = await ask(asking('explain (format json)', query));
  const [{ Plan: top }] = JSON.parse(String(row?.['query plan'])) as [{ readonly Plan: PlanNode }];
  return { rows: top['Plan Rows'], isQuick: top['Total Cost'] <= GREATEST_COST };
};
