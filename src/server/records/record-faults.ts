import { fitsIn64Bits, isStorable, isValidKey, KEY_FORM } from '../../model/write-api-rules.ts';
import type { ReceivedRecord } from './parse-json.ts';

/** What a record may hold. */

/** Reserved keys that a client may send; unlike other keys they are compared case-sensitively. */
const RESERVED_KEYS: readonly string[] = ['_id', '_timestamp', '_start_at', '_end_at'];
/** Characters of an `_id`: what fits into an index entry of PostgreSQL together with the name of the data set. */
const MAXIMUM_ID_LENGTH = 2_600;
const SHOWN_CHARACTERS = 100;

/** What is wrong with the first bad key or value of a record; undefined when nothing is. */
export function firstFault(record: ReceivedRecord): string | undefined {
  for (const key in record) {
    const value = record[key];
    const fault = keyFault(key) ?? valueFault(key, value) ?? (key === '_id' ? idFault(value) : undefined);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * A value for a message: as JSON, cut when it is long; lists and objects, which may be as deep as one likes, by their
 * brackets.
 */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null && !JSON.isRawJSON(value)) return '{…}';
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function keyFault(key: string): string | undefined {
  if (key.startsWith('_')) {
    if (RESERVED_KEYS.includes(key)) return undefined;
    return `${valueText(key)} cannot be sent: keys that start with _ belong to the platform`;
  }
  return isValidKey(key) ? undefined : `${valueText(key)} is not a valid key: ${KEY_FORM}`;
}

function valueFault(key: string, value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return isStorable(value) ? undefined : `${key} holds U+0000 or half of a surrogate pair`;
    case 'number':
      return Number.isFinite(value) ? undefined : `${key} is a number that cannot be stored`;
    case 'boolean':
      return undefined;
    default:
      if (JSON.isRawJSON(value)) return integerFault(key, value.rawJSON);
      return value === null ? undefined : `${key} must be a string, a number, a boolean or null`;
  }
}

function integerFault(key: string, text: string): string | undefined {
  const [, sign, digits] = /^(-?)(\d+)$/.exec(text) ?? [];
  if (digits === undefined || fitsIn64Bits(digits, sign === '-')) return undefined;
  return `${key} is an integer of more than 64 bits`;
}

const ASCII_WITHOUT_WHITE_SPACE = /^[^\s\u0080-\uffff]*$/;

function idFault(value: unknown): string | undefined {
  if (typeof value !== 'string') return `_id must be a string, not ${valueText(value)}`;
  if (value === '') return '_id is empty';
  if (value.length > MAXIMUM_ID_LENGTH)
    return `_id is longer than ${MAXIMUM_ID_LENGTH} characters: ${valueText(value)}`;
  if (ASCII_WITHOUT_WHITE_SPACE.test(value)) return undefined;
  return `_id must be ASCII without white space, not ${valueText(value)}`;
}
