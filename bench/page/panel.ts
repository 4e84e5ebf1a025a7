import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

export interface Line {
  readonly name: string;
  readonly values: readonly { readonly at: number; readonly value: number }[];
}

/** One chart: lines over what is varied. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  /** How numbers of either axis are written. */
  readonly atText: (at: number) => string;
  readonly valueText: (value: number) => string;
  /** Whether each step of an axis multiplies; values then must be above 0. */
  readonly isLogarithmic: { readonly at: boolean; readonly value: boolean };
}

export const WIDTH = 360;
export const HEIGHT = 230;
const MARGIN = { top: 34, right: 18, bottom: 46, left: 58 } as const;
const KEY_ROW = 14;
const TICKS = 4;

/** The chart as elements of SVG; the styles of its classes are the document's. */
export function panelMarkup(panel: Panel): string {
  const [x, y] = scalesOf(panel);
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
  const ats = panel.lines[0]?.values.map(({ at }) => at) ?? [];
  const values = ticksOf(panel, y).map((value) => {
    const height = round(y(value));
    return `<path class="grid" d="M${left} ${height}H${right}"/>${text(left - 6, height + 4, panel.valueText(value), 'end')}`;
  });
  const places = ats.map((at) => text(round(x(at)), bottom + 16, panel.atText(at), 'middle'));
  const drawn = panel.lines.map((each, index) => lineMarkup(each, index + 1, x, y));
  const key = panel.lines.map(({ name }, index) => keyMarkup(name, index, left));
  return [
    `<text class="title" x="${left}" y="16">${escaped(panel.title)}</text>`,
    ...values,
    `<path class="axis" d="M${left} ${bottom}H${right}M${left} ${top}V${bottom}"/>`,
    ...places,
    ...drawn,
    ...(panel.lines.length > 1 ? key : []),
  ].join('\n');
}

type Scale = (value: number) => number;

function scalesOf({ lines, isLogarithmic }: Panel): readonly [Scale, ReturnType<typeof scaleLinear<number>>] {
  const all = lines.flatMap(({ values }) => values);
  const [ats, values] = [all.map(({ at }) => at), all.map(({ value }) => value)];
  const x = (isLogarithmic.at ? scaleLog() : scaleLinear())
    .domain([Math.min(...ats), Math.max(...ats)])
    .range([MARGIN.left + 12, WIDTH - MARGIN.right - 12]);
  const y = (isLogarithmic.value ? scaleLog() : scaleLinear())
    .domain([isLogarithmic.value ? Math.min(...values) : 0, Math.max(...values)])
    .range([HEIGHT - MARGIN.bottom, MARGIN.top])
    .nice(TICKS);
  return [x, y as ReturnType<typeof scaleLinear<number>>];
}

/** Powers of ten where steps multiply, as d3 would name all numbers between them. */
function ticksOf({ isLogarithmic }: Panel, y: ReturnType<typeof scaleLinear<number>>): readonly number[] {
  const ticks = y.ticks(TICKS);
  return isLogarithmic.value
    ? ticks.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6))
    : ticks;
}

function lineMarkup({ values }: Line, colour: number, x: Scale, y: Scale): string {
  const path = line<{ at: number; value: number }>(
    ({ at }) => x(at),
    ({ value }) => y(value),
  ).digits(1)([...values]);
  const dots = values.map(({ at, value }) => `<circle cx="${round(x(at))}" cy="${round(y(value))}" r="3"/>`);
  return `<g class="line-${colour}"><path d="${path}"/>${dots.join('')}</g>`;
}

/** Names stand side by side below the places. */
function keyMarkup(name: string, index: number, left: number): string {
  const [x, y] = [left + index * 100, HEIGHT - KEY_ROW + 4];
  return `<g class="line-${index + 1}"><circle cx="${x + 4}" cy="${y - 4}" r="4"/></g>${text(x + 12, y, name, 'start')}`;
}

const text = (x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;

const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const round = (length: number): number => Math.round(length * 10) / 10;
