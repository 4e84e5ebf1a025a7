import type { RowsOfPlan } from '../dialect.ts';

/**
 * Of one table: of several that are joined the plan does not tell what comes of all together. MariaDB's; MySQL gives no
 * plan of what is prepared.
 */
export const PLAN: RowsOfPlan = {
  asking: 'explain',
  rows(tables, columns) {
    const [table, ...others] = tables;
    const rows = table?.[columns.indexOf('rows')];
    return others.length > 0 || rows === undefined || rows === null ? undefined : Number(rows);
  },
};
