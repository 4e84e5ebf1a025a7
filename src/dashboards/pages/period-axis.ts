import type { Period } from '../../calendar/period.ts';
import { html, type Markup } from '../../look/markup.ts';
import { shortDaysText, shortMonthsText } from '../../words/dates.ts';
import { periodLabel } from '../period-label.ts';
import { PLOT_HEIGHT } from './value-axis.ts';

/** Pixels of a character of a label, and between two labels. */
const CHARACTER = 6.6;
const GAP = 12;
/**
 * Pixels that there are at least for the periods of a chart: on a page of 320 pixels, which is also one of 1280 four times
 * as large, on a phone, in two columns, alone on a wide screen.
 */
const ROOMS = { narrowest: 170, narrow: 210, middle: 410, wide: 810 };

/** The names of some periods under the chart; the style sheet chooses those for which there is room. */
export function periodAxis(
  period: Period,
  periods: readonly number[],
  timezone: string,
  placeOf: (index: number) => number,
): Markup {
  const labels = periods.map((start) => tickLabel(period, start, timezone));
  const last = labels.length - 1;
  const [first, end] = [placeOf(0), placeOf(last)];
  const reachesEdges = first < EDGE && end > 100 - EDGE;
  return Object.entries(ROOMS).map(([name, room]) => {
    const shown = labelledPeriods(labels, reachesEdges ? room : (room * (end - first)) / 100);
    return html`<g class=${`periods ${name}`}>${shown.map((index) => {
      // The first and the last label stay within the chart.
      const isFirst = reachesEdges && index === 0;
      const isLast = reachesEdges && index === last;
      const [x, anchor] = isFirst ? [0, 'start'] : isLast ? [100, 'end'] : [placeOf(index), 'middle'];
      return html`<text x=${`${x}%`} y=${PLOT_HEIGHT + 20} text-anchor=${anchor}>${labels[index]}</text>`;
    })}</g>`;
  });
}

/** Percent of the width in which a period is at the edge of the chart. */
const EDGE = 15;

/** Which periods have their labels: at equal distances, the newest one always. */
export function labelledPeriods(labels: readonly string[], room: number): readonly number[] {
  const last = labels.length - 1;
  const width = Math.max(...labels.map(({ length }) => length)) * CHARACTER + GAP;
  // Those at the ends reach further into the chart than half their width.
  const most = Math.max(1 + Math.floor(room / (1.5 * width)), 1);
  if (most === 1 || last <= 0) return last < 0 ? [] : [last];
  const step = Math.ceil(last / (most - 1));
  const shown = labels.flatMap((_, index) => ((last - index) % step === 0 ? [index] : []));
  // The first one is told where it does not touch the next.
  return shown[0] === 0 || ((shown[0] ?? 0) / last) * room < 1.5 * width ? shown : [0, ...shown];
}

/** `3:00pm, 5 June 2015`, `5 Jan 2015`, `Mar 2015`, `2015` */
function tickLabel(period: Period, start: number, timezone: string): string {
  switch (period) {
    case 'day':
    case 'week':
      return shortDaysText(start, start);
    case 'month':
      return shortMonthsText(start, start);
    case 'hour':
    case 'quarter':
    case 'year':
      return periodLabel(period, start, timezone);
  }
}
