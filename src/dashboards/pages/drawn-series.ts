import type { Module } from '../../model/dashboard.ts';
import { counted } from '../../words/counts.ts';
import { type Figure, NO_DATA } from '../figure.ts';
import { groupName } from '../figures-table.ts';
import { type ModuleFigures, sharesOf } from '../module-figures.ts';

/** A line, an area or bars of a chart. */
export interface DrawnSeries {
  /** Its number in the legend and on the chart, from 1 on; 0: all others together. */
  readonly key: number;
  /** Undefined: the module has no groups. */
  readonly name: string | undefined;
  /** One for each period. */
  readonly figures: readonly Figure[];
}

/** As many as can be told from each other. */
export const MOST_SERIES = 12;

/** The largest groups in their order; of what is drawn on each other the rest is one more. */
export function drawnSeries(module: Module, figures: ModuleFigures): readonly DrawnSeries[] {
  const shown = figures.series.map((series) => ({
    name: module.groupBy === undefined ? undefined : groupName(series),
    figures: module.show === 'share' ? sharesOf(figures, series) : series.figures,
  }));
  const kept = largest(shown, MOST_SERIES);
  const drawn = kept.map((series, index) => ({ ...series, key: index + 1 }));
  const others = shown.filter((series) => !kept.includes(series));
  if (others.length === 0 || module.show === 'lines') return drawn;
  const sums = figures.periods.map((_, index) =>
    sumOf(others.flatMap((series) => series.figures[index] ?? [])),
  );
  return [...drawn, { key: 0, name: counted(others.length, 'other'), figures: sums }];
}

/** The largest of some series, in their order. */
export function largest<Any extends Pick<DrawnSeries, 'figures'>>(
  series: readonly Any[],
  most: number,
): readonly Any[] {
  if (series.length <= most) return series;
  const bySize = series.toSorted((one, other) => sizeOf(other.figures) - sizeOf(one.figures));
  const kept = new Set(bySize.slice(0, most));
  return series.filter((each) => kept.has(each));
}

const sizeOf = (figures: readonly Figure[]): number =>
  figures.reduce((size, figure) => size + (figure.kind === 'number' ? Math.abs(figure.value) : 0), 0);

/** For drawing only. */
function sumOf(figures: readonly Figure[]): Figure {
  const numbers = figures.filter((figure) => figure.kind === 'number');
  const [first] = numbers;
  if (first === undefined) return figures.find(({ kind }) => kind === 'suppressed') ?? NO_DATA;
  const value = numbers.reduce((sum, figure) => sum + figure.value, 0);
  return { ...first, value, text: String(value), atLeast: numbers.some(({ atLeast }) => atLeast) };
}
