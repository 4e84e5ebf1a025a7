import { area, line, stack, stackOffsetNone, stackOrderReverse } from 'd3-shape';
import { html, type Markup } from '../../look/markup.ts';
import type { Show } from '../../model/dashboard.ts';
import type { Figure } from '../figure.ts';
import type { DrawnSeries } from './drawn-series.ts';
import { PLOT_HEIGHT, type ValueAxis } from './value-axis.ts';

/** Where a series is in a period: from one value to another; undefined where it has no number, or no place. */
export type Extent = readonly [from: number, to: number] | undefined;

export interface Marks {
  readonly series: DrawnSeries;
  readonly extents: readonly Extent[];
}

/**
 * The series as they lie: on each other, the first one on top, or each from 0. What lies on a gap has no place, as nobody
 * knows how high it would be: a stack is broken there, and does not sink. Of shares nothing has: nobody knows the whole.
 */
export function marksOf(show: Show, series: readonly DrawnSeries[], periods: number): readonly Marks[] {
  if (show !== 'stacked' && show !== 'share')
    return series.map((each) => ({
      series: each,
      extents: each.figures.map((figure) =>
        figure.kind === 'number' ? ([0, figure.value] as const) : undefined,
      ),
    }));
  const layers = stack<number, DrawnSeries>()
    .keys(series)
    .value((index, { figures }) => numberOf(figures[index]) ?? 0)
    .order(stackOrderReverse)
    .offset(stackOffsetNone)(Array.from({ length: periods }, (_, index) => index));
  const gaps = layers.map(({ index, key }) => ({ index, isGap: gapsIn(key.figures) }));
  return layers.map((layer) => {
    const below = gaps.filter(({ index }) => show === 'share' || index < layer.index);
    return {
      series: layer.key,
      extents: layer.map(([from, to], period) => {
        const isThere = numberOf(layer.key.figures[period]) !== undefined;
        return isThere && !below.some(({ isGap }) => isGap[period]) ? ([from, to] as const) : undefined;
      }),
    };
  });
}

/** Of each period whether a number is missing: not where a series has not begun yet, or has ended. */
function gapsIn(figures: readonly Figure[]): readonly boolean[] {
  const isNumber = (figure: Figure) => figure.kind === 'number';
  const [first, last] = [figures.findIndex(isNumber), figures.findLastIndex(isNumber)];
  return figures.map((figure, index) => !isNumber(figure) && index > first && index < last);
}

const numberOf = (figure: Figure | undefined): number | undefined =>
  figure?.kind === 'number' ? figure.value : undefined;

/** Units of the width in which lines and areas are drawn, which are stretched to the width that there is. */
export const DRAWN_WIDTH = 1_000;

/** A series as a line or an area, broken where there is a gap. @param placeOf the place of a period in percent */
export function stretchedMarks(
  show: Show,
  { series, extents }: Marks,
  { scale }: ValueAxis,
  placeOf: (index: number) => number,
): Markup {
  const x = (_: Extent, index: number) => (placeOf(index) / 100) * DRAWN_WIDTH;
  const isThere = (extent: Extent) => extent !== undefined;
  const top = (extent: Extent) => scale(extent?.[1] ?? 0);
  const path =
    show === 'lines'
      ? line<Extent>().defined(isThere).x(x).y(top)
      : area<Extent>()
          .defined(isThere)
          .x(x)
          .y1(top)
          .y0((extent) => scale(extent?.[0] ?? 0));
  const drawn = path.digits(1)([...extents]) ?? '';
  return html`<path class=${`${show === 'lines' ? 'line' : 'area'} s${series.key}`} d=${drawn} />`;
}

/** From so many periods on dots are small. */
const MANY = 32;

/** What a line does not show: a number without neighbours, the newest one, and numbers that are only known at least. */
export function dots(
  show: Show,
  { series, extents }: Marks,
  { scale }: ValueAxis,
  placeOf: (index: number) => number,
): Markup {
  const newest = extents.findLastIndex((extent) => extent !== undefined);
  return extents.map((extent, index) => {
    if (extent === undefined) return undefined;
    const figure = series.figures[index];
    const isAtLeast = figure?.kind === 'number' && figure.atLeast;
    const isAlone = extents[index - 1] === undefined && extents[index + 1] === undefined;
    const isShown = isAlone || isAtLeast || (show === 'lines' && index === newest);
    if (!isShown) return undefined;
    const x = `${placeOf(index)}%`;
    return isAlone && show !== 'lines'
      ? html`<line class=${`lone s${series.key}`} x1=${x} x2=${x} y1=${round(scale(extent[0]))}
          y2=${round(scale(extent[1]))} />`
      : html`<circle class=${`dot s${series.key}${isAtLeast ? ' at-least' : ''}`} cx=${x}
          cy=${round(scale(extent[1]))} r=${extents.length > MANY ? 2.5 : 4} />`;
  });
}

/** A bar for each period. @param width in percent */
export function bars(
  { series, extents }: Marks,
  { scale }: ValueAxis,
  placeOf: (index: number) => number,
  width: number,
): Markup {
  const zero = scale(0);
  return extents.map((extent, index) => {
    if (extent === undefined) return undefined;
    const end = scale(extent[1]);
    const figure = series.figures[index];
    const isAtLeast = figure?.kind === 'number' && figure.atLeast;
    return html`<rect class=${`bar s${series.key}${isAtLeast ? ' at-least' : ''}`} x=${`${round(placeOf(index) - width / 2)}%`}
      y=${round(Math.min(zero, end))} width=${`${round(width)}%`} height=${round(Math.max(Math.abs(zero - end), 1))} />`;
  });
}

/** A sign on the axis of periods whose numbers are suppressed: that they are not 0. */
export function suppressedSigns(totals: readonly Figure[], placeOf: (index: number) => number): Markup {
  return totals.map((figure, index) =>
    figure.kind === 'suppressed'
      ? html`<svg class="suppressed" x=${`${placeOf(index)}%`} y=${PLOT_HEIGHT - 5}><path
          d="M0-5 5 0 0 5-5 0Z" /></svg>`
      : undefined,
  );
}

export const round = (length: number): number => Math.round(length * 100) / 100;
