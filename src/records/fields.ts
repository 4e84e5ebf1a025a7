import type { FieldMapping, RecordMapping } from '../config/schema/job-schema.ts';
import type { GrowingBytes } from '../model/growing-bytes.ts';
import { Piece } from '../model/piece.ts';
import type { Column } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { isValidFieldName, KEY_FORM } from '../model/write-api-rules.ts';
import type { Columns } from './columns.ts';
import { MappingError, namingColumn } from './not-a-record.ts';
import { remembering, type ValueWriter } from './value-writers.ts';
import {
  encoderAs,
  encoderOf,
  type FieldType,
  textJson,
  type ValueEncoder,
  type ValueRules,
  writerOf,
} from './values.ts';

/** @param row its index in the batch */
export type FieldWriter = (rows: RowBatch, row: number, json: GrowingBytes) => void;

export const NULL = new Piece('null');

/** One field of the records of a query. */
export interface Field {
  readonly name: string;
  /** The column that it comes from; undefined for a constant. */
  readonly column: Column | undefined;
  /** What stands in the record: the kind of the column, the `as` of the field, or `constant`. */
  readonly becomes: string;
  /** Writes the JSON of its value in a row. Throws NotARecordError. */
  readonly write: FieldWriter;
}

/**
 * The fields that `record.fields` lists, or, when it is left out, every column but the `_timestamp`'s and those of
 * `omit`.
 */
export function compileFields(
  mapping: RecordMapping,
  columns: Columns,
  timestampColumn: string | undefined,
  rules: ValueRules,
): Field[] {
  if (mapping.fields !== undefined) {
    return Object.entries(mapping.fields).map(([name, field]) => compileField(name, field, columns, rules));
  }
  const dropped = new Set<string | undefined>([timestampColumn, ...(mapping.omit ?? [])]);
  for (const name of mapping.omit ?? []) columns.find(name, 'record.omit');
  const kept = columns.all.filter((column) => !dropped.has(column.name));
  refuseRepeatedKeys(kept.map((column) => column.name));
  return kept.map((column) => compileField(column.name, column.name, columns, rules));
}

function compileField(name: string, mapping: FieldMapping, columns: Columns, rules: ValueRules): Field {
  if (!isValidFieldName(name)) {
    throw new MappingError(
      `column ${JSON.stringify(name)} cannot be a field: the write API takes ${KEY_FORM}`,

      'Rename it in the query (… AS other_name), give it another name under record.fields, or list it under ' +
        'record.omit.',
    );
  }
  if (typeof mapping === 'object' && 'value' in mapping) {
    const value = new Piece(JSON.stringify(mapping.value));
    return { name, column: undefined, becomes: 'constant', write: (_rows, _row, json) => json.piece(value) };
  }
  const source = typeof mapping === 'string' ? { column: mapping } : mapping;
  const { column, index } = columns.find(source.column, `record.fields.${name}`);
  const writeValue = valueWriter(name, source, column, rules);
  return { name, column, becomes: source.as ?? column.kind, write: orNull(index, writeValue) };
}

/** @param column its index */
export function orNull(
  column: number,
  writeValue: ValueWriter,
  writeNull = (json: GrowingBytes) => json.piece(NULL),
): FieldWriter {
  return (rows, row, json) => {
    const place = row * rows.width + column;
    if (rows.isNull(place)) writeNull(json);
    else writeValue(rows, place, json);
  };
}

interface ColumnMapping {
  readonly column: string;
  readonly as?: FieldType | undefined;
  readonly case?: 'lower' | 'upper' | undefined;
  readonly map?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  readonly default?: string | number | boolean | null | undefined;
}

function valueWriter(name: string, mapping: ColumnMapping, column: Column, rules: ValueRules): ValueWriter {
  if (column.kind === 'unsupported') {
    throw new MappingError(
      `column ${column.name} has the type ${column.type}, which cannot stand in a record`,
      column.remedy ?? 'Select it as text.',
    );
  }
  const base =
    mapping.as === undefined ? encoderOf(column.kind, rules) : encoderAs(mapping.as, column, rules);
  const changesText = mapping.case !== undefined || mapping.map !== undefined;
  if (!changesText) return writerOf(column.kind, mapping.as, namingColumn(column.name, base));
  if (!isText(column, mapping.as)) {
    throw new MappingError(
      `record.fields.${name}: case, map and default apply to strings, and column ${column.name} has the type ` +
        `${column.type}`,
      'Add as: string to the field, or write the mapping with CASE in the query.',
    );
  }
  return remembering(namingColumn(column.name, changedText(mapping, base)));
}

function isText(column: Column, as: FieldType | undefined): boolean {
  return as === 'string' || (as === undefined && ['text', 'padded-text', 'dynamic'].includes(column.kind));
}

/** `case`, then `map`, then `default` for what `map` lacks. */
function changedText(mapping: ColumnMapping, base: ValueEncoder): ValueEncoder {
  const map = new Map(Object.entries(mapping.map ?? {}).map(([from, to]) => [from, JSON.stringify(to)]));
  const otherwise = mapping.default === undefined ? undefined : JSON.stringify(mapping.default);
  return (value) => {
    const json = base(value);
    if (!json.startsWith('"')) return json;
    const text = changedCase(JSON.parse(json), mapping.case);
    return map.get(text) ?? otherwise ?? textJson(text);
  };
}

function changedCase(text: string, change: 'lower' | 'upper' | undefined): string {
  if (change === undefined) return text;
  return change === 'lower' ? text.toLowerCase() : text.toUpperCase();
}

/** Two keys that differ only in case are one key to the write API. */
export function refuseRepeatedKeys(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new MappingError(
        `the query has two columns that would be the field ${name}${other === name ? '' : ` (the other one is ${other})`}`,
        'Give one of them another name in the query: … AS other_name.',
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}
