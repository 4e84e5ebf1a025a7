import type { Job } from '../../config/config.ts';
import { badge } from '../../look/icon.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { StoredDeadLetter } from '../../model/dead-letter.ts';
import { type RecordNames, subjectOf, subjectText } from '../../model/letter-subject.ts';
import type { FailedSide, RunResult } from '../../model/run.ts';
import { DEAD_LETTER_MESSAGES, MESSAGES } from '../../observe/messages/catalogue.ts';
import { counted, grouped, listed, sentence } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { catalogueText, fact } from './page-parts.ts';
import { durationOf, OUTCOMES } from './situation.ts';
import { bothTimes, localTime, otherZone, timeInText, type Viewpoint, viewpointOfJob } from './times.ts';

const SIDES: Readonly<Record<FailedSide, string>> = {
  source: 'The database',
  data: 'Nothing: what was found differs from what is expected',
  target: 'The write API, or the network to it',
  refused: 'The write API: it refuses the records',
  config: 'The configuration, or what it has to do with',
  internal: 'pp-db-collector itself',
};

/**
 * The last run that failed: what happened, what that means and what to do; nothing when none did.
 *
 * @param runs newest first
 */
export function failureSection(runs: readonly RunResult[], job: Job, viewpoint: Viewpoint): Markup {
  const place = runs.findIndex(({ outcome }) => outcome === 'failed');
  const [run, failure] = [runs[place], runs[place]?.failure];
  if (run === undefined || failure === undefined) return undefined;
  const { side, message, remedy } = failure;
  const since = place === 0 ? undefined : html`<p>Since then ${counted(place, 'run')} did not fail.</p>`;
  const database = html` ${said((job.shown ?? job).database)}`;
  return html`<section class=${`notice ${place === 0 ? 'bad' : 'calm'}`} aria-labelledby="failure-title">
    <h2 id="failure-title">${place === 0 ? 'The last run failed' : 'The last failure'}</h2>
    ${since}
    <dl class="facts">
      ${fact('What failed', html`${SIDES[side]}${side === 'source' ? database : undefined}`)}
      ${fact('Why', html`<span class="message">${said(sentence(message))}</span>`)}
      ${fact('What to do', remedy === undefined ? undefined : catalogueText(sentence(remedy), run.job))}
      ${fact('When', timeInText(run.endedAt, viewpoint))}
    </dl>
    ${moreOf(side, run.job)}
  </section>`;
}

/** What holds for all failures of a side, for those who ask. */
function moreOf(side: FailedSide, job: string): Markup {
  const { code } = side === 'data' ? MESSAGES.heldBack : MESSAGES.runFailed;
  const causes = causesOf(side);
  return html`<details><summary>More about this kind of failure</summary>
    ${causes && html`<p>Likely causes: ${causes}</p>`}
    <p>What was acknowledged before stays acknowledged, and it is safe to run the job again.</p>
    <p><code>pp-db-collector check ${said(job)}</code> tries the way from the database to the data set without sending
      records; <code>pp-db-collector explain ${code}</code> tells more.</p></details>`;
}

/** Those that the catalogue tells of the side. */
function causesOf(side: FailedSide): Markup {
  if (side === 'data') return `${listed(MESSAGES.heldBack.causes)}.`;
  const mark = `side ${side}: `;
  const causes = MESSAGES.runFailed.causes.filter((cause) => cause.startsWith(mark));
  return causes.length === 0 ? undefined : `${listed(causes.map((cause) => cause.slice(mark.length)))}.`;
}

/** Most dead letters that are shown. */
const MOST = 100;

/** What could not be delivered and why; of what rows and records hold only what tells them apart. @param letters oldest first */
export function lettersSection(letters: readonly StoredDeadLetter[], job: Job, viewpoint: Viewpoint): Markup {
  const { record } = job.shown ?? job;
  if (letters.length === 0) return undefined;
  const newest = letters.slice(-MOST).reverse();
  const causes = new Set(newest.map(({ cause }) => cause));
  const cutNote =
    letters.length > MOST
      ? html`<p>The newest ${MOST} of ${grouped(letters.length)} are shown.</p>`
      : undefined;
  return html`<section aria-labelledby="letters-title" id="dead-letters">
    <h2 id="letters-title">${counted(letters.length, 'dead letter')}</h2>
    <p>Rows and records that could not be delivered. They are kept until somebody replays or discards them: <code
      >pp-db-collector dead-letters list ${said(job.name)}</code></p>
    ${cutNote}
    <table class="cards letters" role="table" aria-labelledby="letters-title">
      <thead role="rowgroup"><tr role="row">${['Id', 'Row', 'Reason', 'First seen', 'Last seen'].map(
        (words) => html`<th role="columnheader" scope="col">${words}</th>`,
      )}</tr></thead>
      <tbody role="rowgroup">${newest.map((letter) => letterRow(letter, record, viewpoint))}</tbody>
    </table>
    ${[...causes].map((cause) => explanation(cause, job.name))}
  </section>`;
}

