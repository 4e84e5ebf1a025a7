import { html, type Markup, said } from '../../look/markup.ts';
import { type Dashboard, MEASURES } from '../../model/dashboard.ts';
import { MODULE_KINDS } from '../../model/module-kinds.ts';
import { type ListedDashboard, type ModuleView, modulesOf } from '../dashboard-view.ts';
import { figureText } from '../figure-text.ts';
import { periodLabel } from '../period-label.ts';
import { documentOf } from './document.ts';
import type { ListQuery } from './page-query.ts';

/** Those that are published and that the query asks for, by their titles. */
export function chosenDashboards(dashboards: readonly Dashboard[], query: ListQuery): readonly Dashboard[] {
  const part = query.text.toLowerCase();
  return dashboards
    .filter(({ published }) => published)
    .filter((dashboard) => part === '' || textsOf(dashboard).includes(part))
    .filter(({ department }) => query.department === '' || department?.title === query.department)
    .filter((dashboard) => query.dataSet === '' || showsDataSet(dashboard, query.dataSet))
    .toSorted((one, other) => one.title.localeCompare(other.title, 'en'));
}

/** What people know a dashboard by, each on a line of its own. */
const textsOf = ({ title, tagline = '', department, slug }: Dashboard): string =>
  [title, tagline, department?.title ?? '', department?.abbr ?? '', slug].join('\n').toLowerCase();

const showsDataSet = (dashboard: Dashboard, address: string): boolean =>
  modulesOf(dashboard).some(({ dataSet }) => `${dataSet.data_group}/${dataSet.data_type}` === address);

/** With no more dashboards than these, all are seen at once. */
const FEW = 5;

interface ListFacts {
  readonly listed: readonly ListedDashboard[];
  /** All that are published. */
  readonly published: readonly Dashboard[];
  readonly query: ListQuery;
  readonly isListed: boolean;
}

/** All published dashboards with the newest numbers of their measures. */
export function listPage({ listed, published, query, isListed }: ListFacts, style: string): string {
  return documentOf({
    title: 'Dashboards',
    root: './',
    style,
    isListed,
    content: html`<h1>Dashboards</h1>
      <p class="lead">How services are performing: the newest numbers of each.</p>
      ${filterForm(published, query)}
      ${listed.length === 0 ? nothing(published) : listTable(listed)}`,
  });
}

const nothing = (published: readonly Dashboard[]): Markup =>
  published.length === 0
    ? html`<p class="nothing">No dashboard is published yet. A file in the folder of <code>dashboards</code> makes one.</p>`
    : html`<p class="nothing">No dashboard is like that. <a href="./">Show all dashboards</a></p>`;

function filterForm(published: readonly Dashboard[], { text, department, dataSet }: ListQuery): Markup {
  if (published.length <= FEW && text === '' && department === '' && dataSet === '') return undefined;
  const departments = [...new Set(published.flatMap((each) => each.department?.title ?? []))].toSorted();
  return html`<form class="filter" method="get" action="./" role="search" aria-label="Dashboards">
    <div><label for="text">Name</label>
      <input id="text" name="text" type="search" value=${text} autocomplete="off" spellcheck=${false} /></div>
    <div><label for="department">Department</label>
      <select id="department" name="department"><option value="">any</option>
        ${departments.map((each) => html`<option value=${each} selected=${each === department}>${each}</option>`)}
      </select></div>
    ${dataSet === '' ? undefined : html`<input type="hidden" name="data_set" value=${dataSet} />`}
    <button type="submit">Show</button>
    ${text === '' && department === '' && dataSet === '' ? undefined : html`<a href="./">Show all</a>`}
  </form>`;
}

/** Of the measures those that some dashboard has. */
function listTable(listed: readonly ListedDashboard[]): Markup {
  const columns = MEASURES.map((measure, index) => ({
    title: MODULE_KINDS[measure].title ?? '',
    index,
  })).filter(({ index }) => listed.some(({ measures }) => measures[index] !== undefined));
  return html`<table class="cards dashboards numbers" role="table" aria-label="Dashboards">
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Service</th>${columns.map(
      ({ title }) => html`<th role="columnheader" scope="col">${title}</th>`,
    )}</tr></thead>
    <tbody role="rowgroup">${listed.map(
      ({
        dashboard,
        measures: views,
      }) => html`<tr role="row"><th role="rowheader" scope="row" class="whole"><a
        href=${`dashboards/${dashboard.slug}`}>${said(dashboard.title)}</a>${
          dashboard.department && html`<span class="sub">${said(dashboard.department.title)}</span>`
        }</th>${columns.map(
          ({ title, index }) =>
            html`<td role="cell" data-label=${title}>${newestOf(views[index], dashboard.timezone)}</td>`,
        )}</tr>`,
    )}</tbody></table>`;
}

function newestOf(view: ModuleView | undefined, timezone: string): Markup {
  if (view === undefined)
    return html`<span class="none"><span aria-hidden="true">–</span><span class="hidden">not shown</span></span>`;
  if (view.outcome.kind === 'failed') return html`<span class="none">not available</span>`;
  const { headline } = view.outcome.figures;
  if (headline === undefined) return html`<span class="none">no data</span>`;
  const { module } = view;
  return html`${figureText(headline.figure, module.format)}<span class="sub">${periodLabel(module.period, headline.period, timezone)}${
    view.data.isStale ? ', out of date' : ''
  }</span>`;
}
