import type { z } from 'zod';
import { didYouMean } from '../nearest-name.ts';
import { complain, isMapping, type SchemaComplaint } from './complain.ts';
import { hasField, idFieldsOf, type RecordKeys } from './record.ts';

interface SuppressedRecord extends RecordKeys {
  readonly suppress?: { readonly fields: readonly string[]; readonly mark: boolean } | undefined;
}

const MARK = 'suppressed';

/**
 * What can be known of `record.suppress` without the query: its fields are there, hold numbers and are not in the id.
 */
export function checkSuppress(record: SuppressedRecord, context: z.RefinementCtx): void {
  const { suppress, fields = {} } = record;
  if (suppress === undefined) return;
  for (const [index, name] of suppress.fields.entries()) {
    const isRepeated = suppress.fields.indexOf(name) < index;
    const complaint = isRepeated ? repeated(name) : fieldMistake(name, record);
    if (complaint !== undefined) complain(context, ['suppress', 'fields', index], complaint);
  }
  const names = isMapping(fields) ? Object.keys(fields) : [];
  const marked = names.find((name) => name.toLowerCase() === MARK);
  if (!suppress.mark || marked === undefined) return;
  const [expected, got] = [
    `mark: true only where no field is named ${MARK}`,
    `it beside the field ${marked}`,
  ];
  complain(context, ['suppress', 'mark'], { code: 'contradiction', expected, got });
}

const repeated = (name: string): SchemaComplaint => ({
  code: 'duplicate-key',
  expected: 'each field once',
  got: `a second "${name}"`,
});

function fieldMistake(name: string, record: SuppressedRecord): SchemaComplaint | undefined {
  const { fields = {} } = record;
  if (name === '_timestamp' || !hasField(record, name)) {
    const suggestion = didYouMean(name, Object.keys(fields));
    return { code: 'unknown-field', expected: 'the name of a record field', suggestion };
  }
  const mapping = isMapping(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (isInId(name, mapping, record)) {
    const expected = 'a field that is not in record.id, because the _id would give its numbers away';
    return { code: 'contradiction', expected };
  }
  const what = otherThanNumbers(mapping);
  if (what === undefined) return undefined;
  return { code: 'contradiction', expected: 'a field that holds numbers', got: `"${name}", ${what}` };
}

/** The ids of the template are made of columns. */
function isInId(name: string, mapping: unknown, record: SuppressedRecord): boolean {
  const { fields, style } = idFieldsOf(record);
  const column = (isMapping(mapping) ? mapping.column : mapping) ?? name;
  return fields.some((part) => {
    if (typeof part === 'string') {
      return part === name || (style === 'pp-db-collector-template' && part === column);
    }
    return 'field' in part ? part.field === name : 'column' in part && part.column === column;
  });
}

function otherThanNumbers(mapping: unknown): string | undefined {
  if (!isMapping(mapping)) return undefined;
  const { value, as: type } = mapping;
  if (typeof value === 'string' || typeof value === 'boolean') return 'a constant that is none';
  const isNumber = type === undefined || type === 'integer' || type === 'number';
  return isNumber ? undefined : `which has as: ${String(type)}`;
}
