import type { FieldPacket } from 'mysql2';
import type { Column, ColumnKind } from '../../model/row.ts';

interface Type {
  readonly type: string;
  readonly kind: ColumnKind;
  readonly remedy?: (column: string) => string;
}

const ENUM_FLAG = 0x100;
const SET_FLAG = 0x800;
const BINARY_CHARSET = 63;

const asHex = (column: string) => `Select it as text, e.g. HEX(${column}).`;
const asPoint = (column: string) => `Select it as text, e.g. ST_AsText(${column}).`;
const asValue = (column: string) => `Select a value of it, e.g. JSON_VALUE(${column}, '$.key').`;
const asNumber = (column: string) => `Select it as a number: ${column} + 0.`;

const BLOB: Type = { type: 'blob', kind: 'unsupported', remedy: asHex };
const JSON_TYPE: Type = { type: 'json', kind: 'unsupported', remedy: asValue };
const TEXT: Type = { type: 'text', kind: 'text' };
const DATETIME: Type = { type: 'datetime', kind: 'local-datetime' };

/** By the codes of the protocol. Types that the server sends under another's code are told apart below. */
const TYPES: Readonly<Record<number, Type>> = {
  0: { type: 'decimal', kind: 'decimal' },
  1: { type: 'tinyint', kind: 'integer' },
  2: { type: 'smallint', kind: 'integer' },
  3: { type: 'int', kind: 'integer' },
  4: { type: 'float', kind: 'float' },
  5: { type: 'double', kind: 'float' },
  6: { type: 'null', kind: 'text' },
  7: { type: 'timestamp', kind: 'local-datetime' },
  8: { type: 'bigint', kind: 'integer' },
  9: { type: 'mediumint', kind: 'integer' },
  10: { type: 'date', kind: 'date' },
  11: { type: 'time', kind: 'text' },
  12: DATETIME,
  13: { type: 'year', kind: 'integer' },
  14: { type: 'date', kind: 'date' },
  16: { type: 'bit', kind: 'unsupported', remedy: asNumber },
  245: JSON_TYPE,
  246: { type: 'decimal', kind: 'decimal' },
  247: { type: 'enum', kind: 'text' },
  248: { type: 'set', kind: 'text' },
  255: { type: 'geometry', kind: 'unsupported', remedy: asPoint },
};

const TEXT_CODES = new Set([15, 249, 250, 251, 252, 253, 254]);
const CHAR_CODE = 254;

/** A column of a statement, by what the server says of it. */
export function describeColumn(field: FieldPacket): Column {
  const { name } = field;
  const { type, kind, remedy } = typeOf(field);
  const column = /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
  return remedy === undefined ? { name, type, kind } : { name, type, kind, remedy: remedy(column) };
}

function typeOf(field: FieldPacket): Type {
  const code = field.columnType ?? -1;
  if (TEXT_CODES.has(code)) return textType(field, code);
  if (code === 16 && field.columnLength === 1) return { type: 'bit(1)', kind: 'boolean' };
  return TYPES[code] ?? { type: `type ${code}`, kind: 'unsupported', remedy: asHex };
}

function textType(field: FieldPacket, code: number): Type {
  if (field.extendedFormat === 'json') return JSON_TYPE;
  // MariaDB's uuid and inet6; with a charset of their own they are printed as text.
  if (field.extendedTypeName !== undefined) return { type: field.extendedTypeName, kind: 'text' };
  if (field.characterSet === BINARY_CHARSET) return BLOB;
  const flags = Number(field.flags);
  if ((flags & ENUM_FLAG) !== 0) return { type: 'enum', kind: 'text' };
  if ((flags & SET_FLAG) !== 0) return { type: 'set', kind: 'text' };
  return code === CHAR_CODE ? { type: 'char', kind: 'padded-text' } : TEXT;
}
