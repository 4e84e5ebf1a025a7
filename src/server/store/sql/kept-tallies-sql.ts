import type { MonthlyPlan } from '../kept-tallies.ts';
import type { ReadStatement } from './plan-sql.ts';
import type { ReadSql } from './read-sql.ts';

/** The months of a plan that ever had records: `month`, `version`, and `tallies` where they are kept. */
export function foundMonthsSql(
  dataSet: string,
  { definition, from, to }: MonthlyPlan,
  { parameter }: ReadSql,
): ReadStatement {
  const sql = `
    SELECT counted.month, counted.version, kept.tallies
    FROM (
      SELECT data_set, month, CAST(sum(count) AS text) AS version FROM changes
      WHERE data_set = (SELECT key FROM data_sets WHERE name = ${parameter(1)})
        AND month >= substr(${parameter(3)}, 1, 7) AND month || '-01T00:00:00+00:00' < ${parameter(4)}
      GROUP BY data_set, month
    ) AS counted
    LEFT JOIN month_tallies AS kept
      ON kept.data_set = counted.data_set AND kept.definition = ${parameter(2)}
      AND kept.month = counted.month AND kept.version = counted.version
    ORDER BY counted.month`;
  return { sql, parameters: [dataSet, definition, from, to] };
}
