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

/** Pictures of 16 by 16, each of another outline, so that they differ without colour. */
const SHAPES: Readonly<Record<Shape, Markup>> = {
  check: html`<circle cx="8" cy="8" r="7.5" fill="currentColor" /><path
    class="cut" d="M4.4 8.3 7 10.9l4.6-5.4" />`,
  ring: html`<circle class="line" cx="8" cy="8" r="6.6" /><path class="line" d="M5 8h6" />`,
  triangle: html`<path fill="currentColor" d="M8 .8 15.6 15H.4Z" /><path class="cut" d="M8 5.6v4M8 12v.6" />`,
  cross: html`<path fill="currentColor" d="M4.9.5h6.2l4.4 4.4v6.2l-4.4 4.4H4.9L.5 11.1V4.9Z" /><path
    class="cut" d="m5.2 5.2 5.6 5.6M10.8 5.2l-5.6 5.6" />`,
  clock: html`<circle class="line" cx="8" cy="8" r="6.6" /><path class="line" d="M8 4v4.3l2.8 1.7" />`,
  square: html`<rect x="2" y="2" width="12" height="12" rx="1.5" fill="currentColor" />`,
  skip: html`<path fill="currentColor" d="M1.5 3 7 8l-5.5 5ZM8 3l5.5 5L8 13Z" />`,
  play: html`<path fill="currentColor" d="M3 1.5 14.5 8 3 14.5Z" />`,
  dashed: html`<circle class="line dashes" cx="8" cy="8" r="6.6" />`,
};

/** Only the picture: the words must stand beside it. */
export const icon = ({ shape, tone }: Pick<Look, 'shape' | 'tone'>): Markup =>
  html`<svg class=${`icon ${tone}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${SHAPES[shape]}</svg>`;

/** Picture and words. */
export const badge = (look: Look): Markup =>
  html`<span class=${`badge ${look.tone}`}>${icon(look)}<span>${look.words}</span></span>`;
