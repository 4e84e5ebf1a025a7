import helmet from '@fastify/helmet';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { Authentication } from '../http/authentication.ts';
import { PAGE_HEADERS } from '../http/page-headers.ts';
import type { DaemonView } from './daemon-view.ts';
import { answerErrors, answerUnknownPath } from './error-answers.ts';
import { OwnHosts } from './own-hosts.ts';
import type { Pages } from './pages/create-pages.ts';
import { addProbes, PROBES } from './probes.ts';
import { addApiRoutes, addPageRoutes } from './routes.ts';

export interface StatusServerOptions {
  /** Needed for everything but the probes; undefined or empty: everybody may read, and nobody may start a run. */
  readonly token: string | undefined;
  /** Where the server will listen: without a token it answers only to the names of this place; 127.0.0.1. */
  readonly listen?: string;
  /** Further names that it answers to; none. */
  readonly allowedHosts?: readonly string[];
  readonly metrics: { readonly contentType: string; text(): Promise<Buffer> };
  readonly pages: Pages;
  readonly logger: Logger;
}

/**
 * Durations are in milliseconds, sizes in bytes. Nobody who asks has much to send, and nobody needs many connections.
 */
const LIMITS = {
  bodyLimit: 1_024,
  /** From the first byte of a request to its last. */
  requestTimeout: 10_000,
  /** Without anything sent or taken, while an answer is on its way; Node closes at the second time. */
  connectionTimeout: 12_000,
  /** Between two requests. */
  keepAliveTimeout: 5_000,
  routerOptions: { maxParamLength: 300 },
  http: { headersTimeout: 5_000, maxHeaderSize: 8_192, connectionsCheckingInterval: 1_000 },
};
const MOST_CONNECTIONS = 100;

/** The daemon's HTTP: probes, metrics, JSON and pages. It does not listen yet. */
export async function createStatusServer(
  view: DaemonView,
  { token, listen = '127.0.0.1', allowedHosts = [], metrics, pages, logger }: StatusServerOptions,
): Promise<FastifyInstance> {
  const answerError = answerErrors(logger, pages.notFound);
  const app: FastifyInstance = fastify({
    ...LIMITS,
    // To stop waits for nobody.
    forceCloseConnections: true,
    rewriteUrl: ({ url = '/' }) => url.replace(/^https?:\/\/[^/]*/i, ''),
    frameworkErrors: answerError,
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  app.setErrorHandler(answerError);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
  await app.register(helmet, PAGE_HEADERS);
  guard(app, token, new OwnHosts(listen, allowedHosts));
  addProbes(app, view, logger);
  app.get('/metrics', async (_request, reply) => {
    const text = await metrics.text();
    return reply.type(metrics.contentType).send(text);
  });
  addApiRoutes(app, view, Boolean(token));
  addPageRoutes(app, pages);
  return app;
}

/** What every request passes, ahead of its body. */
function guard(app: FastifyInstance, token: string | undefined, hosts: OwnHosts): void {
  const authentication = token ? new Authentication(token) : undefined;
  const require = ({ routeOptions: { url }, headers, originalUrl }: FastifyRequest) => {
    if (PROBES.has(url)) return;
    if (authentication !== undefined) authentication.require(headers.authorization);
    // Prometheus finds its targets by any name; what it reads are names of jobs and numbers.
    else if (url !== '/metrics') hosts.require(headers.host, originalUrl);
  };
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    require(request);
    if (request.is404) await answerUnknownPath(request, reply);
  });
}
