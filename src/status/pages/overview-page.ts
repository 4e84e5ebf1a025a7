import { icon } from '../../look/icon.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { JobView, ReplicaView } from '../daemon-view.ts';
import { documentOf } from './document.ts';
import { filterForm, stateLinks } from './filter-form.ts';
import { type Headline, headlineOf, plainHeadline, type Standing } from './headline.ts';
import { COLUMNS, jobRow, type Lately, pathOfJob } from './job-row.ts';
import { problemList } from './page-parts.ts';
import { addressOf, type PageQuery, pageLinks, type Slice } from './page-query.ts';
import { replicaSection } from './replica-section.ts';
import { timeInText } from './times.ts';

export interface OverviewFacts extends Standing {
  /** The jobs that are shown. */
  readonly slice: Slice<JobView>;
  /** Of the jobs that are shown, by their names. */
  readonly lately: ReadonlyMap<string, Lately>;
  readonly version: string;
  readonly startedAt: number;
  readonly replicas: readonly ReplicaView[];
}

/** The status page: whether everything is all right, and a row for each job. */
export function overviewPage(facts: OverviewFacts, query: PageQuery): string {
  const headline = headlineOf(facts);
  return documentOf({
    title: plainHeadline(headline),
    tone: headline.tone,
    root: './',
    version: facts.version,
    viewpoint: facts.viewpoint,
    query,
    content: html`<div class="above">${headlineMarkup(headline, query)}${choiceOf(facts, query)}</div>
      ${reloadSection(facts)}${jobsSection(facts, query)}${replicaSection(facts)}`,
    foot: footOf(facts),
  });
}

const footOf = ({ startedAt, viewpoint }: OverviewFacts): Markup =>
  html`<p>Running since ${timeInText(startedAt, viewpoint)}</p>`;

function headlineMarkup(headline: Headline, query: PageQuery): Markup {
  const { before, link, after, tone } = headline;
  const linked = link && html`<a href=${targetOf(link, query)}>${said(link.text)}</a>`;
  return html`<h1 class=${`headline ${tone}`}>${icon(headline)}<span>${before}${linked}${after}</span></h1>`;
}

function targetOf({ job, state }: NonNullable<Headline['link']>, query: PageQuery): string {
  if (job !== undefined) return pathOfJob(job, query);
  return state === undefined ? '#reload' : addressOf(query, { state, name: '', page: 1 });
}

const OLD_STAYS_IN_FORCE = 'is wrong, so the one before stays in force. Correct the files and reload.';

function reloadSection({ reload, viewpoint }: Standing): Markup {
  if (reload === undefined || reload.problems.length === 0) return undefined;
  const time = timeInText(reload.at, viewpoint);
  return html`<section class="notice warn" id="reload" aria-labelledby="reload-title">
    <h2 id="reload-title">The last reload failed</h2>
    <p>The configuration that was read ${time}, ${OLD_STAYS_IN_FORCE}</p>
    ${problemList(reload.problems)}
  </section>`;
}

function choiceOf({ jobs, healthProblem }: OverviewFacts, query: PageQuery): Markup {
  if (jobs.length === 0 || healthProblem !== undefined) return undefined;
  return html`<div class="choice">${stateLinks(jobs, query)}${filterForm(jobs, query)}</div>`;
}

function jobsSection(facts: OverviewFacts, query: PageQuery): Markup {
  const { jobs, slice, lately, viewpoint, healthProblem } = facts;
  if (healthProblem !== undefined) return undefined;
  if (jobs.length === 0) return NO_JOBS;
  const setting = { viewpoint, query };
  return html`<section aria-labelledby="jobs-title">
    <h2 id="jobs-title" class="hidden">Jobs</h2>
    ${
      slice.total === 0
        ? html`<p class="nothing">No job is like that. <a href="./">Show all jobs</a></p>`
        : jobTable(slice.items.map((view) => jobRow(view, lately.get(view.name) ?? NOTHING, setting)))
    }
    ${pageLinks(slice, query)}
    ${slice.total === 0 ? undefined : LEGEND}
  </section>`;
}

const NOTHING: Lately = { runs: [], records: undefined };

const NO_JOBS = html`<p class="lead">Put a job file into the folder of collectors, then reload. <code
  >pp-db-collector init</code> writes one to begin with.</p>`;

/** From so many jobs on each takes one line, so that as many as possible are seen at once. */
const MANY = 9;
/** Then nothing else takes more room than it must. */
const CROWDED = 20;
/** The same on a phone. */
const SEVERAL = 4;

function jobTable(rows: readonly Markup[]): Markup {
  const densities = Object.entries({ several: SEVERAL, many: MANY, crowded: CROWDED });
  const density = densities.filter(([, from]) => rows.length >= from).map(([name]) => name);
  const head = Object.entries(COLUMNS).map(
    ([column, words]) => html`<th role="columnheader" scope="col" class=${column}>${words}</th>`,
  );
  return html`<table class=${['jobs', ...density].join(' ')} role="table" aria-labelledby="jobs-title">
    <thead role="rowgroup"><tr role="row">${head}</tr></thead>
    <tbody role="rowgroup">${rows}</tbody>
  </table>`;
}

/** How to read the table. */
const LEGEND = html`<p class="legend">In the charts of what arrived each bar is a period, as high as it has
  records, the newest on the right; in those of runs each is a run, as high as it was long; <span class="bad">✕</span> marks a run that failed, <span class="warn">▲</span> one that was not complete.</p>`;
