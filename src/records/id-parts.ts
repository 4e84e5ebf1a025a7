import type { Period } from '../calendar/period.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { IdFormat } from './text-format.ts';

/** One of the things that an `_id` is made of. */
export type IdPart =
  | { readonly kind: 'value'; readonly text: string }
  | {
      /** `name`: of the template's style, the column of a field, or a column of the query. */
      readonly kind: 'field' | 'column' | 'name';
      readonly name: string;
      readonly format: IdFormat | undefined;
      /** What stands for a null; undefined: the row is not a record. */
      readonly nullAs: string | undefined;
    };

export type IdSettings = Extract<RecordMapping['id'], { style: string }>;

/** The `id` of a job, however short it is written. */
export const idSettingsOf = (id: RecordMapping['id']): IdSettings =>
  Array.isArray(id) ? { fields: id, style: 'sha256' } : id;

/** What an `_id` is made of, in its order. */
export function idPartsOf(id: RecordMapping['id']): IdPart[] {
  const { fields, style } = idSettingsOf(id);
  return fields.map((part) => {
    if (typeof part === 'string') {
      const kind = style === 'pp-db-collector-template' ? 'name' : 'field';
      return { kind, name: part, format: undefined, nullAs: undefined };
    }
    if ('value' in part) return { kind: 'value', text: part.value };
    const [kind, name] =
      'field' in part ? (['field', part.field] as const) : (['column', part.column] as const);
    return { kind, name, format: part.format, nullAs: part.null_as };
  });
}

/** The fields, and what may be fields, that an `_id` is made of. */
export const idFieldNames = (id: RecordMapping['id']): string[] =>
  idPartsOf(id).flatMap((part) => (part.kind === 'field' || part.kind === 'name' ? part.name : []));

/** A part in words, e.g. `column event_time as yyyy-MM-dd`. */
export function partText(part: IdPart): string {
  if (part.kind === 'value') return JSON.stringify(part.text);
  const format = part.format === undefined ? '' : ` as ${part.format}`;
  return `${part.kind === 'column' ? 'column ' : ''}${part.name}${format}`;
}

/** Whether two records with the same `_id` are always of the same period. */
export function tellsPeriod({ id, timestamp }: RecordMapping, period: Period): boolean {
  const column = typeof timestamp === 'object' ? timestamp.column : timestamp;
  return idPartsOf(id).some((part) => {
    if (part.kind === 'value' || (part.format === 'yyyy-MM-dd' && period === 'hour')) return false;
    return (
      (part.kind !== 'column' && part.name === '_timestamp') ||
      (part.kind !== 'field' && part.name === column)
    );
  });
}

/** Whether the `_id` tells what stands in a field, or in the column that the field comes from. */
export function isInId(id: RecordMapping['id'], field: string, column: string | undefined): boolean {
  return idPartsOf(id).some((part) => {
    if (part.kind === 'value') return false;
    return (part.kind !== 'column' && part.name === field) || (part.kind !== 'field' && part.name === column);
  });
}
