import { hash } from 'node:crypto';
import {
  type DashboardView,
  FAILURES,
  type ModuleView,
  modulesOf,
  type SectionView,
} from '../../dashboards/dashboard-view.ts';
import { dashboardDocument, moduleCsv, moduleDocument } from '../../dashboards/module-documents.ts';
import type { DashboardPages } from '../../dashboards/pages/create-pages.ts';
import { chosenDashboards } from '../../dashboards/pages/list-page.ts';
import {
  askedSpan,
  type ListQuery,
  moduleAddress,
  type RawQuery,
  readListQuery,
  readModuleQuery,
} from '../../dashboards/pages/page-query.ts';
import { HttpError } from '../../http/http-error.ts';
import { type Dashboard, MEASURES, type Module } from '../../model/dashboard.ts';
import { type ModuleReader, type Moment, momentAt } from './module-reader.ts';
import type { Pace } from './pace.ts';
import { type Draft, type OfferedAnswer, type SiteAnswer, SiteAnswers } from './site-answers.ts';

/** In what form a module or a dashboard is wanted. */
export type Form = 'html' | 'csv' | 'json';

const HTML = 'text/html; charset=utf-8';
const CSV = 'text/csv; charset=utf-8; header=present';
const JSON_TYPE = 'application/json; charset=utf-8';
const STATUSES = { closed: 404, 'too-long': 400, busy: 503, broken: 500 } as const;

export interface DashboardSiteOptions {
  readonly pages: DashboardPages;
  /** The version of the program. */
  readonly program: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** That of making pages. */
  readonly pace: Pace;
}

/** Everything that readers of dashboards can ask for. Whoever asks for the same gets what was made once. */
export class DashboardSite {
  readonly #dashboards: readonly Dashboard[];
  readonly #reader: ModuleReader;
  readonly #pages: DashboardPages;
  readonly #now: () => number;
  readonly #answers: SiteAnswers;

  constructor(
    dashboards: readonly Dashboard[],
    reader: ModuleReader,
    { pages, program, now, pace }: DashboardSiteOptions,
  ) {
    this.#dashboards = dashboards;
    this.#reader = reader;
    this.#pages = pages;
    this.#now = now;
    const files = hash('sha256', JSON.stringify([program, dashboards, [...pages.assets.keys()]]));
    this.#answers = new SiteAnswers(files, pace);
  }

  /** All published dashboards. */
  async list(raw: RawQuery): Promise<OfferedAnswer> {
    const query = readListQuery(raw);
    return this.#answers.offer(JSON.stringify(['list', query]), true, () => this.#listDraft(query));
  }

  /** Undefined: there is no such dashboard. */
  async dashboard(slug: string, form: 'html' | 'json'): Promise<OfferedAnswer | undefined> {
    const dashboard = this.#find(slug);
    if (dashboard === undefined) return undefined;
    return this.#answers.offer(JSON.stringify(['dashboard', slug, form]), dashboard.published, async () => {
      const moment = momentAt(this.#now());
      const states = await Promise.all(
        modulesOf(dashboard).map((module) => this.#reader.stateOf(dashboard, module, moment)),
      );
      const make = async (): Promise<SiteAnswer> => {
        const views = await Promise.all(states.map((state) => this.#reader.viewOf(state, moment.now)));
        const isWhole = areWhole(views);
        return form === 'html'
          ? { status: 200, type: HTML, body: this.#pages.dashboard(dashboardView(dashboard, views)), isWhole }
          : { status: 200, type: JSON_TYPE, body: jsonText(dashboardDocument(dashboard, views)), isWhole };
      };
      return { states, make };
    });
  }

  /** Undefined: there is no such module. Throws an HttpError where CSV or JSON cannot be what is asked for. */
  async module(slug: string, name: string, form: Form, raw: RawQuery): Promise<OfferedAnswer | undefined> {
    const dashboard = this.#find(slug);
    const module = dashboard && modulesOf(dashboard).find((each) => each.slug === name);
    if (dashboard === undefined || module === undefined) return undefined;
    const query = readModuleQuery(raw);
    const asked = askedSpan(query);
    const isWrong = typeof asked === 'string';
    if (isWrong && form !== 'html') throw new HttpError(400, asked);
    const address = JSON.stringify(['module', slug, name, form, moduleAddress(query)]);
    return this.#answers.offer(address, dashboard.published, async () => {
      const moment = momentAt(this.#now());
      const state = await this.#reader.stateOf(dashboard, module, moment, isWrong ? undefined : asked);
      const make = async (): Promise<SiteAnswer> => {
        const view = await this.#reader.viewOf(state, moment.now);
        // A page says what is wrong with what was asked for, beside what it shows in its place.
        const isWhole = areWhole([view]) && !isWrong;
        if (form === 'html') {
          const body = this.#pages.module(view, dashboard, query);
          return { status: isWrong ? 400 : 200, type: HTML, body, isWhole };
        }
        if (view.outcome.kind === 'failed')
          throw new HttpError(STATUSES[view.outcome.cause], FAILURES[view.outcome.cause]);
        return form === 'csv'
          ? { status: 200, type: CSV, body: moduleCsv(view, dashboard.timezone), isWhole }
          : { status: 200, type: JSON_TYPE, body: jsonText(moduleDocument(view, dashboard)), isWhole };
      };
      return { states: [state], make };
    });
  }

  async #listDraft(query: ListQuery): Promise<Draft> {
    const moment = momentAt(this.#now());
    const chosen = await Promise.all(
      chosenDashboards(this.#dashboards, query).map(async (dashboard) => ({
        dashboard,
        measures: await Promise.all(
          MEASURES.map((measure) => this.#stateOfMeasure(dashboard, measure, moment)),
        ),
      })),
    );
    const make = async (): Promise<SiteAnswer> => {
      const listed = await Promise.all(
        chosen.map(async ({ dashboard, measures }) => ({
          dashboard,
          measures: await Promise.all(
            measures.map((state) => state && this.#reader.viewOf(state, moment.now)),
          ),
        })),
      );
      const published = this.#dashboards.filter((dashboard) => dashboard.published);
      const isWhole = listed.every(({ measures }) => areWhole(measures.flatMap((view) => view ?? [])));
      return { status: 200, type: HTML, body: this.#pages.list(listed, published, query), isWhole };
    };
    return { states: chosen.flatMap(({ measures }) => measures.flatMap((state) => state ?? [])), make };
  }

  #find(slug: string): Dashboard | undefined {
    return this.#dashboards.find((dashboard) => dashboard.slug === slug);
  }

  async #stateOfMeasure(dashboard: Dashboard, measure: Module['kind'], moment: Moment) {
    const module = modulesOf(dashboard).find(({ kind }) => kind === measure);
    return module && (await this.#reader.stateOf(dashboard, module, moment));
  }
}

const areWhole = (views: readonly ModuleView[]): boolean =>
  views.every(({ outcome }) => outcome.kind === 'figures' || outcome.cause === 'closed');

const jsonText = (document: object): string => `${JSON.stringify(document)}\n`;

/** @param views of all its modules, in their order */
function dashboardView(dashboard: Dashboard, views: readonly ModuleView[]): DashboardView {
  const byModule = new Map(views.map((view) => [view.module, view]));
  const viewsOf = (modules: readonly Module[]) => modules.flatMap((module) => byModule.get(module) ?? []);
  return {
    dashboard,
    parts: dashboard.parts.flatMap((part): readonly (SectionView | ModuleView)[] =>
      part.kind === 'section' ? [{ section: part, modules: viewsOf(part.modules) }] : viewsOf([part]),
    ),
  };
}
