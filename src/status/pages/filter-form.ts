import { html, type Markup } from '../../look/markup.ts';
import { counted, grouped } from '../../words/counts.ts';
import type { JobView } from '../daemon-view.ts';
import { addressOf, type JobFilter, type PageQuery, STATES } from './page-query.ts';

/** With no more jobs than these, all are seen at once. */
const FEW_JOBS = 20;

const entries = Object.entries(STATES) as readonly (readonly [JobFilter, (typeof STATES)[JobFilter]])[];

/** Those that the query asks for, in their order. */
export function chosenJobs(jobs: readonly JobView[], { name, state }: PageQuery): readonly JobView[] {
  const part = name.toLowerCase();
  const holds = state === undefined ? () => true : STATES[state].holds;
  return jobs.filter((view) => (part === '' || textsOf(view).includes(part)) && holds(view));
}

/** What people know a job by, each on a line of its own. */
function textsOf({ name, job }: JobView): string {
  const { description = '', data_set: dataSet } = job?.shown ?? job ?? {};
  const address = dataSet === undefined ? '' : `${dataSet.data_group}/${dataSet.data_type}`;
  return `${name}\n${description}\n${address}`.toLowerCase();
}

/** How many jobs are in which state, each leading to them. */
export function stateLinks(jobs: readonly JobView[], query: PageQuery): Markup {
  const counts = entries
    .map(([state, { words, holds }]) => ({ state, words, count: jobs.filter(holds).length }))
    .filter(({ count }) => count > 0)
    .filter(
      ({ state, count }, _, all) =>
        state !== 'attention' || all.every((other) => other.state === state || other.count !== count),
    );
  if (counts.length === 0 && query.name === '' && query.state === undefined) return undefined;
  const link = (words: string, state: JobFilter | undefined) => {
    const isShown = query.state === state && query.name === '';
    return html`<li><a href=${addressOf(query, { state, name: '', page: 1 })}
      aria-current=${isShown ? 'true' : undefined}>${words}</a></li>`;
  };
  return html`<nav aria-label="Jobs by their state"><ul class="states">
    ${link(counted(jobs.length, 'job'), undefined)}
    ${counts.map(({ state, words, count }) => link(`${grouped(count)} ${words}`, state))}
  </ul></nav>`;
}

/** A form that chooses jobs by their texts and state; nothing while there are few. */
export function filterForm(jobs: readonly JobView[], query: PageQuery): Markup {
  if (jobs.length <= FEW_JOBS && query.name === '') return undefined;
  return html`<form class="filter" method="get" action="./" role="search" aria-label="Jobs">
    <div><label for="name">Name, description or data set</label>
      <input id="name" name="name" type="search" value=${query.name} autocomplete="off" spellcheck=${false} /></div>
    <div><label for="state">State</label>
      <select id="state" name="state"><option value="">any</option>
        ${entries.map(
          ([state, { words }]) =>
            html`<option value=${state} selected=${query.state === state}>${words}</option>`,
        )}
      </select></div>
    ${query.refresh ? undefined : html`<input type="hidden" name="refresh" value="off" />`}
    <button type="submit">Show</button>
  </form>`;
}
