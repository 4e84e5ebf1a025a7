import type { FieldMapping, JobTest, RecordSettings } from '../config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue, Row } from '../model/row.ts';
import { fitsIn64Bits } from '../model/write-api-rules.ts';
import { idPartsOf } from './id-parts.ts';

/** The rows of a test, as a query would return them. */
export interface GivenRows {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

type Given = JobTest['rows'][number][string];

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d[\d:]*)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Kinds of which one column may hold both: the second takes the values of the first. */
const WIDER: readonly (readonly [ColumnKind, ColumnKind])[] = [
  ['decimal', 'float'],
  ['local-datetime', 'instant'],
];

/**
 * Columns and rows of a test. No database tells what its columns hold: their values do, and what the job makes of them.
 */
export function givenRows(test: JobTest, mapping: RecordSettings): GivenRows {
  const names = [...new Set(test.rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name): Column => {
    const values = test.rows.map((row) => valueIn(row, name));
    const kind = kindOf(values, holdsText(name, test, mapping));
    return { name, kind, type: kind };
  });
  return { columns, rows: test.rows.map((row) => names.map((name) => rawValue(valueIn(row, name)))) };
}

/** Names of the columns that the record needs. */
export function neededColumns({ timestamp, fields, id }: RecordSettings): string[] {
  const ofFields = Object.values(fields ?? {}).flatMap((field) => columnOf(field) ?? []);
  const ofId = (id === undefined ? [] : idPartsOf(id)).flatMap((part) =>
    part.kind === 'column' ? part.name : [],
  );
  return [...new Set([timestampColumn(timestamp) ?? [], ofFields, ofId].flat())];
}

/** Whether a text is a number in JSON's form, which YAML would read with fewer digits. */
export function isLongNumber(text: string): boolean {
  const [, sign, whole = '', fraction] = /^(-?)(0|[1-9]\d*)(\.\d*[1-9])?$/.exec(text) ?? [];
  if (whole === '' || String(Number(text)) === text) return false;
  return fraction !== undefined || fitsIn64Bits(whole, sign === '-');
}

/** Null for a column that the row lacks, whatever objects inherit under its name. */
const valueIn = (row: JobTest['rows'][number], name: string): Given =>
  Object.hasOwn(row, name) ? (row[name] ?? null) : null;

const rawValue = (value: Given): RawValue => (typeof value === 'boolean' ? String(value) : value);

function kindOf(values: readonly Given[], digitsAreText: boolean): ColumnKind {
  const kinds = new Set(values.flatMap((value) => (value === null ? [] : kindOfValue(value, digitsAreText))));
  const [kind = 'text', ...others] = kinds;
  if (others.length === 0) return kind;
  const wider = WIDER.find((pair) => [...kinds].every((each) => pair.includes(each)));
  return wider?.[1] ?? 'text';
}

/** By the form of a text and not by its sense, so that a test can give dates that do not exist. */
function kindOfValue(value: string | number | boolean, digitsAreText: boolean): ColumnKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'decimal';
  if (DATE.test(value)) return 'date';
  const dateTime = DATE_TIME.exec(value);
  if (dateTime !== null) return dateTime[1] === undefined ? 'local-datetime' : 'instant';
  const number = digitsAreText ? null : NUMBER.exec(value);
  if (number === null) return 'text';
  return number[1] === undefined ? 'decimal' : 'float';
}

/** Whether texts of digits in a column are texts: when they are read as a date or a string, or expected as one. */
function holdsText(column: string, test: JobTest, { timestamp, fields }: RecordSettings): boolean {
  if (column === timestampColumn(timestamp)) return true;
  const fed = Object.entries(fields ?? { [column]: column }).filter(
    ([, field]) => columnOf(field) === column,
  );
  return fed.some(([name, field]) => readsString(field) || isExpectedAsText(name, test));
}

const timestampColumn = (timestamp: RecordSettings['timestamp']): string | undefined =>
  typeof timestamp === 'string' ? timestamp : timestamp?.column;

function columnOf(field: FieldMapping): string | undefined {
  if (typeof field === 'string') return field;
  return 'column' in field ? field.column : undefined;
}

function readsString(field: FieldMapping): boolean {
  if (typeof field === 'string' || !('column' in field)) return false;
  return field.as === 'string' || field.case !== undefined || field.map !== undefined;
}

function isExpectedAsText(field: string, { records = [] }: JobTest): boolean {
  return records.some((record) => {
    const expected = record[field];
    return typeof expected === 'string' && !isLongNumber(expected);
  });
}
