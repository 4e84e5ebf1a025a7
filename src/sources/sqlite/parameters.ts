import type { BoundParameter, ParameterRules } from '../parameters.ts';

export const PARAMETERS: ParameterRules = {
  // Texts are compared, and `2014-06-01` is not after any way of writing the first moment of that day.
  instant: (date, time) => (time === '00:00:00' ? date : `${date} ${time}`),
  zone: (name) => name,
  placeholder: ({ name }) => `:${name}`,
  areInOrderOfUse: false,
};

/** What SQLite binds: it compares a value by its storage class. */
export type SqliteValue = string | number | bigint;

/** The value of a parameter: numbers as numbers, exact as far as SQLite is, everything else as text. */
export function boundValue({ kind, text }: BoundParameter): SqliteValue {
  if (kind !== 'number') return text;
  if (!/^[+-]?\d+$/.test(text)) return Number(text);
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : Number(text);
}
