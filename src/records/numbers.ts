import type { RawValue } from '../model/row.ts';
import { fitsIn64Bits } from '../model/write-api-rules.ts';
import { shown, UnfitValue } from './not-a-record.ts';

/** Numbers as the database prints them → JSON numbers, exact where the type is exact. */

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const LIMIT = 2 ** 63;

/** Most numbers are printed as JSON has them: up to 18 digits, no needless zeros. */
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,17})$/;
const PLAIN_DECIMAL = /^(?:0|-?[1-9]\d{0,17}|-?(?:0|[1-9]\d{0,17})\.\d*[1-9])$/;

const TOO_LARGE = 'Send it as a string ({ column: …, as: string }) or divide it in the query.';

/** An integer of at most 64 bits, digit by digit. */
export function integerJson(value: RawValue): string {
  const text = String(value);
  if (PLAIN_INTEGER.test(text)) return text;
  if (!INTEGER.test(text)) {
    throw new UnfitValue(`${shown(value)} is not an integer`, 'Use as: number, or cast it in the query.');
  }
  return exact(text.startsWith('-'), text.replace(/^[+-]/, ''), '');
}

/**
 * A decimal with exactly the database's digits, without trailing zeros of its fraction and never with an exponent.
 * Whoever changes this rule changes its shortcut in copied-values.ts, too.
 */
export function decimalJson(value: RawValue): string {
  const text = typeof value === 'number' ? plainDigits(value) : String(value);
  if (PLAIN_DECIMAL.test(text)) return text;
  const match = DECIMAL.exec(text);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  if (match === null || whole + fraction === '') {
    throw new UnfitValue(
      `${shown(value)} is not a number that JSON has`,
      'Leave such rows out, or turn them into null, in the query.',
    );
  }
  return exact(sign === '-', whole, fraction.replace(/0+$/, ''));
}

/** A binary floating-point number: the shortest text that reads back the same. */
export function floatJson(value: RawValue): string {
  const number = value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) {
    throw new UnfitValue(
      `${shown(value)} is not a number that JSON has`,
      'Leave such rows out, or turn them into null, in the query.',
    );
  }
  // Without an exponent it would be read as an integer, and one of more than 64 bits is refused.
  return Math.abs(number) >= LIMIT ? number.toExponential() : String(number);
}

/** `as: number`: any text that is a number. */
export function numberJson(value: RawValue): string {
  if (typeof value === 'number' || (typeof value === 'string' && /\de[+-]?\d+$/i.test(value)))
    return floatJson(value);
  return decimalJson(value);
}

function exact(negative: boolean, whole: string, fraction: string): string {
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  if (digits === '0' && fraction === '') return '0';
  if (fraction === '' && !fitsIn64Bits(digits, negative)) {
    throw new UnfitValue(
      `${shown(whole)} is an integer of more than 64 bits, which the write API refuses`,
      TOO_LARGE,
    );
  }
  if (digits.length > 308) throw new UnfitValue('a number of more than 308 digits', TOO_LARGE);
  return `${negative ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The shortest decimal text of a double, with its exponent written out. */
export function plainDigits(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction)
    .padEnd(point, '0')
    .padStart(whole.length + fraction.length + Math.max(0, -point), '0');
  if (point >= digits.length) return sign + digits;
  return point > 0 ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}` : `${sign}0.${digits}`;
}
