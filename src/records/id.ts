import { hash } from 'node:crypto';
import { parseDate, parseDateTime } from '../calendar/date-time.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { Row } from '../model/row.ts';
import type { Columns } from './columns.ts';
import { instantTexts, type LocalTime } from './date-times.ts';
import type { Field } from './fields.ts';
import { type IdPart, idPartsOf, idSettingsOf } from './id-parts.ts';
import { MappingError, NotARecordError, namingColumn, shown, UnfitValue } from './not-a-record.ts';
import type { IdFormat } from './text-format.ts';
import { textJson } from './values.ts';

/**
 * Writes a date, or a date and time, as an older collector did: the wall clock as it stands in the text, or in UTC for
 * the formats that name its offset. Throws UnfitValue.
 */
function idFormatter(format: IdFormat, localTime: LocalTime): (text: string) => string {
  const instantOf = instantTexts(localTime);
  return (text) => {
    if (parseDate(text) !== undefined) return written(`${text}T00:00:00`, format);
    if (parseDateTime(text) === undefined) {
      throw new UnfitValue(
        `${shown(text)} is no date and time, which record.id is to write as ${format}`,
        'Select a date or a timestamp, or leave the format out of record.id.',
      );
    }
    return written(format.endsWith('+00:00') ? instantOf(text) : text.replace(' ', 'T'), format);
  };
}

/** @param iso `YYYY-MM-DDTHH:MM:SS` and whatever follows */
function written(iso: string, format: IdFormat): string {
  const [date, time] = [iso.slice(0, 10), iso.slice(11, 19)];
  switch (format) {
    case 'yyyyMMddHHmmss':
      return `${date}${time}`.replace(/\D/g, '');
    case 'yyyy-MM-dd':
      return date;
    case 'yyyy-MM-dd HH:mm:ss':
      return `${date} ${time}`;
    case 'yyyy-MM-dd HH:mm:ss+00:00':
      return `${date} ${time}+00:00`;
    case 'yyyy-MM-ddTHH:mm:ss+00:00':
      return `${date}T${time}+00:00`;
  }
}

type IdSettings = Extract<RecordMapping['id'], { style: string }>;

/** What stands between the values when nothing is said. */
const SEPARATORS = { 'pp-db-collector-template': '', plain: '', base64: '.', base64url: '.' } as const;

/** Characters that a charset lacks: Java writes a question mark for each. */
const LACKING = { 'utf-8': undefined, 'iso-8859-1': /[^\0-\xff]/gu, 'us-ascii': /[^\0-\x7f]/gu } as const;

/** Makes an `_id` of the plain texts of its parts, in one of the styles of older collectors. Throws NotARecordError. */
function joinedId(settings: IdSettings): (texts: readonly string[]) => string {
  const { style, charset = 'utf-8' } = settings;
  if (style === 'sha256') throw new Error('the usual style does not join its parts');
  const separator = settings.separator ?? SEPARATORS[style];
  const encode = ENCODINGS[style];
  return (texts) => encode(texts.join(separator), charset);
}

type Charset = keyof typeof LACKING;

const ENCODINGS: Readonly<Record<keyof typeof SEPARATORS, (text: string, charset: Charset) => string>> = {
  'pp-db-collector-template': (text, charset) => hash('md5', bytesOf(text, charset), 'hex'),
  base64: base64Of,
  base64url: (text) => base64Of(text).replaceAll('+', '-').replaceAll('/', '_'),
  plain(text) {
    if (/^[\x21-\x7e]+$/.test(text)) return text;
    throw new NotARecordError(
      `the _id would be ${shown(text)}, and an _id is made of visible ASCII characters without blanks, at least one`,
      'Replace the others in the query, or choose another style in record.id.',
    );
  },
};

function base64Of(text: string): string {
  if (text !== '') return Buffer.from(text).toString('base64');
  throw new NotARecordError('the _id would be empty', 'Add to record.id what tells the rows apart.');
}

function bytesOf(text: string, charset: Charset): Buffer {
  const lacking = LACKING[charset];
  return lacking === undefined ? Buffer.from(text) : Buffer.from(text.replace(lacking, '?'), 'latin1');
}

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
