import type { Column, RawValue } from '../model/row.ts';
import { type AskedDatabase, describe, ifSoon, rowsOf } from './asked-database.ts';
import type { Table } from './tables.ts';

/** A column of a table and what some of its rows hold there. */
export interface SurveyedColumn extends Column {
  readonly sql: string;
  readonly isNeverNull: boolean;
  /** Of the rows that were looked at; nulls are left out. */
  readonly values: readonly RawValue[];
}

/** More would hardly tell more, and are bytes that the database sends for nothing. */
export const SAMPLED_ROWS = 1_000;

/** The columns of a table, and what stands in some of its rows, whichever the database gives first. */
export async function surveyTable(database: AskedDatabase, table: Table): Promise<SurveyedColumn[]> {
  const { schema, name, sql } = table;
  const { quoted, requiredColumns } = database.catalogue;
  const required = await rowsOf(database, requiredColumns, {
    schema: { kind: 'text', text: schema },
    name: { kind: 'text', text: name },
  });
  const needed = new Set(required.map((row) => String(row.name)));
  const columns = await describe(database, `SELECT * FROM ${sql}`);
  const unseen = columns.map((column) => ({
    ...column,
    sql: quoted(column.name),
    isNeverNull: needed.has(column.name),
    values: [],
  }));
  return withValues(database, unseen, `FROM ${sql}`);
}

/** The same columns with what stands in the newest rows by a column; as they are where that takes long, or there are none. */
export async function withNewestRows(
  database: AskedDatabase,
  table: Table,
  columns: readonly SurveyedColumn[],
  day: SurveyedColumn,
): Promise<readonly SurveyedColumn[]> {
  const newest = `FROM ${table.sql} WHERE ${day.sql} IS NOT NULL ORDER BY ${day.sql} DESC`;
  const planned = `SELECT ${day.sql} ${newest} LIMIT ${SAMPLED_ROWS}`;
  const surveyed = await ifSoon(database, planned, {}, () => withValues(database, columns, newest));
  return surveyed?.some(({ values }) => values.length > 0) ? surveyed : columns;
}

async function withValues(
  database: AskedDatabase,
  columns: readonly SurveyedColumn[],
  rest: string,
): Promise<SurveyedColumn[]> {
  const readable = columns.filter(({ kind }) => kind !== 'unsupported');
  if (readable.length === 0) return [...columns];
  const list = readable.map(({ sql }) => sql).join(', ');
  const rows = await rowsOf(database, `SELECT ${list} ${rest} LIMIT ${SAMPLED_ROWS}`);
  return columns.map((column) => ({
    ...column,
    values: rows.map((row) => row[column.name] ?? null).filter((value) => value !== null),
  }));
}
