import { TONES, tabIcon } from '../../look/icon.ts';
import { styleSheetOf } from '../../look/style-sheet.ts';
import type { DaemonView } from '../daemon-view.ts';
import { headersOf, notFoundPage } from './document.ts';
import { chosenJobs } from './filter-form.ts';
import { jobPage } from './job-page.ts';
import type { Lately } from './job-row.ts';
import { type OverviewFacts, overviewPage } from './overview-page.ts';
import { type PageQuery, readPageQuery, sliceOf } from './page-query.ts';
import { mostUrgentFirst } from './situation.ts';
import type { Viewpoint } from './times.ts';

interface Asset {
  /** The value of `content-type`. */
  readonly type: string;
  readonly body: string;
}

const OWN_STYLE = ['overview.css', 'job.css', 'figures.css'].map((name) => new URL(name, import.meta.url));

/** What the pages need besides themselves, by its path. Files are read now. */
function pageAssets(): ReadonlyMap<string, Asset> {
  const style: Asset = { type: 'text/css; charset=utf-8', body: styleSheetOf(OWN_STYLE) };
  const icons = TONES.map((tone): [string, Asset] => [
    `/assets/icon-${tone}.svg`,
    { type: 'image/svg+xml', body: tabIcon(tone) },
  ]);
  return new Map([['/assets/status.css', style], ...icons]);
}

/** The parameters of a page's address, as they were sent: `name`, `state`, `page`, `refresh`, `run`. */
export type RawQuery = Readonly<Record<string, unknown>>;

/** The pages for people, each a whole HTML document. */
export interface Pages {
  /** At `/`. */
  overview(query?: RawQuery): Promise<string>;
  /** At `/jobs/:name`; undefined when there is no such job. */
  job(name: string, query?: RawQuery): Promise<string | undefined>;
  notFound(): string;
  /** Headers to send with `overview` and `job`: `refresh`, which makes them refresh themselves. */
  headers(query?: RawQuery): { readonly refresh?: string };
  /** By their paths, `/assets/…`. */
  readonly assets: ReadonlyMap<string, Asset>;
}

interface PagesOptions {
  /** Whether the job page has a button that posts to `/api/jobs/:name/run`. */
  readonly canRunNow: boolean;
}

const RUNS_SHOWN = 30;

export function createPages(view: DaemonView, { canRunNow }: PagesOptions = { canRunNow: false }): Pages {
  return {
    overview: async (given = {}) => {
      const query = readPageQuery(given);
      return overviewPage(await overviewFacts(view, query), query);
    },
    job: async (name, query = {}) => {
      const detail = await view.job(name);
      if (detail === undefined) return undefined;
      const runs = await view.runs(name, RUNS_SHOWN);
      const { version } = view;
      return jobPage(
        { detail, runs, version, viewpoint: viewpointOf(view), canRunNow },
        readPageQuery(query),
      );
    },
    notFound: () => notFoundPage(view.version),
    headers: (query = {}) => headersOf(readPageQuery(query)),
    assets: pageAssets(),
  };
}

async function overviewFacts(view: DaemonView, query: PageQuery): Promise<OverviewFacts> {
  const healthProblem = await view.checkHealth().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  // Of a state that does not answer nothing more can be asked; the headline says why.
  const jobs = healthProblem === undefined ? await view.jobs() : [];
  const slice = sliceOf(mostUrgentFirst(chosenJobs(jobs, query)), query.page);
  const lately = new Map<string, Lately>();
  const shown = slice.items.map(({ name }) => name);
  const records = shown.length === 0 ? undefined : await view.recentRecords(shown);
  for (const name of shown)
    lately.set(name, { runs: await view.recentRuns(name), records: records?.get(name) });
  const { version, startedAt } = view;
  const [viewpoint, reload] = [viewpointOf(view), view.lastReload()];
  const notReadyBecause = view.notReadyBecause();
  const writeApiDownSince = view.writeApiDownSince();
  const standing = { viewpoint, notReadyBecause, reload, healthProblem, writeApiDownSince, jobs };
  return { ...standing, version, startedAt, slice, lately, replicas: view.replicas() };
}

const viewpointOf = (view: DaemonView): Viewpoint => ({ now: view.now(), ...view.zone() });
