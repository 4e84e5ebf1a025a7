import type { z } from 'zod';
import { isValidFieldName, KEY_FORM } from '../../model/write-api-rules.ts';
import { didYouMean } from '../nearest-name.ts';
import { complain, isMapping } from './complain.ts';

interface FieldFromColumn {
  readonly as?: string | undefined;
  readonly case?: 'lower' | 'upper' | undefined;
  readonly map?: Readonly<Record<string, unknown>> | undefined;
  readonly default?: unknown;
}

/** Keys of one field that contradict each other: `case`, `map` and `default` apply to strings, in this order. */
export function checkField(field: FieldFromColumn, context: z.RefinementCtx): void {
  const contradiction = (key: string, expected: string, got: string) =>
    complain(context, [key], { code: 'contradiction', expected, got, atKey: true });
  if (field.default !== undefined && field.map === undefined) {
    contradiction('default', 'default only beside map', 'default without map');
  }
  for (const key of ['case', 'map'] as const) {
    if (field[key] === undefined || field.as === undefined || field.as === 'string') continue;
    contradiction(key, `${key} only for strings`, `${key} beside as: ${field.as}`);
  }
  const change = field.case === 'lower' ? 'toLowerCase' : 'toUpperCase';
  for (const key of field.case === undefined ? [] : Object.keys(field.map ?? {})) {
    if (key === key[change]()) continue;
    const suggestion = `write ${JSON.stringify(key[change]())}`;
    const expected = `${field.case} case, because case comes before map`;
    complain(context, ['map', key], {
      code: 'contradiction',
      expected,
      got: JSON.stringify(key),
      suggestion,
      atKey: true,
    });
  }
}

/** The names of a record's fields, by the rules of the write API. */
export function checkFieldNames(fields: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const seen = new Map<string, string>();
  for (const name of Object.keys(fields)) {
    const first = seen.get(name.toLowerCase());
    if (!isValidFieldName(name)) {
      const suggestion = name.toLowerCase() === '_timestamp' ? 'record.timestamp gives it' : undefined;
      const expected = `a field name of ${KEY_FORM}`;
      complain(context, [name], {
        code: 'wrong-value',
        expected,
        got: JSON.stringify(name),
        suggestion,
        atKey: true,
      });
    } else if (first !== undefined) {
      const expected = 'names that differ by more than upper and lower case';
      const got = `${JSON.stringify(name)} beside ${JSON.stringify(first)}`;
      complain(context, [name], { code: 'duplicate-key', expected, got, atKey: true });
    }
    seen.set(name.toLowerCase(), name);
  }
}

type IdPart = string | { readonly value: string } | { readonly field: string } | { readonly column: string };

interface IdKeys {
  readonly fields: readonly IdPart[];
  readonly style: string;
  readonly separator?: string | undefined;
  readonly charset?: string | undefined;
}

export interface RecordKeys {
  readonly timestamp?: string | { readonly column: string } | undefined;
  readonly id?: readonly string[] | IdKeys | undefined;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  readonly omit?: readonly string[] | undefined;
}

/** The rules between the keys of `record`: above all, that `id` names fields that the record will have. */
export function checkRecord(record: RecordKeys, context: z.RefinementCtx): void {
  if (record.fields !== undefined && record.omit !== undefined) {
    const [expected, got] = ['omit only where fields is left out', 'both'];
    complain(context, ['omit'], { code: 'contradiction', expected, got, atKey: true });
  }
  const isPlain = Array.isArray(record.id);
  const { fields, style, separator, charset } = idFieldsOf(record);
  if (separator !== undefined && style === 'sha256') {
    const [expected, got] = ['separator only with a style that joins the values', `style: ${style}`];
    complain(context, ['id', 'separator'], { code: 'contradiction', expected, got, atKey: true });
  }
  if (charset !== undefined && style !== 'pp-db-collector-template') {
    const [expected, got] = ['charset only with style: pp-db-collector-template', `style: ${style}`];
    complain(context, ['id', 'charset'], { code: 'contradiction', expected, got, atKey: true });
  }
  checkIdFields(record, { fields, style }, isPlain ? ['id'] : ['id', 'fields'], context);
}

/** What the id is made of, however it is written; of what, is not known yet where it is left out. */
export const idFieldsOf = ({ id = [] }: RecordKeys): IdKeys =>
  'style' in id ? id : { fields: id, style: 'sha256' };

function checkIdFields(
  record: RecordKeys,
  { fields, style }: IdKeys,
  path: readonly string[],
  context: z.RefinementCtx,
): void {
  for (const [index, part] of fields.entries()) {
    // What the template's style names may be columns, which only the database knows.
    const isName = typeof part === 'string' && style !== 'pp-db-collector-template';
    const name = isName ? part : fieldIn(part);
    if (name === undefined) continue;
    const fieldPath = [...path, index, ...(isName ? [] : ['field'])];
    if (isName && fields.indexOf(part) < index) {
      complain(context, fieldPath, {
        code: 'duplicate-key',
        expected: 'each field once',
        got: `a second "${name}"`,
      });
    } else if (name === '_id') {
      const expected = 'the name of a field that the id is made of';
      complain(context, fieldPath, { code: 'unknown-field', expected, got: '"_id", the id itself' });
    } else if (!hasField(record, name)) {
      const suggestion = didYouMean(name, ['_timestamp', ...Object.keys(record.fields ?? {})]);
      complain(context, fieldPath, {
        code: 'unknown-field',
        expected: 'the name of a record field',
        suggestion,
      });
    }
  }
}

const fieldIn = (part: IdPart): string | undefined =>
  typeof part === 'object' && 'field' in part ? part.field : undefined;

/** Whether the record will have the field; where every column becomes one, whether it may. */
export function hasField({ fields, omit, timestamp }: RecordKeys, name: string): boolean {
  if (name === '_timestamp') return true;
  if (fields !== undefined) return !isMapping(fields) || Object.hasOwn(fields, name);
  const column = typeof timestamp === 'string' ? timestamp : timestamp?.column;
  return isValidFieldName(name) && name !== column && omit?.includes(name) !== true;
}

/** A test expects something: records, or that rows are refused. */
export function checkTest(
  test: { readonly records?: unknown; readonly refused?: unknown },
  context: z.RefinementCtx,
): void {
  if (test.records !== undefined || test.refused !== undefined) return;
  complain(context, ['records'], {
    code: 'missing-key',
    expected: 'the records that the rows become, or refused for rows that become none',
  });
}
