import type { FastifyInstance } from 'fastify';
import { modulesOf } from '../../dashboards/dashboard-view.ts';
import { createDashboardPages } from '../../dashboards/pages/create-pages.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { ServedDataSets } from '../data-sets.ts';
import { addDashboardRoutes } from '../http/dashboard-routes.ts';
import type { Store } from '../store/store.ts';
import { DashboardSite } from './dashboard-site.ts';
import { ModuleReader } from './module-reader.ts';
import { Pace } from './pace.ts';
import { Preparation } from './preparation.ts';

export interface ServedDashboards {
  readonly all: readonly Dashboard[];
  /** Needed for all pages; undefined: everybody may read. */
  readonly token: string | undefined;
  /** The version of the program: another one may say something else of the same data. */
  readonly program?: string;
}

interface Parts {
  readonly dataSets: ServedDataSets;
  readonly store: Store;
  readonly now: () => number;
  /** Aborted when the server is asked to close. */
  readonly stopping: AbortSignal;
}

/** Adds the pages of dashboards. What they need is prepared once the server listens; the result is to be told of writes. */
export function serveDashboards(
  app: FastifyInstance,
  { all, token, program = '' }: ServedDashboards,
  { dataSets, store, now, stopping }: Parts,
): (dataSet: string) => void {
  const pages = createDashboardPages(token === undefined);
  const reader = new ModuleReader({
    dataSets: new Map(Array.from(dataSets.values(), (dataSet) => [dataSet.name, dataSet])),
    store,
    stopping,
    onFailure: (error, dashboard, module) =>
      app.log.error({ err: error, dashboard, module }, 'a module of a dashboard could not be read'),
  });
  const pace = new Pace(stopping);
  const site = new DashboardSite(all, reader, { pages, program, now, pace });
  addDashboardRoutes(app, { site, pages, token });
  const shown = Map.groupBy(
    all.flatMap((dashboard) => modulesOf(dashboard).map((module) => ({ dashboard, module }))),
    ({ module }) => module.dataSet.name,
  );
  const preparation = new Preparation({
    store,
    dataSets: [...shown.keys()],
    plansOf: (dataSet) => reader.plansOf(shown.get(dataSet) ?? [], now()),
    now,
    stopping,
    onFailure: (error, dataSet) =>
      app.log.error(
        { err: error, data_set: dataSet },
        'what dashboards need could not be added up ahead of readers',
      ),
  });
  app.addHook('onListen', async () => preparation.start());
  return (dataSet) => {
    pace.written();
    preparation.written(dataSet);
  };
}
