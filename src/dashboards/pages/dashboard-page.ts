import { html, type Markup, said } from '../../look/markup.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { DashboardView, SectionView } from '../dashboard-view.ts';
import { documentOf } from './document.ts';
import { moduleSection, unpublishedBanner } from './module-section.ts';

/** All modules of a dashboard. */
export function dashboardPage({ dashboard, parts }: DashboardView, style: string): string {
  const { title, strapline, published } = dashboard;
  return documentOf({
    title: `${title} – ${strapline}`,
    root: '../',
    style,
    isListed: published,
    content: html`${unpublishedBanner(dashboard)}${headOf(dashboard)}
      <div class="modules">${parts.map((part) =>
        'section' in part ? sectionMarkup(part, dashboard) : moduleSection(part, dashboard, 2),
      )}</div>`,
  });
}

function headOf({ title, strapline, tagline, department, links }: Dashboard): Markup {
  return html`<div class="dashboard-head">
    <div><p class="strapline">${said(strapline)}</p><h1>${said(title)}</h1>
      ${tagline && html`<p class="lead">${said(tagline)}</p>`}
      ${department && html`<p class="department">${said(department.title)}</p>`}</div>
    ${
      links.length === 0
        ? undefined
        : html`<nav aria-label="Links"><ul class="links">${links.map(
            (link) => html`<li><a href=${link.url}>${said(link.title)}</a></li>`,
          )}</ul></nav>`
    }
  </div>`;
}

function sectionMarkup({ section, modules }: SectionView, dashboard: Dashboard): Markup {
  const { slug, title, description } = section;
  return html`<section class="part" id=${slug} aria-labelledby=${`${slug}_title`}>
    <h2 id=${`${slug}_title`}>${said(title)}</h2>
    ${description && html`<p class="description">${said(description)}</p>`}
    <div class="modules">${modules.map((view) => moduleSection(view, dashboard, 3))}</div>
  </section>`;
}
