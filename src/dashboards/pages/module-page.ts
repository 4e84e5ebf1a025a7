import { formatDate } from '../../calendar/date-time.ts';
import { DAY } from '../../calendar/durations.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { ModuleView } from '../dashboard-view.ts';
import { headlineOf } from './changes.ts';
import { chart } from './chart.ts';
import { dataNotices, dataUpTo } from './data-notices.ts';
import { documentOf } from './document.ts';
import { downloads, unpublishedBanner } from './module-section.ts';
import { wholeTable } from './module-table.ts';
import { askedSpan, type ModuleQuery, moduleAddress } from './page-query.ts';

/** A module by itself, with all its rows, of any time. */
export function modulePage(
  view: ModuleView,
  dashboard: Dashboard,
  query: ModuleQuery,
  style: string,
): string {
  const { module, outcome } = view;
  const { timezone, notes } = dashboard;
  const asked = askedSpan(query);
  const mistake = typeof asked === 'string' ? asked : undefined;
  // Links lead to what is shown, and not to a mistake.
  const shown = mistake === undefined ? query : { ...query, from: '', to: '' };
  return documentOf({
    title: `${module.title} – ${dashboard.title}`,
    root: '../../',
    style,
    isListed: dashboard.published,
    content: html`${unpublishedBanner(dashboard)}
      <p class="strapline"><a href=${`../${dashboard.slug}`}>${said(dashboard.title)}</a></p>
      <h1>${said(module.title)}</h1>
      ${module.description && html`<p class="lead">${said(module.description)}</p>`}
      ${dataNotices(view, timezone)}
      <div class="module alone">
      ${spanForm(view, shown, mistake)}
      ${
        outcome.kind === 'figures'
          ? html`${headlineOf(module, outcome.figures, timezone)}
            ${chart(module, outcome.figures, { notes, timezone })}
            ${wholeTable(module, outcome.figures, timezone, shown)}`
          : undefined
      }
      <div class="module-foot">${dataUpTo(view, dashboard)}${downloads(
        module.slug,
        module.title,
        moduleAddress({ ...shown, sort: undefined, isDescending: true }),
      )}</div></div>
      ${aboutSection(view, dashboard)}`,
  });
}

/** Which time is shown: what was asked for, else what the module shows by itself. */
function spanForm({ span }: ModuleView, { from, to }: ModuleQuery, mistake: string | undefined): Markup {
  const shown = span.from < span.to;
  const [first, last] = [shown ? formatDate(span.from) : '', shown ? formatDate(span.to - DAY) : ''];
  return html`<form class="filter span" method="get" role="search" aria-label="Time that is shown">
    ${mistake === undefined ? undefined : html`<p class="remark bad" id="span-mistake">${mistake}</p>`}
    <div><label for="from">From</label> <input id="from" name="from" type="date" value=${from === '' ? first : firstDate(from)} /></div>
    <div><label for="to">to</label> <input id="to" name="to" type="date" value=${to === '' ? last : firstDate(to)} /></div>
    <button type="submit">Show</button>
    ${from === '' && to === '' && mistake === undefined ? undefined : html`<a href="?">Show the newest</a>`}
  </form>`;
}

/** A browser takes whole dates only. */
const firstDate = (text: string): string => `${text}-01-01`.slice(0, 10);

/** Where the numbers come from, and how. */
function aboutSection({ module }: ModuleView, { timezone }: Dashboard): Markup {
  const { about, dataSet, period } = module;
  return html`<section class="about" aria-labelledby="about-title"><h2 id="about-title">About this data</h2>
    ${about && html`<p>${said(about)}</p>`}
    <p>${FORMULAS[module.formula.kind]} By ${period}, of the data set <code>${dataSet.data_group}/${dataSet.data_type}</code>.
      ${` Only periods that are over are shown, by the clock of ${timezone}.`}</p></section>`;
}

const FORMULAS = {
  count: 'How many records there are.',
  sum: 'The sum of a number over all records.',
  mean: 'The mean of a number over all records.',
  last: 'The sum of a number over the newest records of a period.',
  ratio: 'One sum divided by another; over several records that of the sums, not the mean of their ratios.',
  satisfaction: 'The mean of all ratings, of which the worst counts 0% and the best 100%.',
} as const;
