import { hash } from 'node:crypto';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { Row } from '../model/row.ts';
import type { Columns } from './columns.ts';
import type { LocalTime } from './date-times.ts';
import type { Field } from './fields.ts';
import { joinedId } from './id-encoding.ts';
import { idFormatter } from './id-format.ts';
import { type IdPart, idPartsOf, idSettingsOf } from './id-parts.ts';
import { MappingError, NotARecordError, namingColumn } from './not-a-record.ts';
import { textJson } from './values.ts';

/** The `_id` of a row, given the JSON texts of the record's `_timestamp` and fields. Throws NotARecordError. */
export type IdEncoder = (row: Row, timestamp: string, values: readonly string[]) => string;

/** The JSON text of a part. */
type Part = IdEncoder;

/**
 * The `_id`: in the usual style the first 32 hex digits of the SHA-256 of the JSON array of the values, so that anybody
 * can compute it; the other styles give the ids of older collectors.
 */
export function compileId(
  mapping: RecordMapping,
  columns: Columns,
  fields: readonly Field[],
  localTime: LocalTime,
): IdEncoder {
  const settings = idSettingsOf(mapping.id);
  const parts = idPartsOf(mapping.id).map((part) => compilePart(part, { columns, fields, localTime }));
  if (settings.style === 'sha256') {
    return (row, timestamp, values) => {
      let texts = '';
      for (const part of parts) texts += `,${part(row, timestamp, values)}`;
      return hash('sha256', `[${texts.slice(1)}]`, 'hex').slice(0, 32);
    };
  }
  const idOf = joinedId(settings);
  return (row, timestamp, values) => idOf(parts.map((part) => plain(part(row, timestamp, values))));
}

interface PartSources {
  readonly columns: Columns;
  readonly fields: readonly Field[];
  readonly localTime: LocalTime;
}

function compilePart(part: IdPart, sources: PartSources): Part {
  if (part.kind === 'value') {
    const json = JSON.stringify(part.text);
    return () => json;
  }
  const value = partValue(part, sources);
  const format = part.format === undefined ? undefined : idFormatter(part.format, sources.localTime);
  const write = format && namingColumn(part.name, (text) => textJson(format(String(text))));
  return (row, timestamp, values) => {
    const json = value(row, timestamp, values);
    if (json === 'null')
      return part.nullAs === undefined ? refuseNull(part.name) : JSON.stringify(part.nullAs);
    return write === undefined ? json : write(plain(json));
  };
}

function partValue(
  { kind, name }: Exclude<IdPart, { kind: 'value' }>,
  { columns, fields }: PartSources,
): Part {
  if (kind === 'column') return columnValue(name, columns);
  const field = fields.find((each) => each.name === name);
  const isConstant = field !== undefined && field.column === undefined;
  if (kind === 'field' || name === '_timestamp' || isConstant) return fieldValue(name, fields);
  return columnValue(field?.column?.name ?? name, columns);
}

function fieldValue(name: string, fields: readonly Field[]): Part {
  if (name === '_timestamp') return (_row, timestamp) => timestamp;
  const index = fields.findIndex((field) => field.name === name);
  if (index === -1) {
    throw new MappingError(
      `record.id names the field ${name}, which the record does not have`,
      `Name fields of the record: ${['_timestamp', ...fields.map((field) => field.name)].join(', ')}.`,
    );
  }
  return (_row, _timestamp, values) => values[index] ?? 'null';
}

/** A column as the database printed it. */
function columnValue(name: string, columns: Columns): Part {
  const { index } = columns.find(name, 'record.id');
  const write = namingColumn(name, textJson);
  return (row) => {
    const value = row[index] ?? null;
    return value === null ? 'null' : write(value);
  };
}

function refuseNull(name: string): never {
  throw new NotARecordError(
    `the field ${name} is null, and the _id is made of it`,
    'Leave such rows out or use coalesce in the query, or leave the field out of record.id.',
  );
}

/** The plain text of a JSON value: a string without its quotes. */
const plain = (json: string): string => (json.startsWith('"') ? JSON.parse(json) : json);
