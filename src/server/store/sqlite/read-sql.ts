import { fitsIn64Bits } from '../../../model/write-api-rules.ts';
import type { FieldParts, FieldSql, ReadSql } from '../sql/read-sql.ts';

export const SQLITE: ReadSql = {
  parameter: (index) => `@p${index}`,
  numberParameter: (text) => ({ value: numberOf(text), cast: (parameter) => parameter }),
  parts: (name, bind) => {
    const path = bind(`$."${name}"`);
    return { json: `json -> ${path}`, value: `json ->> ${path}`, type: `json_type(json, ${path})` };
  },
  textParts: (text) => ({
    json: `CASE WHEN ${text} IS NOT NULL THEN json_quote(${text}) END`,
    value: text,
    type: `'text'`,
  }),
  field,
  position: 'rowid',
  monday: "date(substr(timestamp, 1, 10), '-6 days', 'weekday 1')",
  groupKey: ({ isNumber, number, json }) => `CASE WHEN ${isNumber} THEN ${number} ELSE ${json} END`,
  // What is put together is no JSON any more to SQLite, but text.
  distinct: (text) => `json_group_array(DISTINCT ${text} || '')`,
  collation: 'COLLATE BINARY',
  apart: 'LIMIT -1',
  stillWanted: 'still_wanted()',
  countAll: 'count(still_wanted())',
};

function field({ json, value, type }: FieldParts): FieldSql {
  const isNumber = `${type} IN ('integer', 'real')`;
  // An integer of more than 64 bits is read as a double.
  const isFraction = `${isNumber} AND typeof(${value}) = 'real'`;
  return {
    json,
    text: `CASE WHEN ${type} IN ('text', 'null') THEN ${value} ELSE ${json} END`,
    isString: `${type} = 'text'`,
    isNumber,
    isBoolean: `${type} IN ('true', 'false')`,
    number: `(${value})`,
    integer: `CASE WHEN ${type} IN ('integer', 'true', 'false') AND NOT (${isFraction}) THEN ${value} END`,
    fraction: `CASE WHEN ${isFraction} THEN ${value} END`,
  };
}

/** SQLite compares integers and doubles by their exact values. */
function numberOf(text: string): bigint | number {
  const [, sign, digits] = /^(-?)(\d+)$/.exec(text) ?? [];
  return digits !== undefined && fitsIn64Bits(digits, sign === '-') ? BigInt(text) : Number(text);
}
