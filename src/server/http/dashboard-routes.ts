import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DashboardPages } from '../../dashboards/pages/create-pages.ts';
import type { RawQuery } from '../../dashboards/pages/page-query.ts';
import { Authentication } from '../../http/authentication.ts';
import { HttpError } from '../../http/http-error.ts';
import { PAGE_HEADERS } from '../../http/page-headers.ts';
import type { DashboardSite, Form } from '../dashboards/dashboard-site.ts';
import type { OfferedAnswer } from '../dashboards/site-answers.ts';
import { answerError } from './answer-errors.ts';

interface DashboardRoutesOptions {
  readonly site: DashboardSite;
  readonly pages: DashboardPages;
  /** Needed for everything here; undefined: everybody may read. */
  readonly token: string | undefined;
}

interface Path {
  Params: { slug: string; file: string };
  Querystring: RawQuery;
}

/** Seconds for which a page may be shown before it is asked for again. */
const MAXIMUM_AGE = 60;
const A_YEAR = 31_536_000;

/** The pages of dashboards, and their numbers as CSV and JSON. */
export function addDashboardRoutes(app: FastifyInstance, options: DashboardRoutesOptions): void {
  const { site, pages, token } = options;
  const authentication = token === undefined ? undefined : new Authentication(token);
  const send = sender(authentication === undefined);
  // In a scope of their own: what browsers are told does not concern the write API.
  app.register((scope, _options, done) => {
    scope.register(helmet, PAGE_HEADERS);
    scope.setErrorHandler((error: Error, request, reply) => {
      if (!(error instanceof HttpError)) return answerError(error, request, reply);
      reply.code(error.status).headers({ 'cache-control': 'no-store', ...error.headers });
      if (error.status === 404 && !/\.(?:csv|json)$/.test(pathOf(request)))
        return reply.type('text/html; charset=utf-8').send(pages.notFound());
      return reply.type('text/plain; charset=utf-8').send(`${error.message}\n`);
    });
    scope.addHook('onRequest', async ({ headers }) => authentication?.require(headers.authorization));

    scope.get<Path>('/', async ({ query, headers }, reply) => send(await site.list(query), headers, reply));

    scope.get<Path>('/dashboards/:file', async ({ params, headers }, reply) => {
      const { name, form } = fileOf(params.file);
      const answer = form === 'csv' ? undefined : await site.dashboard(name, form);
      return send(answer, headers, reply);
    });

    scope.get<Path>('/dashboards/:slug/:file', async ({ params, query, headers }, reply) => {
      const { name, form } = fileOf(params.file);
      const answer = await site.module(params.slug, name, form, query);
      // Only of what is found: other names may have characters that no header can have.
      return send(answer, headers, reply, form === 'csv' ? `${params.slug}-${name}.csv` : undefined);
    });

    for (const [name, { type, body }] of pages.assets)
      scope.get(`/assets/${name}`, async (_request, reply) => {
        const isForEver = name.endsWith('.css');
        return reply
          .type(type)
          .header('cache-control', `public, max-age=${isForEver ? A_YEAR : MAXIMUM_AGE}`)
          .send(body);
      });
    done();
  });
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';

/** A name and the form that its ending asks for. */
function fileOf(file: string): { readonly name: string; readonly form: Form } {
  const [, name = file, ending] = /^(.*)\.(csv|json)$/.exec(file) ?? [];
  return { name, form: ending === 'csv' || ending === 'json' ? ending : 'html' };
}

/** @param isOpen whether everybody may read, and what is between us and readers keep it */
function sender(isOpen: boolean) {
  /** @param fileName under which browsers store the answer; undefined: they show it */
  return async (
    answer: OfferedAnswer | undefined,
    headers: FastifyRequest['headers'],
    reply: FastifyReply,
    fileName?: string,
  ): Promise<FastifyReply> => {
    if (answer === undefined) throw new HttpError(404, 'There is no such dashboard, or no such part of it.');
    const isPublic = isOpen && answer.isPublished;
    // As the read API: pages of others may show these numbers.
    if (isPublic) reply.header('access-control-allow-origin', '*');
    else reply.header('x-robots-tag', 'none');
    reply.header('cache-control', isPublic ? `public, max-age=${MAXIMUM_AGE}` : 'private, no-cache');
    reply.header('vary', 'accept-encoding');
    if (isKnown(headers['if-none-match'], answer.tag))
      return reply.code(304).header('etag', answer.tag).send();
    const { status, type, body, gzipped, isWhole, tag } = await answer.make();
    if (isWhole) reply.header('etag', tag);
    else reply.header('cache-control', 'no-store');
    reply.code(status).type(type);
    if (fileName !== undefined) reply.header('content-disposition', `attachment; filename="${fileName}"`);
    return takesGzip(headers['accept-encoding'])
      ? reply.header('content-encoding', 'gzip').send(gzipped)
      : reply.send(body);
  };
}

const isKnown = (tags: string | undefined, tag: string): boolean =>
  tags?.split(',').some((each) => opaque(each.trim()) === opaque(tag)) ?? false;

/** A tag without what says that it is a weak one, which some on the way leave out. */
const opaque = (tag: string): string => tag.replace(/^W\//, '');

/** Whether an `Accept-Encoding` names gzip, and not to exclude it. */
const takesGzip = (codings = ''): boolean =>
  codings.split(',').some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(coding));
