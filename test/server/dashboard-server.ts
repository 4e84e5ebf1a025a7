import { onTestFinished } from 'vitest';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { createWriteApi } from '../../src/server/write-api.ts';
import { folderOf } from '../config/folder.ts';

export const WRITE_TOKEN = 'write-token';

interface Settings {
  /** Texts of dashboards by their slugs. */
  readonly dashboards: Readonly<Record<string, string>>;
  /** Further keys of the data set a/b, in flow style. */
  readonly dataSet?: string;
  readonly token?: string;
  readonly program?: string;
  readonly now?: () => number;
  readonly store?: Store;
}

/** The data sets a/b and a/c, and these dashboards. */
export function loadDashboards({ dashboards, dataSet = '' }: Pick<Settings, 'dashboards' | 'dataSet'>) {
  const {
    config,
    dashboards: all,
    problems,
  } = loadWriteApiConfig('write-api.yaml', {
    environment: {},
    currentDirectory: folderOf({
      'write-api.yaml': `dashboards: dashboards
data_sets:
  - { data_group: a, data_type: b, token: ${WRITE_TOKEN}${dataSet} }
  - { data_group: a, data_type: c, token: ${WRITE_TOKEN} }
`,
      ...Object.fromEntries(
        Object.entries(dashboards).map(([slug, text]) => [`dashboards/${slug}.yaml`, text]),
      ),
    }),
  });
  if (config === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
  return { dataSets: config.data_sets, all };
}

/** A server with the data sets a/b and a/c, and these dashboards; it ends with the test. */
export function dashboardServer(settings: Settings) {
  const { token, program = '1.0.0', now = () => Date.UTC(2024, 3, 15, 9) } = settings;
  const store = settings.store ?? openSqliteStore(':memory:');
  const { dataSets, all } = loadDashboards(settings);
  const reads: string[] = [];
  const counting: Store = Object.assign(Object.create(store), {
    sums: (...parameters: Parameters<Store['sums']>) => {
      reads.push(parameters[0]);
      return store.sums(...parameters);
    },
  });
  const app = createWriteApi({
    dataSets,
    dashboards: { all, token, program },
    store: counting,
    now,
  });
  onTestFinished(async () => {
    await app.close();
    if (settings.store === undefined) await store.close();
  });
  const headers = { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' };
  return {
    app,
    store,
    /** The data sets that were read, each read by itself. */
    reads,
    get: (url: string, more: Readonly<Record<string, string>> = {}) => app.inject({ url, headers: more }),
    post: async (records: readonly object[], url = '/data/a/b') => {
      const { statusCode, body } = await app.inject({ method: 'POST', url, headers, payload: records });
      if (statusCode !== 200) throw new Error(body);
    },
    empty: () => app.inject({ method: 'PUT', url: '/data/a/b', headers, payload: [] }),
  };
}

/** The rows of the only table of a page: the texts of their cells. */
export function tableOn(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
      cell.replace(/<span aria-hidden.*?<\/span>/g, '').replace(/<[^>]*>/g, ''),
    ),
  );
}
