import type { ErrorObject, ValidateFunction } from 'ajv';
import { default as Draft4 } from 'ajv-draft-04';
import { default as addFormats } from 'ajv-formats';
import type { ReceivedRecord } from './parse-json.ts';
import { hasRealDate } from './timestamp.ts';

/** A data set's own schema (JSON Schema draft 4), compiled once. */

/** What the schema finds wrong with a record, one sentence for each fault. */
export type CheckRecord = (record: ReceivedRecord) => readonly string[];

/** Throws an Error whose message says why the schema cannot be used. */
export function compileSchema(schema: unknown): CheckRecord {
  if (typeof schema !== 'object' || schema === null) throw new Error('a schema is an object');
  const ajv = new Draft4.default({ allErrors: true, strict: false, logger: false });
  addFormats.default(ajv);
  ajv.addFormat('date-time', hasRealDate);
  const validate = ajv.compile(schema);
  return (record) => faults(validate, record).map(sentence);
}

function faults(validate: ValidateFunction, record: ReceivedRecord): readonly ErrorObject[] {
  const { plain, fractions } = plainNumbers(record);
  const asNumbers = errorsOf(validate, plain);
  if (fractions.length === 0) return asNumbers;
  // In draft 4 a number with a fraction is no integer, not even 1.0; in JavaScript it is. Halves are none in either.
  const halves = Object.fromEntries(fractions.map((field) => [field, 0.5]));
  const notIntegers = errorsOf(validate, { ...plain, ...halves }).filter(
    ({ keyword, instancePath, params }) =>
      keyword === 'type' &&
      String(params.type).includes('integer') &&
      fractions.includes(instancePath.slice(1)),
  );
  return [...notIntegers, ...asNumbers.filter((fault) => !notIntegers.some((other) => isSame(fault, other)))];
}

/** Faults within the branches of anyOf and oneOf are left out: the fault of the whole says it. */
function errorsOf(validate: ValidateFunction, record: ReceivedRecord): readonly ErrorObject[] {
  if (validate(record)) return [];
  const errors = validate.errors ?? [];
  return errors.filter(
    (error, index) =>
      !/\/(?:anyOf|oneOf)\/\d+\//.test(error.schemaPath) &&
      // One fault for all keys that do not belong, not one for each.
      !(
        error.keyword === 'additionalProperties' && errors.findIndex((other) => isSame(error, other)) < index
      ),
  );
}

function isSame(left: ErrorObject, right: ErrorObject): boolean {
  return left.schemaPath === right.schemaPath && left.instancePath === right.instancePath;
}

/**
 * A copy that holds JavaScript numbers only, and the names of the fields that were written with a fraction or
 * exponent.
 */
function plainNumbers(record: ReceivedRecord): { plain: ReceivedRecord; fractions: readonly string[] } {
  const written = Object.entries(record).filter(([, value]) => JSON.isRawJSON(value));
  if (written.length === 0) return { plain: record, fractions: [] };
  const texts = written.map(([field, value]) => [field, JSON.stringify(value)] as const);
  return {
    plain: { ...record, ...Object.fromEntries(texts.map(([field, text]) => [field, Number(text)])) },
    fractions: texts.filter(([, text]) => !/^-?\d+$/.test(text)).map(([field]) => field),
  };
}

function sentence({ instancePath, message, params, keyword }: ErrorObject): string {
  const field = instancePath.slice(1);
  if (keyword === 'enum') return `${field} must be one of ${JSON.stringify(params.allowedValues)}`;
  if (keyword === 'additionalProperties') return 'the record has fields that do not belong to the data set';
  return `${field === '' ? 'the record' : field} ${message}`;
}
