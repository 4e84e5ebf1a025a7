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

/** From 0, or below it, to a round number above all values; shares of a whole to 100%. */
export function valueAxis(values: readonly number[], format: NumberFormat, isShare: boolean): ValueAxis {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const isAboveHalf = format.type === 'percent' && most > 0.5 && most <= 1;
  const top = isShare || isAboveHalf ? 1 : most > least ? most : 1;
  const scale = scaleLinear().domain([least, top]).nice(TICKS).range([PLOT_HEIGHT, 0]);
  const isWhole = format.type !== 'percent' && format.type !== 'currency' && values.every(Number.isInteger);
  const ticks = scale.ticks(TICKS).filter((tick) => !isWhole || Number.isInteger(tick));
  const textOf = tickText(ticks, format);
  return { scale, ticks: ticks.map((value) => ({ value, text: textOf(value) })) };
}

const MAGNITUDES = [
  { from: 1e9, suffix: 'bn' },
  { from: 1e6, suffix: 'm' },
  { from: 1e4, divisor: 1e3, suffix: 'k' },
] as const;

/** All ticks have the magnitude of the largest, and as many digits behind the point as the one that needs most. */
function tickText(ticks: readonly number[], format: NumberFormat): (tick: number) => string {
  if (format.type === 'duration') return (tick) => formatNumber(tick, format);
  const largest = Math.max(...ticks.map(Math.abs));
  if (format.type === 'percent')
    return (tick) => formatNumber(tick, { type: 'percent', decimals: largest < 0.05 ? 2 : 0 });
  const magnitude = MAGNITUDES.find(({ from }) => largest >= from);
  const divisor = magnitude === undefined ? 1 : 'divisor' in magnitude ? magnitude.divisor : magnitude.from;
  const decimals = largest / divisor < 1 ? 2 : 1;
  const symbol = format.type === 'currency' ? (format.symbol ?? '£') : '';
  return (tick) => {
    const number = formatNumber(Math.abs(tick) / divisor, { type: 'number', decimals });
    return `${tick < 0 ? '\u2212' : ''}${symbol}${number}${tick === 0 ? '' : (magnitude?.suffix ?? '')}`;
  };
}
