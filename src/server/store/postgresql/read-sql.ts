import type { FieldParts, FieldSql, ReadSql } from '../sql/read-sql.ts';

export const POSTGRESQL: ReadSql = {
  parameter: (index) => `$${index}::text`,
  numberParameter: (text) => ({ value: text, cast: numeric }),
  parts: (name, bind) => ({
    json: `(json::json -> ${bind(name)})::text`,
    value: `(json::json ->> ${bind(name)})`,
    type: `json_typeof(json::json -> ${bind(name)})`,
  }),
  textParts: (text) => ({ json: `to_json(${text})::text`, value: text, type: "'string'::text" }),
  field,
  position: 'position',
  monday: "to_char(date_trunc('week', substr(timestamp, 1, 10)::timestamp), 'YYYY-MM-DD')",
  groupKey: ({ isNumber, number, json }) =>
    `CASE WHEN ${isNumber} THEN trim_scale(${number})::text ELSE ${json} END`,
  distinct: (text) => `json_agg(DISTINCT ${text})::text`,
  collation: 'COLLATE "C"',
  apart: 'OFFSET 0',
  stillWanted: '',
  countAll: 'count(*)',
};

function field({ json, value, type }: FieldParts): FieldSql {
  const isNumber = `${type} = 'number'`;
  const number = numeric(value);
  const isInteger = `${value} ~ '^-?[0-9]+$' AND ${number} BETWEEN -9223372036854775808 AND 9223372036854775807`;
  return {
    json,
    text: value,
    isString: `${type} = 'string'`,
    isNumber,
    isBoolean: `${type} = 'boolean'`,
    number,
    integer: `CASE ${type} WHEN 'number' THEN CASE WHEN ${isInteger} THEN ${value}::bigint END
      WHEN 'boolean' THEN ${value}::boolean::int END`,
    fraction: `CASE WHEN ${isNumber} THEN CASE WHEN NOT (${isInteger}) THEN ${number} END END`,
  };
}

/** What has so large a negative exponent is nothing to a double, and an error to `numeric`. */
function numeric(text: string): string {
  return `CASE WHEN ${text} ~ '[eE][-+]?0*[0-9]{4}' THEN 0 ELSE ${text}::numeric END`;
}
