import type { FastifyInstance } from 'fastify';
import { HttpError } from './error-answers.ts';
import type { Pages, RawQuery } from './pages/create-pages.ts';

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
