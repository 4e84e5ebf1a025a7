import { formatDate } from '../calendar/date-time.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { FieldMapping } from '../config/schema/job-schema.ts';
import type { Column, ColumnKind, RawValue } from '../model/row.ts';
import { isStorable } from '../model/write-api-rules.ts';
import { copyDecimal, copyFloat, copyInteger, copyPaddedText, copyText } from './copied-values.ts';
import { dateText, instantTexts, type LocalTime, perHour } from './date-times.ts';
import { hourly } from './hourly-writer.ts';
import { shown, UnfitValue } from './not-a-record.ts';
import { decimalJson, floatJson, integerJson, numberJson } from './numbers.ts';
import { copying, copyingByType, remembering, type TextEncoding, type ValueWriter } from './value-writers.ts';

/** Turns a raw value that is not null into JSON text. Throws UnfitValue when it does not fit. */
export type ValueEncoder = (value: RawValue) => string;

export type FieldType = NonNullable<Extract<FieldMapping, { column: string }>['as']>;

/** What the encoders of one query need to know besides the columns. */
export interface ValueRules {
  readonly localTime: LocalTime;
  /** Zone of the job: `as: date` gives its local date. */
  readonly timezone: string;
}

/** A string as it stands, escaped. */
export function textJson(value: RawValue): string {
  const text = String(value);
  const json = JSON.stringify(text);
  // Only a text with something to escape can hold what must not be sent.
  if (json.length !== text.length + 2 && !isStorable(text)) {
    throw new UnfitValue(
      'holds U+0000 or half of a character (a lone surrogate), which the write API cannot store',
      "Remove it in the query, e.g. with replace(column, char(0), '').",
    );
  }
  return json;
}

const paddedTextJson: ValueEncoder = (value) => textJson(String(value).replace(/ +$/, ''));

const BOOLEANS: Readonly<Record<string, string>> = {
  t: 'true',
  true: 'true',
  '1': 'true',
  f: 'false',
  false: 'false',
  '0': 'false',
};

const booleanJson: ValueEncoder = (value) => {
  const json = BOOLEANS[String(value).toLowerCase()];
  if (json === undefined)
    throw new UnfitValue(
      `${shown(value)} is not a boolean`,
      'Leave out as: boolean, or compare in the query.',
    );
  return json;
};

const dynamicJson: ValueEncoder = (value) => {
  if (typeof value === 'bigint') return integerJson(value);
  return typeof value === 'number' ? floatJson(value) : textJson(value);
};

const quoted = (json: string) => (json.startsWith('"') ? json : `"${json}"`);

/** The encoder for the values of a column, by its type. */
export function encoderOf(kind: Exclude<ColumnKind, 'unsupported'>, rules: ValueRules): ValueEncoder {
  const instantOf = instantTexts(rules.localTime);
  const encoders: Record<typeof kind, ValueEncoder> = {
    integer: integerJson,
    decimal: decimalJson,
    float: floatJson,
    boolean: booleanJson,
    text: textJson,
    'padded-text': paddedTextJson,
    date: (value) => `"${dateText(value)}"`,
    'local-datetime': (value) => `"${instantOf(value)}"`,
    instant: (value) => `"${instantOf(value)}"`,
    dynamic: dynamicJson,
  };
  return encoders[kind];
}

/** The encoder for `as: …`. */
export function encoderAs(type: FieldType, column: Column, rules: ValueRules): ValueEncoder {
  const kind = column.kind === 'unsupported' ? 'text' : column.kind;
  const base = encoderOf(kind, rules);
  const instantOf = instantTexts(rules.localTime);
  const localDateOf = perHour(rules.localTime, (instant) => formatDate(wallClockAt(instant, rules.timezone)));
  const isDate = (value: RawValue) => String(value).length === 10;
  const encoders: Record<FieldType, ValueEncoder> = {
    integer: (value) => integerJson(numberJson(value)),
    number: numberJson,
    string: (value) => quoted(base(value)),
    boolean: booleanJson,
    date: (value) => `"${isDate(value) ? dateText(value) : localDateOf(String(value))}"`,
    datetime: (value) => `"${isDate(value) ? `${dateText(value)}T00:00:00Z` : instantOf(value)}"`,
  };
  return encoders[type];
}

type Shortcut = (encode: TextEncoding) => ValueWriter;

const SHORTCUTS: Readonly<Record<Exclude<ColumnKind, 'unsupported'>, Shortcut>> = {
  integer: (encode) => copying(copyInteger, encode),
  decimal: (encode) => copying(copyDecimal, encode),
  float: (encode) => copying(copyFloat, encode),
  boolean: remembering,
  text: (encode) => copying(copyText, encode),
  'padded-text': (encode) => copying(copyPaddedText, encode),
  date: remembering,
  'local-datetime': hourly,
  instant: hourly,
  dynamic: (encode) => copyingByType(copyFloat, copyText, encode),
};

const SHORTCUTS_AS: Readonly<Record<FieldType, Shortcut>> = {
  integer: SHORTCUTS.integer,
  number: SHORTCUTS.decimal,
  string: remembering,
  boolean: remembering,
  date: hourly,
  datetime: hourly,
};

/** The shortest way to what `encode` makes of the values of a column. */
export function writerOf(
  kind: Exclude<ColumnKind, 'unsupported'>,
  type: FieldType | undefined,
  encode: TextEncoding,
): ValueWriter {
  const isText = kind === 'text' && type === 'string';
  return (type === undefined || isText ? SHORTCUTS[kind] : SHORTCUTS_AS[type])(encode);
}
