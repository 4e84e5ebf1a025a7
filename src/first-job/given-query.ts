import type { Query } from '../model/query.ts';
import { isValidFieldName } from '../model/write-api-rules.ts';
import { type AskedDatabase, describe, firstRows, ifSoon } from './asked-database.ts';
import { type DayColumn, dayColumns } from './day-column.ts';
import { SAMPLED_ROWS, type SurveyedColumn } from './table-survey.ts';

/** What a query that a person has written tells of itself. */
export interface GivenQuery {
  readonly columns: readonly SurveyedColumn[];
  /** Whether it names the span that a run collects. */
  readonly hasWindow: boolean;
  /** The columns that may tell the day of a row. */
  readonly days: readonly DayColumn[];
}

const BOUNDS = ['from', 'to', 'from_date', 'to_date'];

/** The columns of a query, and what stands in its rows where the database gives them soon. @param parameters of a day */
export async function surveyQuery(
  database: AskedDatabase,
  sql: string,
  parameters: Query['parameters'],
): Promise<GivenQuery> {
  const { parameters: named } = database.source.advice.outline(sql);
  const columns = await describe(database, sql, parameters);
  const read = await ifSoon(database, sql, parameters, () =>
    firstRows(database, sql, parameters, SAMPLED_ROWS),
  );
  const rows = read?.rows ?? [];
  const surveyed = columns.map((column, index) => ({
    ...column,
    sql: column.name,
    isNeverNull: false,
    values: rows.map((row) => row[index] ?? null).filter((value) => value !== null),
  }));
  const days = dayColumns(surveyed, database.typesValues);
  return {
    columns: surveyed,
    hasWindow: named.some((name) => BOUNDS.includes(name)),
    days: days.length > 0 || !database.typesValues ? days : byName(surveyed),
  };
}

const DAY_NAME = /^(day|date|(_?time)?stamp)$|_(on|at|day|date|time)$/i;

/** Where neither types nor rows tell what a column holds. */
const byName = (columns: readonly SurveyedColumn[]): DayColumn[] =>
  columns.flatMap((column) =>
    column.values.length === 0 && DAY_NAME.test(column.name) ? [{ column, form: 'date' }] : [],
  );

/** The columns that tell the records of one day apart: all but the day and the numbers. */
export function dimensionsOf(
  { columns }: GivenQuery,
  timestamp: string | undefined,
  aggregates: readonly string[],
): string[] {
  return columns
    .filter(({ name }) => name !== timestamp && !aggregates.includes(name.toLowerCase()))
    .filter(({ kind, values }) =>
      kind === 'dynamic'
        ? values.every((value) => typeof value === 'string')
        : !['integer', 'decimal', 'float', 'unsupported'].includes(kind),
    )
    .map(({ name }) => name);
}

/** A column whose name no field of a record can have. */
export const unfitName = ({ columns }: GivenQuery, timestamp: string | undefined): string | undefined =>
  columns.find(({ name }) => name !== timestamp && !isValidFieldName(name))?.name;

/** Whether a column is the beginning of the span, so that each query has to collect one day. */
export function isBeginning(sql: string, column: string): boolean {
  const named = /:from(?:_date)?\b(?:::\w+)?\s+(?:as\s+)?["`[]?(\w+)/gi;
  return [...sql.matchAll(named)].some(([, name]) => name?.toLowerCase() === column.toLowerCase());
}
