import { html, type Markup, said } from '../../look/markup.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { ModuleView } from '../dashboard-view.ts';
import { headlineOf } from './changes.ts';
import { chart } from './chart.ts';
import { dataNotices, dataUpTo } from './data-notices.ts';
import { shortTable } from './module-table.ts';

/** A module on its dashboard: its newest number, how it went, and the newest rows of its table. */
export function moduleSection(view: ModuleView, dashboard: Dashboard, level: 2 | 3): Markup {
  const { module, outcome } = view;
  const { slug, title, description } = module;
  const { timezone, notes } = dashboard;
  const address = `${dashboard.slug}/${slug}`;
  const heading = html`<a href=${address}>${said(title)}</a>`;
  return html`<section class=${`module ${module.kind}`} id=${slug} aria-labelledby=${`${slug}_title`}>
    ${level === 2 ? html`<h2 id=${`${slug}_title`}>${heading}</h2>` : html`<h3 id=${`${slug}_title`}>${heading}</h3>`}
    ${description && html`<p class="description">${said(description)}</p>`}
    ${dataNotices(view, timezone)}
    ${
      outcome.kind === 'figures'
        ? html`${headlineOf(module, outcome.figures, timezone)}
          ${chart(module, outcome.figures, { notes, timezone })}
          ${shortTable(module, outcome.figures, timezone)}`
        : undefined
    }
    <div class="module-foot">${dataUpTo(view, dashboard)}${downloads(address, title)}</div>
  </section>`;
}

/** @param address of the module, from the page; @param query of its own page, which does not lead to itself */
export const downloads = (address: string, title: string, query?: string): Markup =>
  html`<ul class="downloads">
    ${query === undefined ? html`<li><a href=${address}>All numbers<span class="hidden">${` of ${title}`}</span></a></li>` : undefined}
    <li><a href=${`${address}.csv${query ?? ''}`}>CSV<span class="hidden">${` of ${title}`}</span></a></li>
    <li><a href=${`${address}.json${query ?? ''}`}>JSON<span class="hidden">${` of ${title}`}</span></a></li>
  </ul>`;

/** What stands above every page of a dashboard that is not published. */
export const unpublishedBanner = ({ published }: Dashboard): Markup =>
  published
    ? undefined
    : html`<p class="notice warn banner">This dashboard is not published. It may change or disappear, and its numbers
        are not to be relied on.</p>`;
