import { format as formatOf } from 'd3-format';
import type { NumberFormat } from '../model/dashboard.ts';

const DIGITS = 3;

/** A number as its module writes it: `1,235`, `12.3k`, `£3.50`, `12.3%`, `2m 5s`. */
export function formatNumber(value: number, format: NumberFormat): string {
  switch (format.type) {
    case 'number':
      return scaledText(value, format);
    case 'integer':
      return plainText(value, 0);
    case 'percent':
      return `${plainText(shifted(value, 2), format.decimals ?? 1)}%`;
    case 'currency':
      return currencyText(value, format);
    case 'duration':
      return durationText(value, format);
  }
}

/** How much something has changed: `+48.31%`, `−5.00%`, `0%`. @param share of what was before */
export function changeText(share: number): string {
  const percentage = rounded(shifted(share, 2), 2);
  return percentage === 0 ? '0%' : `${formatOf('+,.2f')(percentage)}%`;
}

/** From where on a magnitude is used: below, a number of three digits would lose some of its own. */
const MAGNITUDES = [
  { from: 999_500_000, exponent: 9, suffix: 'bn' },
  { from: 999_500, exponent: 6, suffix: 'm' },
  { from: 9_995, exponent: 3, suffix: 'k' },
] as const;

function scaledText(value: number, format: NumberFormat): string {
  const { magnitude, decimals, significant_digits: digits = DIGITS } = format;
  const scale = magnitude === true ? MAGNITUDES.find(({ from }) => Math.abs(value) >= from) : undefined;
  const scaled = scale === undefined ? value : shifted(value, -scale.exponent);
  return `${plainText(scaled, decimals ?? placesFor(scaled, digits))}${scale?.suffix ?? ''}`;
}

/** Places behind the point that leave so many significant digits; those before it are all shown. */
function placesFor(value: number, digits: number): number {
  if (value === 0) return 0;
  return Math.min(Math.max(Math.ceil(digits - 1 - Math.log10(Math.abs(value))), 0), digits - 1);
}

function currencyText(value: number, format: NumberFormat): string {
  const { symbol = '£', pence = value !== 0 && Math.abs(value) < 10, magnitude } = format;
  const size = Math.abs(value);
  const isScaled = magnitude === true && size >= 9_995;
  const text = isScaled
    ? scaledText(size, { type: 'number', magnitude })
    : pence
      ? formatOf(',.2f')(rounded(size, 2))
      : plainText(size, 0);
  return `${value < 0 ? MINUS : ''}${symbol}${text}`;
}

const MINUS = '\u2212';

/** @param value milliseconds */
function durationText(
  value: number,
  { unit = 'ms', significant_digits: digits = DIGITS }: NumberFormat,
): string {
  const inUnit = (amount: number) => `${plainText(amount, placesFor(amount, digits))}${unit}`;
  if (unit === 'ms') return inUnit(value);
  if (unit === 's') return inUnit(shifted(value, -3));
  const seconds = rounded(shifted(Math.abs(value), -3), 0);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [
    ...(minutes === 0 ? [] : [`${plainText(minutes, 0)}m`]),
    ...(rest === 0 ? [] : [`${rest}s`]),
  ];
  return `${value < 0 ? MINUS : ''}${parts.join(' ') || '0m'}`;
}

/** With commas, and without zeros at the end of its fraction. */
const plainText = (value: number, places: number): string =>
  formatOf(`,.${places}~f`)(rounded(value, places));

/** Half up by its decimal digits, as people round: 1.005 is written, whatever its double is. */
function rounded(value: number, places: number): number {
  const whole = Math.round(shifted(Math.abs(value), places));
  return Math.sign(value) * shifted(whole, -places);
}

/** The number with its decimal point moved, without the errors of a multiplication. */
function shifted(value: number, places: number): number {
  const [digits, exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}
