import type { Period } from '../calendar/period.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { GrowingBytes } from '../model/growing-bytes.ts';
import { Piece } from '../model/piece.ts';
import type { DataRecord } from '../model/record.ts';
import type { Column, Row } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { packRows } from '../model/row-packer.ts';
import { Columns } from './columns.ts';
import { compileFields, type Field, type FieldWriter, NULL, orNull } from './fields.ts';
import { hourly } from './hourly-writer.ts';
import { compileId, type IdMaker } from './id.ts';
import { idFieldNames } from './id-parts.ts';
import { MappingError, NotARecordError, namingColumn } from './not-a-record.ts';
import { RecordWriter } from './record-writer.ts';
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
  /** Whose start `_timestamp` is; undefined: `_timestamp` is the value itself. */
  readonly period: Period | undefined;
  readonly fields: readonly Field[];
  /** Of the hash that tells the `_id` written last from others. */
  readonly idWords: Int32Array;
  /** Where the JSON of `_timestamp` and of each field starts and ends in the record that was written last. */
  readonly spans: Int32Array;
  /**
   * Writes the record of a row, with the small numbers that it must not be sent with. Throws NotARecordError, and may
   * have written a part of it.
   *
   * @param row its index in the batch
   */
  write(rows: RowBatch, row: number, json: GrowingBytes): void;
  /** The record as it is sent. Throws NotARecordError. */
  encode(row: Row): DataRecord;
  /** The record with the small numbers that it must not be sent with. Throws NotARecordError. */
  encodeWhole(row: Row): DataRecord;
  /** The `_id` of a row that has been refused, inside the window or not; undefined when it has none. */
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
  const id = compileId(mapping, columns, fields, rules.localTime);
  const writer = new RecordWriter(timestamp.insideWindow, fields, id);
  const encodeWhole = (row: Row): DataRecord => writer.record(packRows([row]));
  return {
    timestampColumn: timestamp.column,
    period: rules.period,
    fields,
    idWords: id.words,
    spans: writer.spans,
    write: (rows, row, json) => writer.write(rows, row, json),
    encode(row) {
      const { id, json } = encodeWhole(row);
      return { id, json: suppress?.(json) ?? json };
    },
    encodeWhole,
    keyOf: compileKey(mapping, fields, timestamp.write, id),
  };
}

const writeNull: FieldWriter = (_rows, _row, json) => json.piece(NULL);

/**
 * Writes only what the id is made of; so a row that has no `_timestamp` has a key all the same where the id needs
 * none.
 */
function compileKey(
  mapping: RecordMapping,
  fields: readonly Field[],
  timestamp: FieldWriter,
  id: IdMaker,
): RecordEncoder['keyOf'] {
  const names = idFieldNames(mapping.id);
  const needed = fields.map((field) => (names.includes(field.name) ? field : { ...field, write: writeNull }));
  const writer = new RecordWriter(names.includes('_timestamp') ? timestamp : writeNull, needed, id);
  return (row) => {
    try {
      return writer.record(packRows([row])).id;
    } catch (error) {
      if (error instanceof NotARecordError) return undefined;
      throw error;
    }
  };
}

/** Where `_timestamp` comes from. */
interface TimestampSource {
  readonly column: Column | undefined;
  readonly write: FieldWriter;
  /** The same, refusing what was not asked for. */
  readonly insideWindow: FieldWriter;
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
  const write = orNull(
    index,
    hourly((value) => `"${encode(value)}"`),
    () => encode(null),
  );
  return { column, write, insideWindow: within(write, column.name, rules) };
}

/** A loop is faster than a call, for so few bytes. */
function isWrittenAt({ bytes, length }: GrowingBytes, start: number, text: Uint8Array): boolean {
  if (length - start !== text.length) return false;
  for (let index = text.length - 1; index >= 0; index--)
    if (bytes[start + index] !== text[index]) return false;
  return true;
}

function ofSnapshot(text: string | undefined): TimestampSource {
  if (text === undefined) {
    throw new MappingError(
      'record.timestamp is left out, and only the records of a snapshot have a _timestamp without it',
      'Name the column that gives _timestamp in record.timestamp.',
    );
  }
  const piece = new Piece(`"${text}"`);
  const write: FieldWriter = (_rows, _row, json) => json.piece(piece);
  return { column: undefined, write, insideWindow: write };
}

/** Rows of one `_timestamp` mostly follow each other: the one that was let in last is compared byte by byte. */
function within(write: FieldWriter, column: string, rules: RecordRules): FieldWriter {
  if (rules.timestamps === undefined) return write;
  let known = Buffer.alloc(0);
  return (rows, row, json) => {
    const start = json.length;
    write(rows, row, json);
    if (isWrittenAt(json, start, known)) return;
    const written = json.bytes.subarray(start, json.length);
    refuseOutsideWindow(written.toString('latin1', 1, written.length - 1), column, rules);
    known = Buffer.from(written);
  };
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
