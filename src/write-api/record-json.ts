import { isStorable } from '../model/write-api-rules.ts';
import { WriteApiError } from './write-api-error.ts';

/** A record as programs hold it: a flat object. */
export type RecordObject = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The JSON of a record: an object is checked and serialised, a text is taken as the JSON of one record.
 * Throws a WriteApiError for values that would break a write API or arrive as something else.
 */
export function recordJson(record: RecordObject | string): string {
  if (typeof record === 'string') return record;
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw invalid('A record is not an object.');
  }
  for (const [key, value] of Object.entries(record)) {
    const problem = isStorable(key) ? problemOf(value) : 'a name';
    if (problem !== undefined)
      throw invalid(`The field ${JSON.stringify(key)} of a record holds ${problem}.`);
  }
  return JSON.stringify(record);
}

function problemOf(value: unknown): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string')
    return isStorable(value) ? undefined : 'a string with U+0000 or half a character';
  if (typeof value !== 'number') return `a value of type ${typeof value}`;
  return Number.isFinite(value) ? undefined : 'a number that is not finite';
}

function invalid(message: string): WriteApiError {
  return new WriteApiError(message, {
    kind: 'invalid-record',
    side: 'refused',
    remedy: 'Give strings, finite numbers, booleans and null; nothing of this call was sent.',
  });
}
