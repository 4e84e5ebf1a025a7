import { precisionFixed } from 'd3-format';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { NumberFormat } from '../../model/dashboard.ts';
import { formatNumber } from '../format-number.ts';

/** Pixels of the part of a chart in which values are drawn. */
export const PLOT_HEIGHT = 240;
const TICKS = 4;

export interface ValueAxis {
  /** From values to pixels below the upper edge. */
  readonly scale: ScaleLinear<number, number>;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** Shares of a whole add up to it but for what they were rounded by, unless some of them are negative. */
const WHOLE = 1.000_001;

/** From 0, or below it, to a round number above all values; shares of a whole to 100%. */
export function valueAxis(values: readonly number[], format: NumberFormat, isShare: boolean): ValueAxis {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const isAboveHalf = format.type === 'percent' && most > 0.5;
  const isWhole = (isShare || isAboveHalf) && most <= WHOLE;
  const top = isWhole ? 1 : most > least ? most : 1;
  const scale = scaleLinear().domain([least, top]).nice(TICKS).range([PLOT_HEIGHT, 0]);
  const areIntegers =
    format.type !== 'percent' && format.type !== 'currency' && values.every(Number.isInteger);
  const ticks = scale.ticks(TICKS).filter((tick) => !areIntegers || Number.isInteger(tick));
  const textOf = tickText(ticks, format);
  return { scale, ticks: ticks.map((value) => ({ value, text: textOf(value) })) };
}

const MAGNITUDES = [
  { from: 1e9, suffix: 'bn' },
  { from: 1e6, suffix: 'm' },
  { from: 1e4, divisor: 1e3, suffix: 'k' },
] as const;

/** All ticks have the magnitude of the largest, and as many digits behind the point as tell them from each other. */
function tickText(ticks: readonly number[], format: NumberFormat): (tick: number) => string {
  if (format.type === 'duration') return (tick) => formatNumber(tick, format);
  const [first = 0, second = 1] = ticks;
  const placesOf = (unit: number) => precisionFixed((second - first) / unit);
  if (format.type === 'percent')
    return (tick) => formatNumber(tick, { type: 'percent', decimals: placesOf(0.01) });
  const largest = Math.max(...ticks.map(Math.abs));
  const magnitude = MAGNITUDES.find(({ from }) => largest >= from);
  const divisor = magnitude === undefined ? 1 : 'divisor' in magnitude ? magnitude.divisor : magnitude.from;
  const symbol = format.type === 'currency' ? (format.symbol ?? '£') : '';
  return (tick) => {
    const number = formatNumber(Math.abs(tick) / divisor, { type: 'number', decimals: placesOf(divisor) });
    return `${tick < 0 ? '\u2212' : ''}${symbol}${number}${tick === 0 ? '' : (magnitude?.suffix ?? '')}`;
  };
}
