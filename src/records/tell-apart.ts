import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue, Row } from '../model/row.ts';
import type { RecordEncoder } from './compile-records.ts';
import { idFieldNames, idPartsOf, isInId } from './id-parts.ts';

const NUMBERS: readonly (ColumnKind | 'number')[] = ['integer', 'decimal', 'float', 'number'];

/**
 * Columns that may tell rows of one `_id` apart: those that are not in it and hold no number. A number is what is
 * counted, and in an id it would leave the old record beside the new one whenever it changes.
 *
 * @param row one of the rows @param computed columns that are counts, sums and the like, in lower case
 */
export function columnsThatTellApart(
  mapping: RecordMapping,
  columns: readonly Column[],
  { fields, timestampColumn }: Pick<RecordEncoder, 'fields' | 'timestampColumn'>,
  row: Row,
  computed: readonly string[],
): string[] {
  const isUsed = (column: Column) =>
    column.name === timestampColumn?.name ||
    isInId(mapping.id, column.name, column.name) ||
    fields.some((field) => field.column?.name === column.name && isInId(mapping.id, field.name, column.name));
  return columns.flatMap((column, index) => {
    if (isUsed(column) || NUMBERS.includes(column.kind) || computed.includes(column.name.toLowerCase()))
      return [];
    const field = fields.find((each) => each.column?.name === column.name);
    if (column.kind === 'unsupported' || NUMBERS.includes(field?.becomes as ColumnKind)) return [];
    const value = row[index] ?? null;
    // What a null of no type would be nobody knows.
    const isUnknown = value === null && column.kind === 'dynamic';
    return isUnknown || isLikeNumber(value) ? [] : [field?.name ?? column.name];
  });
}

const isLikeNumber = (value: RawValue): boolean =>
  (typeof value !== 'string' && value !== null) || /^\s*[+-]?[\d.,]+\s*$/.test(value ?? '');

/**
 * Whether all that is no number is in the id already, so that nothing could tell two rows apart but what is counted. A
 * number in the id is one that names something: then it does.
 */
export function isEverythingInId(
  mapping: RecordMapping,
  columns: readonly Column[],
  { fields }: Pick<RecordEncoder, 'fields'>,
): boolean {
  const isNumber = (becomes: string | undefined) => NUMBERS.includes(becomes as ColumnKind);
  const kindOf = (name: string) => columns.find((column) => column.name === name)?.kind;
  const hasNumber = idPartsOf(mapping.id).some(
    (part) => part.kind === 'column' && isNumber(kindOf(part.name)),
  );
  return (
    !hasNumber &&
    fields.every(({ name, column, becomes }) => {
      return column === undefined || isInId(mapping.id, name, column.name) !== isNumber(becomes);
    })
  );
}

/** Fields of the id of which several values of a column become one. */
export const mergedFields = ({ id, fields }: RecordMapping): string[] =>
  idFieldNames(id).filter((name) => {
    const field = fields?.[name];
    return typeof field === 'object' && 'column' in field && (field.case ?? field.map) !== undefined;
  });
