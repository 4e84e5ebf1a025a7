/** Numbers as decimal texts, compared exactly whatever their size. */

const PLAIN = /^[+-]?\d{1,15}$/;
const WITH_EXPONENT = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/** `sign` × 0.`digits` × 10^`magnitude`; digits without zeros at either end, none of them for zero. */
interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly magnitude: number;
  readonly digits: string;
}

/** Below, at or above zero as `a` is below, equal to or above `b`; undefined when one of them is not a number. */
export function compareDecimals(a: string, b: string): number | undefined {
  if (PLAIN.test(a) && PLAIN.test(b)) return Number(a) - Number(b);
  const [one, other] = [parse(a), parse(b)];
  if (one === undefined || other === undefined) return undefined;
  if (one.sign !== other.sign) return one.sign - other.sign;
  const bySize = one.magnitude - other.magnitude || compareDigits(one.digits, other.digits);
  return bySize === 0 ? 0 : bySize * one.sign;
}

function parse(text: string): Decimal | undefined {
  const match = WITH_EXPONENT.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  if (all === '') return undefined;
  const first = all.search(/[1-9]/);
  if (first === -1) return { sign: 0, magnitude: 0, digits: '' };
  let end = all.length;
  while (all[end - 1] === '0') end--;
  return {
    sign: sign === '-' ? -1 : 1,
    magnitude: whole.length - first + Number(exponent),
    digits: all.slice(first, end),
  };
}

/** The same for texts of digits at the same places. */
export const compareDigits = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
