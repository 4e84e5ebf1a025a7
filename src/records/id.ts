import { hash } from 'node:crypto';
import { parseDate, parseDateTime } from '../calendar/date-time.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import { GrowingBytes } from '../model/growing-bytes.ts';
import { Piece } from '../model/piece.ts';
import type { RowBatch } from '../model/row-batch.ts';
import type { Columns } from './columns.ts';
import { copyText } from './copied-values.ts';
import { instantTexts, type LocalTime } from './date-times.ts';
import { type Field, NULL, orNull } from './fields.ts';
import { type IdPart, type IdSettings, idPartsOf, idSettingsOf } from './id-parts.ts';
import { MappingError, NotARecordError, namingColumn, shown, UnfitValue } from './not-a-record.ts';
import { PADDING, Sha256 } from './sha256.ts';
import type { IdFormat } from './text-format.ts';
import { copying } from './value-writers.ts';
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

/** A record while it is written: where in its JSON the values stand that an `_id` can be made of. */
export interface WrittenValues {
  readonly json: GrowingBytes;
  /** Starts and ends: of `_timestamp` first, then of the fields in their order. */
  readonly spans: Int32Array;
}

/**
 * Makes the `_id` of a row whose values are written. In the usual style it is the first 32 hex digits of the SHA-256 of
 * the JSON array of its parts, so that anybody can compute it; the other styles give the ids of older collectors.
 */
export interface IdMaker {
  /**
   * Writes the JSON string of the id into the record, where `length` bytes are left for it; a longer one moves what is
   * behind it. Throws NotARecordError.
   */
  write(rows: RowBatch, row: number, values: WrittenValues, at: number): void;
  /** How long it is in the usual style; 0 for the others. */
  readonly length: number;
  /** Of the hash that tells the id made last from others. */
  readonly words: Int32Array;
}

/** Writes the JSON of a part, which is no null. Throws NotARecordError. */
type PartWriter = (rows: RowBatch, row: number, values: WrittenValues, json: GrowingBytes) => void;

const [OPENING, COMMA, CLOSING, QUOTE] = [0x5b, 0x2c, 0x5d, 0x22];
const HEX_DIGITS = 32;

export function compileId(
  mapping: RecordMapping,
  columns: Columns,
  fields: readonly Field[],
  localTime: LocalTime,
): IdMaker {
  const settings = idSettingsOf(mapping.id);
  const parts = idPartsOf(mapping.id).map((part) => compilePart(part, { columns, fields, localTime }));
  return settings.style === 'sha256' ? hashedId(parts) : olderId(parts, settings);
}

/**
 * The words that `IdMaker` has of an id, for one that is at hand as text. In the usual style it is the digest itself; of an
 * id of another style, which no record of the job has, it gives words that no record has either.
 */
export function idHash(id: RecordMapping['id']): (text: string) => Int32Array {
  const { style } = idSettingsOf(id);
  if (style === 'sha256')
    return (text) => digestWords(/^[0-9a-f]{32}$/.test(text) ? text : hash('sha256', text));
  return (text) => digestWords(hash('sha256', JSON.stringify(text)));
}

/** The first two words of a digest. @param hex its digits */
const digestWords = (hex: string): Int32Array =>
  Int32Array.of(Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8, 16), 16));

function hashedId(parts: readonly PartWriter[]): IdMaker {
  const hash = new Sha256();
  const json = new GrowingBytes();
  return {
    length: HEX_DIGITS + 2,
    words: hash.words,
    write(rows, row, values, at) {
      json.length = 0;
      for (const part of parts) {
        json.reserve(1);
        json.bytes[json.length] = json.length === 0 ? OPENING : COMMA;
        json.length += 1;
        part(rows, row, values, json);
      }
      json.reserve(1 + PADDING);
      json.bytes[json.length] = CLOSING;
      hash.hash(json.view, json.length + 1);
      const { bytes, view } = values.json;
      bytes[at] = QUOTE;
      hash.writeHex(view, at + 1);
      bytes[at + 1 + HEX_DIGITS] = QUOTE;
    },
  };
}

