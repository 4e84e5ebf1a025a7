import type { AskedDatabase } from './asked-database.ts';
import { ifSoon, rowsOf } from './asked-database.ts';
import { type DayColumn, localDateOf } from './day-column.ts';
import type { Table } from './tables.ts';

/** The date with which a first run begins, or why none is known. */
export type FirstDay = { readonly date: string } | { readonly unknown: string };

/** What lies before is most likely a placeholder, and every day since would be collected. */
const EARLIEST = '1990-01-01';

/** The date of the oldest row, if the database tells it soon. @param today in the job's zone */
export async function firstDayOf(
  database: AskedDatabase,
  table: Table,
  { column }: DayColumn,
  today: string,
): Promise<FirstDay> {
  const sql = `SELECT min(${column.sql}) AS first FROM ${table.sql}`;
  const rows = await ifSoon(database, sql, {}, () => rowsOf(database, sql));
  if (rows === undefined)
    return { unknown: `the table is large and has no index on ${column.name}, so it was not asked` };
  const [{ first = null } = {}] = rows;
  if (first === null) return { unknown: 'the table has no rows yet' };
  const date = localDateOf(first, database.zones);
  if (date === undefined || date < EARLIEST || date > today)
    return { unknown: `the first is ${date ?? 'no date'}, which can hardly be meant` };
  return { date };
}
