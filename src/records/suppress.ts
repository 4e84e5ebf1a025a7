import type { RecordMapping, RecordSettings, SuppressSettings } from '../config/schema/job-schema.ts';
import { compareDecimals } from './compare-decimals.ts';
import type { Field, FieldWriter } from './fields.ts';
import { isInId } from './id-parts.ts';
import { MappingError, NotARecordError } from './not-a-record.ts';
import { PAIR } from './record-pairs.ts';

const MARK = 'suppressed';
const NUMBER = /^[-\d]/;

/**
 * The fields of a record, of which those that hide small numbers take nothing but numbers: in a text nobody would see
 * one. Throws MappingError.
 */
export function fieldsToSuppress(mapping: RecordMapping, fields: readonly Field[]): readonly Field[] {
  const settings = mapping.suppress;
  if (settings === undefined) return fields;
  refuseUnfit(settings, mapping.id, fields);
  const numbersOnly =
    (field: Field): FieldWriter =>
    (rows, row, json) => {
      const start = json.length;
      field.write(rows, row, json);
      const text = json.bytes.toString('utf8', start, json.length);
      if (text !== 'null') numberIn(field.name, text);
    };
  return fields.map((field) =>
    settings.fields.includes(field.name) ? { ...field, write: numbersOnly(field) } : field,
  );
}

/** Blanks the small numbers in the JSON of a record. Throws NotARecordError where it cannot tell. */
export type Suppressor = (json: string) => string;

/**
 * Small counts may tell about single people: they are blanked when a record is sent, by the settings of that moment;
 * until then it keeps its numbers. Undefined: nothing is to be blanked.
 */
export function compileSuppressor({ suppress: settings }: RecordSettings): Suppressor | undefined {
  if (settings === undefined) return undefined;
  const hidden = new Set(settings.fields);
  const isSmall = smallness(settings);
  const replacement = JSON.stringify(settings.replace_with);
  // Stored by an older version, a record may have been blanked already.
  const isBlank = (name: string, value: string) =>
    (value === replacement && value.startsWith('"')) || isSmall(numberIn(name, value));
  return (json) => {
    let [isBlanked, isMarked] = [false, false];
    const text = json.replace(PAIR, (pair: string, name: string, value: string) => {
      if (name === MARK) isMarked = true;
      if (value === 'null' || !hidden.has(name) || !isBlank(name, value)) return pair;
      isBlanked = true;
      return `"${name}":${replacement}`;
    });
    return settings.mark && isBlanked && !isMarked ? `${text.slice(0, -1)},"${MARK}":true}` : text;
  };
}

/**
 * Whether the JSON text of a number is to be blanked. Rounding keeps the order, so that only equal doubles need their
 * digits.
 */
export function smallness({ below, zero }: SuppressSettings): (json: string) => boolean {
  const limit = String(below);
  return (json) => {
    const rounded = Number(json);
    if (rounded > below || (rounded === below && (compareDecimals(json, limit) ?? 0) >= 0)) return false;
    return zero || rounded !== 0 || compareDecimals(json, '0') !== 0;
  };
}

function numberIn(name: string, json: string): string {
  if (NUMBER.test(json)) return json;
  throw new NotARecordError(
    `the field ${name} is to be suppressed when it is small, and holds a ` +
      `${json.startsWith('"') ? 'string' : 'boolean'}`,
    `Add as: integer or as: number to record.fields.${name}, or select a number in the query.`,
  );
}

function refuseUnfit(settings: SuppressSettings, id: RecordMapping['id'], fields: readonly Field[]): void {
  for (const name of settings.fields) {
    const field = fields.find((each) => each.name === name);
    if (field === undefined) {
      throw new MappingError(
        `record.suppress names the field ${name}, which the record does not have`,
        `Name fields of the record: ${fields.map((each) => each.name).join(', ')}.`,
      );
    }
    refuseInId(field, id);
  }
  const marked = fields.find((each) => each.name.toLowerCase() === MARK);
  if (settings.mark && marked !== undefined) {
    throw new MappingError(
      `the record has a field ${marked.name}, and record.suppress.mark adds one of that name`,
      'Give the field another name, or leave out mark.',
    );
  }
}

/** An id is a hash: with so few numbers to try, it gives the number away. */
function refuseInId(field: Field, id: RecordMapping['id']): void {
  if (!isInId(id, field.name, field.column?.name)) return;
  throw new MappingError(
    `the field ${field.name} is in record.suppress and in record.id, and the _id would give its numbers away`,
    'Leave it out of record.id; take fields that tell the records apart without it.',
  );
}
