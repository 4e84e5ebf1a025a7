import { scaleBand, scalePoint } from 'd3-scale';
import { html, type Markup } from '../../look/markup.ts';
import type { Module, Note } from '../../model/dashboard.ts';
import { tableFormat } from '../figures-table.ts';
import type { ModuleFigures } from '../module-figures.ts';
import {
  bars,
  DRAWN_WIDTH,
  dots,
  type Marks,
  marksOf,
  round,
  stretchedMarks,
  suppressedSigns,
} from './chart-marks.ts';
import { chartSentence } from './chart-sentence.ts';
import { type DrawnSeries, drawnSeries } from './drawn-series.ts';
import { noteLabels, notesList, type PlacedNote, placedNotes } from './notes.ts';
import { periodAxis } from './period-axis.ts';
import { legend, seriesKeys } from './series-keys.ts';
import { PLOT_HEIGHT, type ValueAxis, valueAxis } from './value-axis.ts';

/** With the names of periods below. */
const HEIGHT = PLOT_HEIGHT + 28;

interface Setting {
  readonly notes: readonly Note[];
  readonly timezone: string;
}

/**
 * How the numbers of a module went. Lines and areas are stretched to the width that there is; places of texts and dots
 * are in percent of it, so that they stay as they are. Nothing is drawn of a module without a chart, or without numbers.
 */
export function chart(module: Module, figures: ModuleFigures, { notes, timezone }: Setting): Markup {
  const { periods, totals } = figures;
  const series = drawnSeries(module, figures);
  const marks = marksOf(module.show, series, periods.length);
  const values = marks.flatMap(({ extents }) => extents.flatMap((extent) => extent ?? []));
  if (module.show === 'nothing' || values.length === 0) return undefined;
  const { placeOf, width } = placesOf(module, periods.length);
  const axis = valueAxis(values, tableFormat(module), module.show === 'share');
  const placed = placedNotes(notes, figures);
  const [title, description] = [`${module.slug}_chart_title`, `${module.slug}_chart_description`];
  return html`<figure class="chart">
    <svg class="drawing" height=${HEIGHT} role="img" aria-labelledby=${`${title} ${description}`}>
      <title id=${title}>${`${module.title}, by ${module.period}`}</title>
      <desc id=${description}>${chartSentence(module, figures, series, timezone)}</desc>
      ${grid(axis)}
      ${plot(module, marks, axis, placeOf, width)}
      ${suppressedSigns(totals, placeOf)}
      ${noteLines(placed, placeOf)}
      ${periodAxis(module.period, periods, timezone, placeOf)}
      ${seriesKeys(marks, module.show, axis)}
    </svg>
    ${legend(module, series, figures)}${signs(figures, series)}${notesList(placed)}
  </figure>`;
}

/** Fewer bars are not wider. */
const FEW_BARS = 4;

/** Where periods are, in percent of the width; bars have one themselves. */
function placesOf({ show }: Module, count: number): { placeOf: (index: number) => number; width: number } {
  const indices = Array.from({ length: count }, (_, index) => index);
  const scale =
    show === 'bars'
      ? scaleBand<number>()
          .domain(indices)
          .range([0, 100])
          .paddingInner(0.3)
          .paddingOuter(Math.max(0.15, (FEW_BARS - count) / 2))
      : scalePoint<number>().domain(indices).range([0, 100]);
  const width = scale.bandwidth();
  return { placeOf: (index) => round((scale(index) ?? 0) + width / 2), width };
}

/** Characters for which there is room left of a chart; what is longer stands on its line, within it. */
const ROOM_FOR_VALUES = 7;

function grid({ scale, ticks }: ValueAxis): Markup {
  return html`<g class="grid">${ticks.map(({ value, text }) => {
    const y = round(scale(value));
    return html`<line class=${value === 0 ? 'zero' : undefined} x2="100%" y1=${y} y2=${y} />${
      text.length > ROOM_FOR_VALUES
        ? html`<text class="inside" dx="12" y=${y} dy="-4">${text}</text>`
        : html`<text dx="-8" y=${y} dy="0.35em">${text}</text>`
    }`;
  })}</g>`;
}

function plot(
  { show }: Module,
  marks: readonly Marks[],
  axis: ValueAxis,
  placeOf: (index: number) => number,
  width: number,
): Markup {
  if (show === 'bars') return marks.map((each) => bars(each, axis, placeOf, width));
  return html`<svg class="plot" width="100%" height=${PLOT_HEIGHT} viewBox=${`0 0 ${DRAWN_WIDTH} ${PLOT_HEIGHT}`}
    preserveAspectRatio="none">${marks.map((each) => stretchedMarks(show, each, axis, placeOf))}</svg>
    ${marks.map((each) => dots(show, each, axis, placeOf))}`;
}

function noteLines(notes: readonly PlacedNote[], placeOf: (index: number) => number): Markup {
  if (notes.length === 0) return undefined;
  return html`<g class="note">${notes.map(
    ({ index }) =>
      html`<line x1=${`${placeOf(index)}%`} x2=${`${placeOf(index)}%`} y1="-6" y2=${PLOT_HEIGHT} />`,
  )}${noteLabels(notes, placeOf).map(
    ({ place, text }) => html`<text x=${`${place}%`} y="-10" text-anchor="middle">${text}</text>`,
  )}</g>`;
}

/** What the signs on the chart mean; only those that are there. */
function signs({ totals }: ModuleFigures, series: readonly DrawnSeries[]): Markup {
  const isSuppressed = totals.some(({ kind }) => kind === 'suppressed');
  const isAtLeast = series.some(({ figures }) =>
    figures.some((figure) => figure.kind === 'number' && figure.atLeast),
  );
  if (!isSuppressed && !isAtLeast) return undefined;
  return html`<p class="signs">${isSuppressed ? html`<span><b aria-hidden="true">◆</b> suppressed: too small to be told</span>` : undefined}
    ${isAtLeast ? html`<span><b aria-hidden="true">○</b> at least: some numbers are suppressed or missing</span>` : undefined}</p>`;
}
