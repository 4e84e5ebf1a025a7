import { isValidFieldName } from '../model/write-api-rules.ts';
import type { CatalogueRules, Zones } from '../sources/catalogue.ts';
import type { DayColumn } from './day-column.ts';
import type { SurveyedColumn } from './table-survey.ts';
import type { Table } from './tables.ts';

/** The query of a job that counts the rows of a table by days and dimensions. */
export interface TableQuery {
  readonly sql: string;
  /** The columns of its rows; the first undefined: they have no day, and tell how things stand. */
  readonly timestamp: string | undefined;
  readonly dimensions: readonly string[];
  /** The column of the counts. */
  readonly value: string;
  /** Whether each query collects one day, because nothing in it tells the days apart. */
  readonly isDayByDay: boolean;
}

const [DAY, COUNT] = ['day', 'count'];

/** @param isDayByDay although the database has time zones, because this server lacks them */
export function writeTableQuery(
  table: Table,
  day: DayColumn,
  dimensions: readonly SurveyedColumn[],
  catalogue: CatalogueRules,
  zones: Zones,
  isDayByDay = false,
): TableQuery {
  const { sql: column, kind } = day.column;
  const time = day.form === 'spelled' ? (catalogue.comparable?.(column) ?? column) : column;
  const local = day.form === 'date' ? column : catalogue.localDate(time, kind, zones);
  const date = isDayByDay ? undefined : local;
  const [from, to] = day.form === 'date' ? [':from_date', ':to_date'] : [':from', ':to'];
  const names = fieldNames(dimensions.map(({ name }) => name));
  const selected = dimensions.map((dimension, index) => selectedAs(dimension, names[index] ?? '', catalogue));
  const places = dimensions.map((_, index) => index + 2);
  const groups = (date === undefined ? places : [1, ...places]).join(', ');
  const items = [
    `${date ?? ':from_date'}${date === DAY ? '' : ` AS ${DAY}`}`,
    ...selected,
    `count(*) AS ${COUNT}`,
  ];
  return {
    sql: [
      `SELECT ${listedInLines(items)}`,
      `FROM ${table.sql}`,
      `WHERE ${time} >= ${from} AND ${time} < ${to}`,
      ...groupLines(groups),
    ].join('\n'),
    timestamp: DAY,
    dimensions: names,
    value: COUNT,
    isDayByDay: date === undefined,
  };
}

/** The query of a job that counts the rows that a table has now by dimensions. */
export function writeSnapshotQuery(
  table: Table,
  dimensions: readonly SurveyedColumn[],
  catalogue: CatalogueRules,
): TableQuery {
  const names = fieldNames(dimensions.map(({ name }) => name));
  const selected = dimensions.map((dimension, index) => selectedAs(dimension, names[index] ?? '', catalogue));
  const groups = dimensions.map((_, index) => index + 1).join(', ');
  return {
    sql: [
      `SELECT ${listedInLines([...selected, `count(*) AS ${COUNT}`])}`,
      `FROM ${table.sql}`,
      ...groupLines(groups),
    ].join('\n'),
    timestamp: undefined,
    dimensions: names,
    value: COUNT,
    isDayByDay: false,
  };
}

const groupLines = (groups: string): readonly string[] =>
  groups === '' ? [] : [`GROUP BY ${groups} ORDER BY ${groups}`];

function selectedAs(column: SurveyedColumn, name: string, catalogue: CatalogueRules): string {
  const value = column.isNeverNull ? column.sql : catalogue.withoutNulls(column.sql, column.type);
  const alias = catalogue.quoted(name);
  return value === alias ? value : `${value} AS ${alias}`;
}

/** In as few lines as can be read well. */
const listedInLines = (items: readonly string[]): string =>
  items.reduce((text, item) => {
    const line = text.slice(text.lastIndexOf('\n') + 1);
    return line.length + item.length > LINE ? `${text},\n  ${item}` : `${text}, ${item}`;
  });

const LINE = 100;

/** Names that records may have, each once: `Delivery Channel` → `delivery_channel`. */
function fieldNames(columns: readonly string[]): string[] {
  const taken = new Set([DAY, COUNT]);
  return columns.map((column, index) => {
    const plain = column
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '');
    const wanted = isValidFieldName(plain) ? plain : `column_${plain || index + 1}`;
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    taken.add(name);
    return name;
  });
}
