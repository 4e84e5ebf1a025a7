import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import { type FastifyInstance, fastify } from 'fastify';
import type { Logger } from 'pino';
import { answerErrors } from './answer-error.ts';
import { answerUnrouted } from './answer-unrouted.ts';
import { addApiRoutes } from './api-routes.ts';
import { Authentication } from './authentication.ts';
import type { DaemonView } from './daemon-view.ts';
import { addPageRoutes } from './page-routes.ts';
import type { Pages } from './pages/create-pages.ts';
import { addProbes, PROBES } from './probes.ts';

export interface StatusServerOptions {
  /** Needed for everything but the probes; undefined or empty: everybody may read, and nobody may start a run. */
  readonly token: string | undefined;
  readonly metrics: { readonly contentType: string; text(): Promise<Buffer> };
  readonly pages: Pages;
  readonly logger: Logger;
}

/** Durations are in milliseconds, sizes in bytes. Nobody who asks has much to send, and nobody needs many connections. */
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

const HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
    },
  },
  // Others learn nothing; but with no-referrer browsers would hide from us, too, which site a form was sent from.
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
  // It is for whoever adds TLS to say so.
  strictTransportSecurity: false,
  // Over plain HTTP browsers only complain of these; they are about scripts, which pages have none of.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
};

/** The daemon's HTTP: probes, metrics, JSON and pages. It does not listen yet. */
export async function createStatusServer(
  view: DaemonView,
  { token, metrics, pages, logger }: StatusServerOptions,
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
  await app.register(helmet, HEADERS);
  guard(app, token);
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
function guard(app: FastifyInstance, token: string | undefined): void {
  const authentication = token ? new Authentication(token) : undefined;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!PROBES.has(request.routeOptions.url)) authentication?.require(request.headers.authorization);
    if (request.is404) await answerUnrouted(request, reply);
  });
}
