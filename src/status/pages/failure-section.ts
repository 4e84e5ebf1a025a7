import { html, type Markup, said } from '../../look/markup.ts';
import type { FailedSide, RunResult } from '../../model/run.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import { capitalized, counted, sentence } from '../../words/counts.ts';
import { catalogueText, fact } from './page-parts.ts';
import { timeInText, type Viewpoint } from './times.ts';

const SIDES: Readonly<Record<FailedSide, string>> = {
  source: 'the database',
  target: 'the write API, or the network to it',
  refused: 'the write API, which refuses the records',
  config: 'the configuration',
  internal: 'pp-db-collector itself',
};

/**
 * The last run that failed: what happened, what that means and what to do; nothing when none did.
 *
 * @param runs newest first
 */
export function failureSection(runs: readonly RunResult[], viewpoint: Viewpoint): Markup {
  const place = runs.findIndex(({ outcome }) => outcome === 'failed');
  const [run, failure] = [runs[place], runs[place]?.failure];
  if (run === undefined || failure === undefined) return undefined;
  const { code, text, meaning, action, safeToRerun } = MESSAGES.runFailed;
  const since = place === 0 ? undefined : html`<p>Since then ${counted(place, 'run')} did not fail.</p>`;
  return html`<section class=${`notice ${place === 0 ? 'bad' : 'calm'}`} aria-labelledby="failure-title">
    <h2 id="failure-title">The last failure</h2>
    ${since}
    <p class="message">${said(sentence(failure.message))}</p>
    <dl class="facts">
      ${fact('What to do', failure.remedy === undefined ? undefined : catalogueText(failure.remedy, run.job))}
      ${fact('When', timeInText(run.endedAt, viewpoint))}
      ${fact('Where', capitalized(SIDES[failure.side]))}
      ${fact('Likely causes', causesOf(failure.side))}
      ${fact('Code', html`<code>${code}</code>: ${text}`)}
      ${fact('Meaning', catalogueText(meaning, run.job))}
      ${fact('In general', catalogueText(action, run.job))}
      ${fact('Safe to run again', catalogueText(capitalized(safeToRerun), run.job))}
    </dl>
  </section>`;
}

/** Those that the catalogue tells of the side. */
function causesOf(side: FailedSide): Markup {
  const mark = `side ${side}: `;
  const causes = MESSAGES.runFailed.causes.filter((cause) => cause.startsWith(mark));
  return causes.length === 0
    ? undefined
    : causes.map((cause) => sentence(cause.slice(mark.length))).join(' ');
}
