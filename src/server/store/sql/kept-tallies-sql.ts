/** What both databases are asked of the months of a data set, and of what is kept of them. */

/** @param dataSet how the SQL names the data set */
export const countedMonthsSql = (dataSet: string): string => `
  SELECT month, CAST(sum(count) AS text) AS version FROM changes
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ${dataSet})
  GROUP BY month ORDER BY month`;

/** @param definitions a condition on the column `definition` */
export const keptMonthsSql = (dataSet: string, definitions: string): string => `
  SELECT definition, month, version, tallies FROM month_tallies
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ${dataSet}) AND ${definitions}`;

/** Those that nobody has said anything of yet count from now on: a reader asked, or an earlier version kept them. */
export const noticeTalliesSql = (now: string): string => `
  INSERT INTO wanted_tallies (data_set, definition, wanted_at)
  SELECT DISTINCT data_set, definition, ${now} FROM month_tallies WHERE true
  ON CONFLICT DO NOTHING`;

export const countedDaysSql = (dataSet: string, month: string): string => `
  SELECT substr(day, 9) AS day, CAST(sum(count) AS text) AS version FROM day_changes
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ${dataSet})
    AND day BETWEEN CAST(${month} AS text) || '-01' AND CAST(${month} AS text) || '-31'
  GROUP BY day`;

export const keptDaysSql = (dataSet: string, month: string, definitions: string): string => `
  SELECT definition, days FROM month_tallies
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ${dataSet}) AND month = ${month} AND ${definitions}
    AND days IS NOT NULL`;

/** The records of a span of time, in any order. */
export const monthRecordsSql = (dataSet: string, from: string, to: string): string => `
  SELECT timestamp, json FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ${dataSet}) AND timestamp BETWEEN ${from} AND ${to}`;
