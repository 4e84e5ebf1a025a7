import type { FastifyInstance } from 'fastify';
import { HttpError } from '../http/http-error.ts';
import type { DaemonView, JobDetail } from './daemon-view.ts';
import { figuresCsv, figuresDocument } from './figures-documents.ts';
import { jobDetailDocument, overviewDocument, runDocument } from './job-documents.ts';
import type { Pages, RawQuery } from './pages/create-pages.ts';
import { requireSameSite } from './same-site.ts';

type JobPath = { Params: { name: string } };
type RunsQuery = JobPath & { Querystring: { limit?: unknown } };

const RUNS = 50;
const MOST_RUNS = 1_000;

/** The same as the pages for programs. @param mayRun whether those who may ask may also start a run */
export function addApiRoutes(app: FastifyInstance, view: DaemonView, mayRun: boolean): void {
  app.get('/api/jobs', async () => overviewDocument(view, await view.jobs()));

  app.get<JobPath>('/api/jobs/:name', async ({ params: { name } }) =>
    jobDetailDocument(await jobOrNotFound(view, name), view.now()),
  );

  app.get<RunsQuery>('/api/jobs/:name/runs', async ({ params: { name }, query: { limit } }) => {
    const most = readLimit(limit);
    await jobOrNotFound(view, name);
    return { job: name, runs: (await view.runs(name, most)).map(runDocument) };
  });

  app.get<JobPath>('/api/jobs/:name/figures', async ({ params: { name } }) =>
    figuresDocument(await jobOrNotFound(view, name)),
  );

  app.get<JobPath>('/api/jobs/:name/figures.csv', async ({ params: { name } }, reply) => {
    const { figures } = await jobOrNotFound(view, name);
    const disposition = `attachment; filename="${encodeURIComponent(name)}.csv"`;
    return reply.type(CSV).header('content-disposition', disposition).send(figuresCsv(figures));
  });

  // Before the body is read, which nobody wants.
  const onRequest = async ({ headers }: { headers: Parameters<typeof requireSameSite>[0] }) => {
    if (!mayRun)
      throw new HttpError(
        403,
        'No run can be started from here, because http.token is not set in config.yaml.',
      );
    requireSameSite(headers);
  };
  app.post<JobPath>('/api/jobs/:name/run', { onRequest }, async ({ params: { name }, headers }, reply) => {
    const answer = await view.runNow(name);
    if (answer === 'unknown') throw unknownJob();
    // A person who pressed a button wants to see the job, by a relative address: there may be a proxy with a prefix.
    if (headers.accept?.includes('text/html'))
      return reply.redirect(`../../../jobs/${encodeURIComponent(name)}?run=${answer}`, 303);
    if (answer === 'already-running')
      throw new HttpError(409, 'The job is running or waiting to run already.');
    return reply.code(202).send({ job: name, status: answer });
  });
}

async function jobOrNotFound(view: DaemonView, name: string): Promise<JobDetail> {
  const detail = await view.job(name);
  if (detail === undefined) throw unknownJob();
  return detail;
}

const unknownJob = () => new HttpError(404, 'There is no job of this name.');

function readLimit(limit: unknown = String(RUNS)): number {
  const most = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (most < 1 || most > MOST_RUNS)
    throw new HttpError(400, `limit: expected a number from 1 to ${MOST_RUNS}.`);
  return most;
}

const CSV = 'text/csv; charset=utf-8; header=present';
const HTML = 'text/html; charset=utf-8';

/** The pages for people, and what they are made up with. */
export function addPageRoutes(app: FastifyInstance, pages: Pages): void {
  app.get<{ Querystring: RawQuery }>('/', async ({ query }, reply) => {
    reply.headers(pages.headers(query)).type(HTML);
    return await pages.overview(query);
  });

  app.get<{ Params: { name: string }; Querystring: RawQuery }>('/jobs/:name', async (request, reply) => {
    const { params, query } = request;
    const page = await pages.job(params.name, query);
    if (page === undefined) throw new HttpError(404, 'There is no job of this name.');
    return reply.headers(pages.headers(query)).type(HTML).send(page);
  });

  for (const [path, { type, body }] of pages.assets) {
    app.get(path, async (_request, reply) => reply.type(type).send(body));
  }
}
