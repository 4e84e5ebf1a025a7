import { hash } from 'node:crypto';
import { styleSheetOf } from '../../look/style-sheet.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { DashboardView, ListedDashboard, ModuleView } from '../dashboard-view.ts';
import { dashboardPage } from './dashboard-page.ts';
import { notFoundPage, TAB_ICON } from './document.ts';
import { listPage } from './list-page.ts';
import { modulePage } from './module-page.ts';
import type { ListQuery, ModuleQuery } from './page-query.ts';

const OWN_STYLE = ['dashboards.css', 'chart.css'].map((name) => new URL(name, import.meta.url));

interface Asset {
  /** The value of `content-type`. */
  readonly type: string;
  readonly body: string;
}

/** The pages for people, each a whole HTML document. */
export interface DashboardPages {
  list(listed: readonly ListedDashboard[], published: readonly Dashboard[], query: ListQuery): string;
  dashboard(view: DashboardView): string;
  module(view: ModuleView, dashboard: Dashboard, query: ModuleQuery): string;
  notFound(): string;
  /** What they need besides themselves, by their names in `/assets/`; a name is never given to other contents. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/** @param isOpen whether everybody may see them, search engines included */
export function createDashboardPages(isOpen: boolean): DashboardPages {
  const styleSheet = styleSheetOf(OWN_STYLE);
  const style = `dashboards-${hash('sha256', styleSheet).slice(0, 12)}.css`;
  return {
    list: (listed, published, query) => listPage({ listed, published, query, isListed: isOpen }, style),
    dashboard: (view) => dashboardPage(view, style),
    module: (view, dashboard, query) => modulePage(view, dashboard, query, style),
    notFound: () => notFoundPage(style),
    assets: new Map([
      [style, { type: 'text/css; charset=utf-8', body: styleSheet }],
      ['dashboards.svg', { type: 'image/svg+xml', body: TAB_ICON }],
    ]),
  };
}
