import { asking, type PlanReader } from '../execution-plan.ts';

const MOST_ROWS = 5_000_000;

/** Of several tables that are joined it does not tell what comes of all together. MySQL gives no plan of what is prepared. */
export const readPlan: PlanReader = async (query, ask) => {
  const tables = await ask(asking('explain', query));
  const rows = tables.map((table) => Number(table.rows ?? 0));
  const known = tables[0]?.rows;
  return {
    rows: tables.length > 1 || known === undefined || known === null ? undefined : Number(known),
    isQuick: tables.length === 0 ? undefined : rows.reduce((sum, each) => sum + each, 0) <= MOST_ROWS,
  };
};