function olderId(parts: readonly PartWriter[], settings: IdSettings): IdMaker {
  const hash = new Sha256();
  const idOf = joinedId(settings);
  const json = new GrowingBytes();
  return {
    length: 0,
    words: hash.words,
    write(rows, row, values, at) {
      const texts = parts.map((part) => {
        json.length = 0;
        part(rows, row, values, json);
        return plain(json.bytes.toString('utf8', 0, json.length));
      });
      json.length = 0;
      json.text(JSON.stringify(idOf(texts)));
      insert(json, values, at);
      json.reserve(PADDING);
      hash.hash(json.view, json.length);
    },
  };
}

function insert({ bytes, length }: GrowingBytes, { json, spans }: WrittenValues, at: number): void {
  json.reserve(length);
  json.bytes.copyWithin(at + length, at, json.length);
  bytes.copy(json.bytes, at, 0, length);
  json.length += length;
  for (const [index, place] of spans.entries()) spans[index] = place + length;
}

interface PartSources {
  readonly columns: Columns;
  readonly fields: readonly Field[];
  readonly localTime: LocalTime;
}

function compilePart(part: IdPart, sources: PartSources): PartWriter {
  if (part.kind === 'value') {
    const value = new Piece(JSON.stringify(part.text));
    return (_rows, _row, _values, json) => json.piece(value);
  }
  const write = partValue(part, sources);
  const nullAs = part.nullAs === undefined ? undefined : JSON.stringify(part.nullAs);
  const format = part.format === undefined ? undefined : idFormatter(part.format, sources.localTime);
  const formatted = format && namingColumn(part.name, (text) => textJson(format(String(text))));
  return (rows, row, values, json) => {
    const start = json.length;
    write(rows, row, values, json);
    const isNull = isNullAt(json, start);
    if (isNull && nullAs === undefined) refuseNull(part.name);
    if (!isNull && formatted === undefined) return;
    const text = isNull ? nullAs : formatted?.(plain(json.bytes.toString('utf8', start, json.length)));
    json.length = start;
    json.text(text ?? '');
  };
}

/** Nothing else in JSON begins with its letter. */
const isNullAt = ({ view, length }: GrowingBytes, start: number): boolean =>
  length - start === NULL.length && view.getInt32(start, true) === NULL.words[0];

/** Writes the JSON of a part, or null. */
function partValue(
  { kind, name }: Exclude<IdPart, { kind: 'value' }>,
  { columns, fields }: PartSources,
): PartWriter {
  if (kind === 'column') return columnValue(name, columns);
  const field = fields.find((each) => each.name === name);
  const isConstant = field !== undefined && field.column === undefined;
  if (kind === 'field' || name === '_timestamp' || isConstant) return fieldValue(name, fields);
  return columnValue(field?.column?.name ?? name, columns);
}

function fieldValue(name: string, fields: readonly Field[]): PartWriter {
  const index = name === '_timestamp' ? 0 : 1 + fields.findIndex((field) => field.name === name);
  if (index === 0 && name !== '_timestamp') {
    throw new MappingError(
      `record.id names the field ${name}, which the record does not have`,
      `Name fields of the record: ${['_timestamp', ...fields.map((field) => field.name)].join(', ')}.`,
    );
  }
  return (_rows, _row, { json, spans }, target) =>
    target.span(json, spans[index * 2] as number, spans[index * 2 + 1] as number);
}

/** A column as the database printed it. */
function columnValue(name: string, columns: Columns): PartWriter {
  const { index } = columns.find(name, 'record.id');
  const write = orNull(index, copying(copyText, namingColumn(name, textJson)));
  return (rows, row, _values, json) => write(rows, row, json);
}

function refuseNull(name: string): never {
  throw new NotARecordError(
    `the field ${name} is null, and the _id is made of it`,
    'Leave such rows out or use coalesce in the query, or leave the field out of record.id.',
  );
}

/** The plain text of a JSON value: a string without its quotes. */
const plain = (json: string): string => (json.startsWith('"') ? JSON.parse(json) : json);
