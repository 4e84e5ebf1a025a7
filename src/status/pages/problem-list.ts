import { html, type Markup, said } from '../../look/markup.ts';

/** The mistakes of a file as `check` tells them, the lines they stand in included. */
export const problemList = (problems: readonly string[]): Markup =>
  html`<ul class="problem-list">${problems.map((problem) => html`<li>${said(problem)}</li>`)}</ul>`;
