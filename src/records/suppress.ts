import type { Row } from '../collect/interfaces.ts';
import type { RecordMapping, SuppressSettings } from '../config/job-schema.ts';
import { compareDecimals } from './decimals.ts';
import type { Field } from './fields.ts';
import { MappingError, NotARecordError } from './not-a-record.ts';

/** The fields of a record, of which some hide small numbers. */
export interface Suppression {
  readonly fields: readonly Field[];
  /** Before the fields of a row are encoded. */
  begin(): void;
  /** What a record ends with once its fields are encoded: the mark, if it gets one. */
  ending(): string;
}

const MARK = 'suppressed';
const NUMBER = /^[-\d]/;

/** Small counts may tell about single people: they are blanked before they are part of a record. Throws MappingError. */
export function compileSuppression(mapping: RecordMapping, fields: readonly Field[]): Suppression {
  const settings = mapping.suppress;
  if (settings === undefined) return { fields, begin: () => undefined, ending: () => '' };
  refuseUnfit(settings, mapping.id, fields);
  let isBlanked = false;
  const isSmall = smallness(settings);
  const replacement = JSON.stringify(settings.replace_with);
  const blanking = (field: Field) => (row: Row) => {
    const json = field.encode(row);
    if (json === 'null' || !isSmall(numberIn(field, json))) return json;
    isBlanked = true;
    return replacement;
  };
  return {
    fields: fields.map((field) =>
      settings.fields.includes(field.name) ? { ...field, encode: blanking(field) } : field,
    ),
    begin: () => {
      isBlanked = false;
    },
    ending: () => (settings.mark && isBlanked ? `,"${MARK}":true` : ''),
  };
}

/** Whether the JSON text of a number is to be blanked. Rounding keeps the order, so that only equal doubles need their digits. */
function smallness({ below, zero }: SuppressSettings): (json: string) => boolean {
  const limit = String(below);
  return (json) => {
    const rounded = Number(json);
    if (rounded > below || (rounded === below && (compareDecimals(json, limit) ?? 0) >= 0)) return false;
    return zero || rounded !== 0 || compareDecimals(json, '0') !== 0;
  };
}

function numberIn(field: Field, json: string): string {
  if (NUMBER.test(json)) return json;
  throw new NotARecordError(
    `the field ${field.name} is to be suppressed when it is small, and holds a ${json.startsWith('"') ? 'string' : 'boolean'}`,
    `Add as: integer or as: number to record.fields.${field.name}, or select a number in the query.`,
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
  const names = Array.isArray(id) ? id : id.fields;
  // The ids of the template are made of columns.
  const isColumn = !Array.isArray(id) && id.style === 'pp-db-collector-template';
  if (!names.includes(field.name) && !(isColumn && names.includes(field.column?.name ?? ''))) return;
  throw new MappingError(
    `the field ${field.name} is in record.suppress and in record.id, and the _id would give its numbers away`,
    'Leave it out of record.id; take fields that tell the records apart without it.',
  );
}
