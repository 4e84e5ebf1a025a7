/**
 * JSON values as texts: as they were sent, integers of 64 bits too. Objects of a text and what it means, for
 * comparisons.
 */

export interface JsonValue {
  readonly json: string;
  readonly value: null | boolean | number | bigint | string | readonly JsonValue[];
}

const LONG_INTEGER = /^-?\d{16,}$/;

export function jsonValue(json: string): JsonValue {
  if (json.startsWith('[')) {
    const texts = JSON.parse(json, (_key, value: unknown, context?: { readonly source?: string }) =>
      Array.isArray(value) ? value : (context?.source ?? ''),
    ) as string[];
    return { json, value: texts.map(jsonValue) };
  }
  return { json, value: LONG_INTEGER.test(json) ? BigInt(json) : JSON.parse(json) };
}

/** The same for equal values; numbers are equal whatever their spelling. */
export function keyOf({ value }: JsonValue): string {
  return `${typeof value === 'bigint' ? 'number' : typeof value}:${value}`;
}

/** Each value once: null first, then booleans and numbers, then texts. */
export function distinctSorted(texts: Iterable<string>): readonly JsonValue[] {
  const ofKey = new Map<string, JsonValue>();
  for (const text of texts) {
    const value = jsonValue(text);
    const key = keyOf(value);
    if (!ofKey.has(key)) ofKey.set(key, value);
  }
  return [...ofKey.values()].sort(compareValues);
}

/**
 * As the original orders them: null, then booleans (false is 0, true 1) and numbers, then texts; lists entry by
 * entry.
 */
export function compareValues({ value: left }: JsonValue, { value: right }: JsonValue): number {
  if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right);
  const [leftRank, rightRank] = [rankOf(left), rankOf(right)];
  if (leftRank !== rightRank || left === null || right === null) return leftRank - rightRank;
  if (left < right) return -1;
  // In an order of their own, lest it be the database's: false before 0, true before 1.
  return left > right ? 1 : Number(typeof right === 'boolean') - Number(typeof left === 'boolean');
}

export function compareLists(left: readonly JsonValue[], right: readonly JsonValue[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index];
    const order = other === undefined ? 1 : compareValues(value, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function rankOf(value: JsonValue['value']): number {
  if (value === null) return 0;
  return typeof value === 'string' ? 2 : 1;
}
