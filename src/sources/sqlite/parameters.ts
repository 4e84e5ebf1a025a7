import type { BoundParameter } from '../parameters.ts';

/** What SQLite binds: it compares a value by its storage class. */
export type SqliteValue = string | number | bigint;

/** The value of a parameter: numbers as numbers, exact as far as SQLite is, everything else as text. */
export function boundValue({ kind, text }: BoundParameter): SqliteValue {
  if (kind !== 'number') return text;
  if (!/^[+-]?\d+$/.test(text)) return Number(text);
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : Number(text);
}
