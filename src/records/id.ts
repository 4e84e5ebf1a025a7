import { hash } from 'node:crypto';
import type { RawValue, Row } from '../collect/interfaces.ts';
import type { RecordMapping } from '../config/job-schema.ts';
import type { Columns } from './columns.ts';
import type { Field } from './fields.ts';
import { MappingError, NotARecordError, namingColumn } from './not-a-record.ts';

/** The `_id` of a row, given the JSON texts of the record's `_timestamp` and fields. Throws NotARecordError. */
export type IdEncoder = (row: Row, timestamp: string, values: readonly string[]) => string;

type Part = (row: Row, timestamp: string, values: readonly string[]) => string;

/**
 * The `_id`: in the usual style the first 32 hex digits of the SHA-256 of the JSON array of the values, so that anybody can compute
 * it; the other two styles give the ids of older collectors.
 */
export function compileId(mapping: RecordMapping, columns: Columns, fields: readonly Field[]): IdEncoder {
  const id = Array.isArray(mapping.id) ? { fields: mapping.id, style: 'sha256' as const } : mapping.id;
  if (id.style === 'pp-db-collector-template') return templateId(id.fields, columns, fields);
  const parts = id.fields.map((name) => recordPart(name, fields));
  if (id.style === 'sha256') {
    return (row, timestamp, values) => {
      let texts = '';
      for (const part of parts) texts += `,${part(row, timestamp, values)}`;
      return hash('sha256', `[${texts.slice(1)}]`, 'hex').slice(0, 32);
    };
  }
  const separator = id.separator ?? '.';
  return (row, timestamp, values) =>
    Buffer.from(parts.map((part) => plain(part(row, timestamp, values))).join(separator)).toString('base64');
}

/** The JSON text of a field that the id names. */
function recordPart(name: string, fields: readonly Field[]): Part {
  if (name === '_timestamp') return (_row, timestamp) => timestamp;
  const index = fields.findIndex((field) => field.name === name);
  if (index === -1) {
    throw new MappingError(
      `record.id names the field ${name}, which the record does not have`,
      `Name fields of the record: ${['_timestamp', ...fields.map((field) => field.name)].join(', ')}.`,
    );
  }
  return (_row, _timestamp, values) => notNull(name, values[index] ?? 'null');
}

/** MD5 of the values' plain texts joined without a separator; columns as the database printed them. */
function templateId(names: readonly string[], columns: Columns, fields: readonly Field[]): IdEncoder {
  const parts = names.map((name) => templatePart(name, columns, fields));
  return (row, timestamp, values) =>
    hash('md5', parts.map((part) => part(row, timestamp, values)).join(''), 'hex');
}

function templatePart(name: string, columns: Columns, fields: readonly Field[]): Part {
  const field = fields.find((each) => each.name === name);
  if (name === '_timestamp' || (field !== undefined && field.column === undefined)) {
    const part = recordPart(name, fields);
    return (row, timestamp, values) => plain(part(row, timestamp, values));
  }
  const { column, index } = columns.find(field?.column?.name ?? name, 'record.id');
  const textOf = namingColumn(column.name, (value) => rawText(name, value));
  return (row) => textOf(row[index] ?? null);
}

function rawText(name: string, value: RawValue): string {
  return value === null ? notNull(name, 'null') : String(value);
}

function notNull(name: string, json: string): string {
  if (json !== 'null') return json;
  throw new NotARecordError(
    `the field ${name} is null, and the _id is made of it`,
    'Leave such rows out or use coalesce in the query, or leave the field out of record.id.',
  );
}

/** The plain text of a JSON value: a string without its quotes. */
const plain = (json: string): string => (json.startsWith('"') ? JSON.parse(json) : json);
