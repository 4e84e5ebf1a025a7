import { badge } from '../../look/icon.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { RunResult } from '../../model/run.ts';
import { grouped } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { durationOf, OUTCOMES } from './situation.ts';
import { bothTimes, localTime, type Viewpoint } from './times.ts';

const NUMBERS: readonly (readonly [string, (run: RunResult) => string])[] = [
  ['Took', (run) => durationText(durationOf(run))],
  ['Rows', ({ rows }) => grouped(rows)],
  ['Records', ({ records }) => grouped(records)],
  ['Dead letters', ({ deadLetters }) => grouped(deadLetters)],
];

/** @param runs newest first */
export function runTable(runs: readonly RunResult[], viewpoint: Viewpoint): Markup {
  // Jobs without windows never have any.
  const hasWindows = runs.some(({ window }) => window !== undefined);
  const head = (words: string, kind = '') =>
    html`<th role="columnheader" scope="col" class=${kind}>${words}</th>`;
  return html`<table class="cards runs" role="table" aria-labelledby="runs-title">
    <thead role="rowgroup"><tr role="row">
      ${head('Began')}${head('Outcome')}${NUMBERS.map(([words]) => head(words, 'number'))}
      ${hasWindows ? head('Collected') : undefined}
    </tr></thead>
    <tbody role="rowgroup">${runs.map((run) => runRow(run, viewpoint, hasWindows))}</tbody>
  </table>`;
}

function runRow(run: RunResult, viewpoint: Viewpoint, hasWindows: boolean): Markup {
  const { outcome, startedAt, failure, window } = run;
  const reason = failure === undefined ? undefined : html`<p class="reason">${said(failure.message)}</p>`;
  const numbers = NUMBERS.map(
    ([words, text]) => html`<td role="cell" class="number" data-label=${words}>${text(run)}</td>`,
  );
  return html`<tr role="row">
    <th role="rowheader" scope="row">${bothTimes(startedAt, viewpoint)}</th>
    <td role="cell" class="status">${badge(OUTCOMES[outcome])}${reason}</td>
    ${numbers}
    ${hasWindows ? html`<td role="cell" data-label="Collected">${windowText(window, viewpoint)}</td>` : undefined}
  </tr>`;
}

/** The span that the run has collected, its end excluded. */
function windowText(window: RunResult['window'], viewpoint: Viewpoint): Markup {
  if (window === undefined) return html`<span class="none">–</span>`;
  return html`${localTime(window.from, viewpoint)} to ${localTime(window.to, viewpoint)}`;
}
