import { html, type Markup, said } from '../../look/markup.ts';
import type { StoredDeadLetter } from '../../model/dead-letter.ts';
import { DEAD_LETTER_MESSAGES } from '../../observe/messages/delivery.ts';
import { counted, grouped, sentence } from '../../words/counts.ts';
import { catalogueText } from './page-parts.ts';
import { bothTimes, type Viewpoint } from './times.ts';

/** Most dead letters that are shown. */
const MOST = 100;

/** What could not be delivered and why; never what the rows and records hold. @param letters oldest first */
export function lettersSection(
  letters: readonly StoredDeadLetter[],
  job: string,
  viewpoint: Viewpoint,
): Markup {
  if (letters.length === 0) return undefined;
  const newest = letters.slice(-MOST).reverse();
  const causes = new Set(newest.map(({ cause }) => cause));
  const left =
    letters.length > MOST
      ? html`<p>The newest ${MOST} of ${grouped(letters.length)} are shown.</p>`
      : undefined;
  return html`<section aria-labelledby="letters-title" id="dead-letters">
    <h2 id="letters-title">${counted(letters.length, 'dead letter')}</h2>
    <p>Rows and records that could not be delivered. They are kept until somebody replays or discards them: <code
      >pp-db-collector dead-letters list ${said(job)}</code></p>
    ${left}
    <table class="cards letters" role="table" aria-labelledby="letters-title">
      <thead role="rowgroup"><tr role="row">${['Id', 'Reason', 'First seen', 'Last seen'].map(
        (words) => html`<th role="columnheader" scope="col">${words}</th>`,
      )}</tr></thead>
      <tbody role="rowgroup">${newest.map((letter) => letterRow(letter, viewpoint))}</tbody>
    </table>
    ${[...causes].map((cause) => explanation(cause, job))}
  </section>`;
}

function letterRow(
  { id, job, cause, reason, remedy, firstSeen, lastSeen }: StoredDeadLetter,
  viewpoint: Viewpoint,
): Markup {
  return html`<tr role="row">
    <th role="rowheader" scope="row"><span class="label">Dead letter </span>${id}</th>
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
