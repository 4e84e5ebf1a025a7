import { html, type Markup, said } from '../../look/markup.ts';
import type { Module } from '../../model/dashboard.ts';
import { grouped } from '../../words/counts.ts';
import { figureText } from '../figure-text.ts';
import { tableFormat } from '../figures-table.ts';
import type { ModuleFigures } from '../module-figures.ts';
import { type Marks, round } from './chart-marks.ts';
import type { DrawnSeries } from './drawn-series.ts';
import { PLOT_HEIGHT, type ValueAxis } from './value-axis.ts';

/** Pixels between two keys. */
const KEY_HEIGHT = 14;

interface Key {
  readonly key: number;
  /** Where the series ends, and where its key stands: pixels below the upper edge. */
  readonly end: number;
  readonly place: number;
}

/** The numbers of the series at the right edge, where each of them ends, so that no colour need be known. */
export function seriesKeys(marks: readonly Marks[], show: Module['show'], { scale }: ValueAxis): Markup {
  const ends = marks.flatMap(({ series, extents }) => {
    const last = extents.at(-1);
    if (last === undefined || series.name === undefined) return [];
    const value = show === 'lines' ? last[1] : (last[0] + last[1]) / 2;
    return [{ key: series.key, end: scale(value) }];
  });
  if (ends.length === 0) return undefined;
  return html`<svg class="keys" x="100%">${spread(ends).map(
    ({
      key,
      end,
      place,
    }) => html`<g class=${`s${key}`}><path d=${`M3 ${round(end)}L11 ${round(place)}`} /><text
      x="14" y=${round(place)} dy="0.35em">${key === 0 ? '+' : key}</text></g>`,
  )}</svg>`;
}

/** Moves keys that would stand on each other apart, as little as it takes, and keeps them beside the chart. */
export function spread(ends: readonly Pick<Key, 'key' | 'end'>[]): readonly Key[] {
  const sorted = ends.toSorted((one, other) => one.end - other.end);
  const places: number[] = [];
  for (const { end } of sorted) places.push(Math.max(end, (places.at(-1) ?? -Infinity) + KEY_HEIGHT));
  let limit = PLOT_HEIGHT;
  for (let index = places.length - 1; index >= 0; index -= 1) {
    places[index] = Math.min(places[index] ?? 0, limit);
    limit = (places[index] ?? 0) - KEY_HEIGHT;
  }
  return sorted.map((each, index) => ({ ...each, place: places[index] ?? each.end }));
}

/** The series by their numbers, in the order of the table, with their figures in the period of the headline. */
export function legend(module: Module, series: readonly DrawnSeries[], figures: ModuleFigures): Markup {
  if (module.groupBy === undefined) return undefined;
  const hidden = figures.series.length - series.filter(({ key }) => key > 0).length;
  const isAllDrawn = hidden === 0 || series.some(({ key }) => key === 0);
  const { headline, periods } = figures;
  const newestPeriod = headline === undefined ? -1 : periods.indexOf(headline.period);
  return html`<ol class="series">${series.map(({ key, name = '', figures: own }) => {
    const newest = own.at(newestPeriod);
    return html`<li class=${`s${key}`}><svg class=${module.show === 'lines' ? 'line-sample' : 'area-sample'} width="28" height="14"
      aria-hidden="true"><path d=${module.show === 'lines' ? 'M0 7H28' : 'M0 0H28V14H0Z'} /></svg><b>${key === 0 ? '+' : key}</b>
      <span>${said(name)}</span> <span class="amount">${newest === undefined ? 'no data' : figureText(newest, tableFormat(module))}</span></li>`;
  })}</ol>
  ${isAllDrawn ? undefined : html`<p class="sub">The chart shows the ${series.length} largest of ${grouped(figures.series.length)}.</p>`}`;
}
