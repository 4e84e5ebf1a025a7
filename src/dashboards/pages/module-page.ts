import { formatDate } from '../../calendar/date-time.ts';
import { wallClockAt } from '../../calendar/zone.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { ModuleView } from '../dashboard-view.ts';
import type { AskedSpan } from '../shown-span.ts';
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
  // Links lead to what is shown, and not to a mistake.
  const shown = typeof asked === 'string' ? { ...query, from: '', to: '' } : query;
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
      ${spanForm(view, asked, timezone)}
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
function spanForm({ module, span }: ModuleView, asked: AskedSpan | string, timezone: string): Markup {
  const mistake = typeof asked === 'string' ? asked : undefined;
  const { from, to } = typeof asked === 'string' ? {} : asked;
  const dateAt = (position: number) =>
    module.period === 'hour' ? wallClockAt(position, timezone) : position;
  const shown = span.from < span.to ? { from: dateAt(span.from), to: dateAt(span.to - 1) } : undefined;
  const isNewest = from === undefined && to === undefined;
  const input = (name: string, date: number | undefined) => html`<input id=${name} name=${name} type="date"
    value=${date === undefined ? '' : formatDate(date)} aria-describedby=${mistake && 'span-mistake'} />`;
  return html`<form class="filter span" method="get" role="search" aria-label="Time that is shown">
    ${mistake === undefined ? undefined : html`<p class="remark bad" id="span-mistake">${mistake}</p>`}
    <div><label for="from">From</label> ${input('from', from ?? shown?.from)}</div>
    <div><label for="to">to</label> ${input('to', to ?? shown?.to)}</div>
    <button type="submit">Show</button>
    ${isNewest && mistake === undefined ? undefined : html`<a href="?">Show the newest</a>`}
  </form>`;
}

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
