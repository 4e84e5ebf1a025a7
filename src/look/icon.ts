import { render } from 'preact-render-to-string';
import { html, type Markup } from './markup.ts';

/** What colour says; words and shape always say it, too. */
export type Tone = 'good' | 'warn' | 'bad' | 'calm';

/** A picture, by its outline. */
export type Shape = 'check' | 'ring' | 'triangle' | 'cross' | 'clock' | 'square' | 'skip' | 'play' | 'dashed';

export interface Look {
  readonly words: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

/** The attributes of what is drawn: lines, and cuts into what is filled. */
interface Pens {
  readonly cut: Readonly<Record<string, string>>;
  readonly line: Readonly<Record<string, string>>;
  readonly dashes: Readonly<Record<string, string>>;
}

/** Pictures of 16 by 16, each of another outline, so that they differ without colour. */
const SHAPES: Readonly<Record<Shape, (pens: Pens) => Markup>> = {
  check: ({ cut }) => html`<circle cx="8" cy="8" r="7.5" fill="currentColor" /><path
    ...${cut} d="M4.4 8.3 7 10.9l4.6-5.4" />`,
  ring: ({ line }) => html`<circle ...${line} cx="8" cy="8" r="6.6" /><path ...${line} d="M5 8h6" />`,
  triangle: ({ cut }) => html`<path fill="currentColor" d="M8 .8 15.6 15H.4Z" /><path
    ...${cut} d="M8 5.6v4M8 12v.6" />`,
  cross: ({
    cut,
  }) => html`<path fill="currentColor" d="M4.9.5h6.2l4.4 4.4v6.2l-4.4 4.4H4.9L.5 11.1V4.9Z" /><path
    ...${cut} d="m5.2 5.2 5.6 5.6M10.8 5.2l-5.6 5.6" />`,
  clock: ({ line }) =>
    html`<circle ...${line} cx="8" cy="8" r="6.6" /><path ...${line} d="M8 4v4.3l2.8 1.7" />`,
  square: () => html`<rect x="2" y="2" width="12" height="12" rx="1.5" fill="currentColor" />`,
  skip: () => html`<path fill="currentColor" d="M1.5 3 7 8l-5.5 5ZM8 3l5.5 5L8 13Z" />`,
  play: () => html`<path fill="currentColor" d="M3 1.5 14.5 8 3 14.5Z" />`,
  dashed: ({ dashes }) => html`<circle ...${dashes} cx="8" cy="8" r="6.6" />`,
};

/** On a page the style sheet knows the colours. */
const PAGE_PENS: Pens = { cut: { class: 'cut' }, line: { class: 'line' }, dashes: { class: 'line dashes' } };

/** Only the picture: the words must stand beside it. */
export const icon = ({ shape, tone }: Pick<Look, 'shape' | 'tone'>): Markup =>
  html`<svg class=${`icon ${tone}`} viewBox="0 0 16 16" width="16" height="16"
    aria-hidden="true">${SHAPES[shape](PAGE_PENS)}</svg>`;

/** Picture and words. */
export const badge = (look: Look): Markup =>
  html`<span class=${`badge ${look.tone}`}>${icon(look)}<span>${look.words}</span></span>`;

/** Beside the title of the browser's tab, light or dark, no style sheet is known. */
const TAB_LINE = { fill: 'none', stroke: 'currentColor', 'stroke-width': '2.4' };
const TAB_PENS: Pens = {
  cut: { fill: 'none', stroke: '#fff', 'stroke-width': '2' },
  line: TAB_LINE,
  dashes: TAB_LINE,
};
const TAB_LOOKS: Readonly<Record<Tone, { readonly colour: string; readonly shape: Shape }>> = {
  good: { colour: '#2a9d5c', shape: 'check' },
  warn: { colour: '#d98e04', shape: 'triangle' },
  bad: { colour: '#dc3545', shape: 'cross' },
  calm: { colour: '#7d8794', shape: 'dashed' },
};

export const TONES = Object.keys(TAB_LOOKS) as readonly Tone[];

/** A picture for the browser's tab: a whole file of SVG. */
export function tabIcon(tone: Tone): string {
  const { colour, shape } = TAB_LOOKS[tone];
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"
    color=${colour}>${SHAPES[shape](TAB_PENS)}</svg>`;
  return `${render(picture)}\n`;
}
