import type { Period } from '../calendar/period.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { DataRecord } from '../model/record.ts';
import type { Column, Row } from '../model/row.ts';
import { Columns } from './columns.ts';
import { compileFields, type Field } from './fields.ts';
import { compileId, type IdEncoder } from './id.ts';
import { idFieldNames, idSettingsOf } from './id-parts.ts';
import { MappingError, NotARecordError, namingColumn } from './not-a-record.ts';
import { compileSuppressor, fieldsToSuppress } from './suppress.ts';
import { timestampEncoder } from './timestamp.ts';
import type { ValueRules } from './values.ts';

/** What decides how rows become records, besides the columns and the job's `record`. */
export interface RecordRules extends ValueRules {
  /** The period of the job; undefined: `_timestamp` is the value itself. */
  readonly period: Period | undefined;
  /** The `_timestamp`s that may occur: the first included, the second excluded; undefined: all. */
  readonly timestamps: readonly [string, string] | undefined;
  /** Says more of a row whose `_timestamp` is not among them. */
  readonly explainOutside?: ExplainOutside | undefined;
  /**
   * The `_timestamp` of a snapshot's records whose job names no column for it: `YYYY-MM-DDTHH:MM:SSZ`; undefined: it
   * must.
   */
  readonly snapshotTimestamp?: string | undefined;
}

/** Why a `_timestamp` lies outside the window, to stand behind that it does; empty when nobody knows. */
export type ExplainOutside = (timestamp: string) => { readonly why: string; readonly remedy: string };

/** How the rows of one query become records. */
export interface RecordEncoder {
  /** The column that gives `_timestamp`; undefined when it is the snapshot's. */
  readonly timestampColumn: Column | undefined;
  readonly fields: readonly Field[];
  /** The record as it is sent. Throws NotARecordError. */
  encode(row: Row): DataRecord;
  /** The record with the small numbers that it must not be sent with. Throws NotARecordError. */
  encodeWhole(row: Row): DataRecord;
  /** The `_id` of a row that `encode` has refused, inside the window or not; undefined when it has none. */
  keyOf(row: Row): string | undefined;
}

/** Compiles the encoders of a query, once. Throws MappingError when no row of it can become a record. */
export function compileRecords(
  mapping: RecordMapping,
  all: readonly Column[],
  rules: RecordRules,
): RecordEncoder {
  const columns = new Columns(all);
  const timestamp = compileTimestamp(mapping.timestamp, columns, rules);
  const fields = fieldsToSuppress(mapping, compileFields(mapping, columns, timestamp.column?.name, rules));
  const suppress = compileSuppressor(mapping);
  const idOf = compileId(mapping, columns, fields, rules.localTime);
  const keys = fields.map((field) => `,"${field.name}":`);
  const encoders = fields.map((field) => field.encode);
  // The other styles give letters and digits, which need no escaping.
  const quoted = idSettingsOf(mapping.id).style === 'plain' ? JSON.stringify : (id: string) => `"${id}"`;
  // One array for all rows: the id of a row is made before the next one is encoded.
  const values: string[] = [];
  const encodeWhole = (row: Row): DataRecord => {
    const timestampJson = `"${timestamp.insideWindow(row)}"`;
    let rest = '';
    for (let index = 0; index < encoders.length; index++) {
      const value = encoders[index]?.(row) ?? 'null';
      values[index] = value;
      rest += keys[index] + value;
    }
    const id = idOf(row, timestampJson, values);
    return { id, json: `{"_id":${quoted(id)},"_timestamp":${timestampJson}${rest}}` };
  };
  const encodeSuppressed = (row: Row): DataRecord => {
    const { id, json } = encodeWhole(row);
    return { id, json: suppress?.(json) ?? json };
  };
  return {
    timestampColumn: timestamp.column,
    fields,
    encode: suppress === undefined ? encodeWhole : encodeSuppressed,
    encodeWhole,
    keyOf: compileKey(mapping, fields, (row) => timestamp.of(row), idOf),
  };
}

/**
 * Encodes only what the id is made of; so a row that has no `_timestamp` has a key all the same where the id needs
 * none.
 */
function compileKey(
  mapping: RecordMapping,
  fields: readonly Field[],
  timestampOf: (row: Row) => string,
  idOf: IdEncoder,
): RecordEncoder['keyOf'] {
  const names = idFieldNames(mapping.id);
  const hasTimestamp = names.includes('_timestamp');
  return (row) => {
    try {
      const values = fields.map((field) => (names.includes(field.name) ? field.encode(row) : 'null'));
      return idOf(row, hasTimestamp ? `"${timestampOf(row)}"` : 'null', values);
    } catch (error) {
      if (error instanceof NotARecordError) return undefined;
      throw error;
    }
  };
}

/** Where `_timestamp` comes from. */
interface TimestampSource {
  readonly column: Column | undefined;
  of(row: Row): string;
  /** The same, refusing what was not asked for. */
  insideWindow(row: Row): string;
}

function compileTimestamp(
  timestamp: RecordMapping['timestamp'],
  columns: Columns,
  rules: RecordRules,
): TimestampSource {
  if (timestamp === undefined) return ofSnapshot(rules.snapshotTimestamp);
  const settings = typeof timestamp === 'string' ? { column: timestamp } : timestamp;
  const { column, index } = columns.find(settings.column, 'record.timestamp');
  refuseTimestampColumn(column, rules);
  const encode = namingColumn(column.name, timestampEncoder({ ...rules, format: settings.format }));
  const of = (row: Row) => encode(row[index] ?? null);
  return {
    column,
    of,
    insideWindow(row: Row): string {
      const text = of(row);
      refuseOutsideWindow(text, column.name, rules);
      return text;
    },
  };
}

function ofSnapshot(text: string | undefined): TimestampSource {
  if (text === undefined) {
    throw new MappingError(
      'record.timestamp is left out, and only the records of a snapshot have a _timestamp without it',
      'Name the column that gives _timestamp in record.timestamp.',
    );
  }
  const of = () => text;
  return { column: undefined, of, insideWindow: of };
}

function refuseTimestampColumn(column: Column, rules: RecordRules): void {
  if (['integer', 'decimal', 'float', 'boolean', 'unsupported'].includes(column.kind)) {
    throw new MappingError(
      `column ${column.name} has the type ${column.type}, which cannot be the _timestamp`,
      'Select a date or a timestamp, or a text and its form in record.timestamp.format.',
    );
  }
  if (column.kind === 'date' && rules.period === 'hour') {
    throw new MappingError(
      `column ${column.name} is a date, which has no hour, and the period of the job is an hour`,
      'Select a timestamp, or use window.period: day.',
    );
  }
}

function refuseOutsideWindow(timestamp: string, column: string, rules: RecordRules): void {
  const { timestamps: window, explainOutside = withoutReason } = rules;
  if (window === undefined || (timestamp >= window[0] && timestamp < window[1])) return;
  const { why, remedy } = explainOutside(timestamp);
  throw new NotARecordError(
    `column ${column} gives the _timestamp ${timestamp}, outside the window from ${window[0]} to ${window[1]}${why}`,
    remedy,
    'outside-window',
  );
}

const withoutReason: ExplainOutside = () => ({
  why: '',
  remedy: 'Compare with :from and :to in the query, and check the timezone of the job and of the database.',
});
