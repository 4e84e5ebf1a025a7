import { html, type Markup, said } from '../../look/markup.ts';

/** What several sections are made of. */

/** A line of a list of facts; nothing when there is nothing to say. */
export const fact = (name: string, content: Markup): Markup =>
  content === undefined ? undefined : html`<div><dt>${name}</dt><dd>${content}</dd></div>`;

/** The address of a data set. @param dashboard where its numbers can be seen; undefined: nobody knows */
export function dataSetName(
  { data_group: group, data_type: type }: { readonly data_group: string; readonly data_type: string },
  dashboard: string | undefined,
): Markup {
  const name = html`${group}/<wbr />${type}`;
  if (dashboard === undefined) return name;
  return html`<a href=${dashboard}>${name}<span class="hidden">, its dashboard</span></a>`;
}

/** The mistakes of a file as `check` tells them, the lines they stand in included. */
export const problemList = (problems: readonly string[]): Markup =>
  html`<ul class="problem-list">${problems.map((problem) => html`<li>${said(problem)}</li>`)}</ul>`;

/**
 * A text of the message catalogue: what stands between backticks is code, and JOB and ID are those that it is about.
 */
export function catalogueText(text: string, job: string, id?: number): Markup {
  const named = (code: string) => {
    const ofJob = code.replaceAll('JOB', job);
    return id === undefined ? ofJob : ofJob.replaceAll('ID', String(id));
  };
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${said(named(part))}</code>` : said(part)));
}