function letterRow(letter: StoredDeadLetter, record: RecordNames, viewpoint: Viewpoint): Markup {
  const { id, job, cause, reason, remedy, firstSeen, lastSeen } = letter;
  return html`<tr role="row">
    <th role="rowheader" scope="row"><span class="label">Dead letter </span>${id}</th>
    <td role="cell" class="whole" data-label="Row">${said(subjectText(subjectOf(letter, record)))}</td>
    <td role="cell" class="whole"><p class="message">${said(sentence(reason))}</p>
      <p class="sub"><code>${DEAD_LETTER_MESSAGES[cause].code}</code> ${catalogueText(sentence(remedy), job, id)}</p></td>
    <td role="cell" data-label="First seen">${bothTimes(firstSeen, viewpoint)}</td>
    <td role="cell" data-label="Last seen">${bothTimes(lastSeen, viewpoint)}</td>
  </tr>`;
}

/** What the catalogue says of a cause, for those who ask. */
function explanation(cause: StoredDeadLetter['cause'], job: string): Markup {
  const { code, text, meaning, action } = DEAD_LETTER_MESSAGES[cause];
  return html`<details><summary><code>${code}</code> ${text}</summary>
    <p>${catalogueText(meaning, job)}</p><p>${catalogueText(action, job)}</p></details>`;
}

type NumberColumn = readonly [words: string, text: (run: RunResult) => string];

const told = (
  words: string,
  count: (run: RunResult) => number,
  runs: readonly RunResult[],
): NumberColumn[] => (runs.some((run) => count(run) > 0) ? [[words, (run) => grouped(count(run))]] : []);

/** Those of some runs. What most jobs never have is there only where one has it. */
const numbersOf = (runs: readonly RunResult[]): readonly NumberColumn[] => [
  ['Took', (run) => durationText(durationOf(run))],
  ['Rows', ({ rows }) => grouped(rows)],
  ['Records', ({ records }) => grouped(records)],
  ...told('Unchanged', ({ unchanged }) => unchanged, runs),
  ...told('Rows gone', ({ vanished }) => vanished, runs),
  ['Dead letters', ({ deadLetters }) => grouped(deadLetters)],
];

/** @param runs newest first */
export function runTable(runs: readonly RunResult[], job: Job, viewpoint: Viewpoint): Markup {
  // Jobs without windows never have any.
  const hasWindows = runs.some(({ window }) => window !== undefined);
  const numbers = numbersOf(runs);
  const own = viewpointOfJob(job, viewpoint);
  const zone = otherZone(own, viewpoint);
  const collected = `Collected${zone === undefined ? '' : ` (${zone})`}`;
  const cells = (run: RunResult) =>
    hasWindows
      ? html`<td role="cell" data-label=${collected}>${windowText(run.window, own)}</td>`
      : undefined;
  const head = (words: string, kind = '') =>
    html`<th role="columnheader" scope="col" class=${kind}>${words}</th>`;
  return html`<table class="cards runs" role="table" aria-labelledby="runs-title">
    <thead role="rowgroup"><tr role="row">
      ${head('Began')}${head('Outcome')}${numbers.map(([words]) => head(words, 'number'))}
      ${hasWindows ? head(collected) : undefined}
    </tr></thead>
    <tbody role="rowgroup">${runs.map((run) => runRow(run, numbers, viewpoint, cells(run)))}</tbody>
  </table>`;
}

function runRow(
  run: RunResult,
  columns: readonly NumberColumn[],
  viewpoint: Viewpoint,
  collected: Markup,
): Markup {
  const { outcome, startedAt, failure } = run;
  const reason = failure === undefined ? undefined : html`<p class="reason">${said(failure.message)}</p>`;
  const numbers = columns.map(
    ([words, text]) => html`<td role="cell" class="number" data-label=${words}>${text(run)}</td>`,
  );
  return html`<tr role="row">
    <th role="rowheader" scope="row">${bothTimes(startedAt, viewpoint)}</th>
    <td role="cell" class="status">${badge(OUTCOMES[outcome])}${reason}</td>
    ${numbers}
    ${collected}
  </tr>`;
}

/** The span that the run has collected, its end excluded. */
function windowText(window: RunResult['window'], viewpoint: Viewpoint): Markup {
  if (window === undefined) return html`<span class="none">–</span>`;
  return html`${localTime(window.from, viewpoint)} to ${localTime(window.to, viewpoint)}`;
}
