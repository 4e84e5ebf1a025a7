/** The rules of the write API that do not depend on a query: what a key may be and what a value may hold. */

const KEY = /^[a-z_][a-z0-9_]+$/i;

/** Reserved keys that a client may send; every other key that starts with `_` belongs to the platform. */
const SENDABLE_RESERVED_KEYS: readonly string[] = ['_timestamp', '_id', '_start_at', '_end_at'];

/** The form of a key, for messages. */
export const KEY_FORM =
  'at least two characters: letters, digits and underscores, not starting with a digit; a leading underscore only ' +
  'in _start_at and _end_at';

/** Whether the write API takes `name` as the key of a value. Compared case-insensitively. */
export function isValidKey(name: string): boolean {
  return KEY.test(name) && (!name.startsWith('_') || SENDABLE_RESERVED_KEYS.includes(name.toLowerCase()));
}

/** Whether a record may have a field of this name besides its `_id` and `_timestamp`. */
export function isValidFieldName(name: string): boolean {
  return isValidKey(name) && !['_id', '_timestamp'].includes(name.toLowerCase());
}

/** Whether a string can be stored: U+0000 and lone surrogates break the database behind the original write API. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

const LARGEST = '9223372036854775807';
const SMALLEST = '9223372036854775808';

/** Whether the digits of an integer, without leading zeros, fit into signed 64 bits. */
export function fitsIn64Bits(digits: string, negative: boolean): boolean {
  if (digits.length !== LARGEST.length) return digits.length < LARGEST.length;
  return digits <= (negative ? SMALLEST : LARGEST);
}
