import { isUtf8 } from 'node:buffer';
import type { GrowingBytes } from '../model/growing-bytes.ts';

/**
 * Writes the JSON of a value whose bytes are, but for quotes, backslashes and needless zeros, those of its JSON;
 * returns false, and has written nothing, for any other: the rules for those are the encoders' of texts. Whoever
 * changes a rule here changes it in numbers.ts, or for texts in values.ts, too: test/records/value-writers.test.ts
 * compares the two.
 */
export type PlainCopy = (bytes: Uint8Array, start: number, end: number, json: GrowingBytes) => boolean;

const [MINUS, POINT, ZERO, NINE, QUOTE, BACKSLASH, BLANK, DELETE] = [
  0x2d, 0x2e, 0x30, 0x39, 0x22, 0x5c, 0x20, 0x7f,
];
/** All numbers of so many digits fit into 64 bits. */
const DIGITS_OF_INTEGER = 18;
/** Of so many digits a double keeps each. */
const DIGITS_OF_DOUBLE = 15;
/** A double with more zeros behind its point is printed with an exponent. */
const ZEROS_OF_DOUBLE = 5;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** Where the digits that begin somewhere end. */
function digitsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at])) at++;
  return at;
}

/** Where the digits before the point end; -1 where they are not written as JSON has them. */
function wholeEnd(bytes: Uint8Array, first: number, end: number): number {
  const whole = digitsEnd(bytes, first, end);
  if (whole === first || whole - first > DIGITS_OF_INTEGER) return -1;
  return bytes[first] === ZERO && whole - first > 1 ? -1 : whole;
}

export const copyInteger: PlainCopy = (bytes, start, end, json) => {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (wholeEnd(bytes, first, end) !== end) return false;
  if (first > start && bytes[first] === ZERO) return false;
  json.copy(bytes, start, end);
  return true;
};

/** Where a decimal ends without the needless zeros of its fraction; -1 where it is not plain. */
function decimalEnd(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  const whole = wholeEnd(bytes, first, end);
  if (whole === -1) return -1;
  let last = whole;
  if (whole < end) {
    if (bytes[whole] !== POINT || digitsEnd(bytes, whole + 1, end) !== end) return -1;
    last = end;
    while (bytes[last - 1] === ZERO) last--;
    if (last === whole + 1) last = whole;
  }
  const isMinusZero = first > start && bytes[first] === ZERO && last === whole;
  return isMinusZero ? -1 : last;
}

export const copyDecimal: PlainCopy = (bytes, start, end, json) => {
  const last = decimalEnd(bytes, start, end);
  if (last === -1) return false;
  json.copy(bytes, start, last);
  return true;
};

export const copyFloat: PlainCopy = (bytes, start, end, json) => {
  const last = decimalEnd(bytes, start, end);
  if (last === -1 || last - start > DIGITS_OF_DOUBLE) return false;
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (bytes[first] === ZERO) {
    let at = first + 2;
    while (at < last && bytes[at] === ZERO) at++;
    if (at - first - 2 > ZEROS_OF_DOUBLE) return false;
  }
  json.copy(bytes, start, last);
  return true;
};

export const copyText: PlainCopy = (bytes, start, end, json) => {
  // Each byte may be a quote or a backslash, which gets another one in front.
  json.reserve((end - start) * 2 + 2);
  const out = json.bytes;
  let at = json.length;
  let all = 0;
  out[at++] = QUOTE;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    if (byte < BLANK) return false;
    if (byte === QUOTE || byte === BACKSLASH) out[at++] = BACKSLASH;
    all |= byte;
    out[at++] = byte;
  }
  // Of a database that does not check its texts.
  if (all > DELETE && !isUtf8(bytes.subarray(start, end))) return false;
  out[at++] = QUOTE;
  json.length = at;
  return true;
};

export const copyPaddedText: PlainCopy = (bytes, start, end, json) => {
  let last = end;
  while (last > start && bytes[last - 1] === BLANK) last--;
  return copyText(bytes, start, last, json);
};
