import { html, type Markup, said } from '../../look/markup.ts';

/** A text of the message catalogue: what stands between backticks is code, and JOB and ID are those that it is about. */
export function catalogueText(text: string, job: string, id?: number): Markup {
  const named = (code: string) => {
    const ofJob = code.replaceAll('JOB', job);
    return id === undefined ? ofJob : ofJob.replaceAll('ID', String(id));
  };
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${said(named(part))}</code>` : said(part)));
}
