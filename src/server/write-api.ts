import { randomUUID } from 'node:crypto';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { DataSetSettings } from '../config/schema/write-api-schema.ts';
import { type ServedDashboards, serveDashboards } from './dashboards/serve-dashboards.ts';
import { prepareDataSets } from './data-sets.ts';
import { Freshness } from './freshness.ts';
import { answerError, answerUnrouted } from './http/answer-errors.ts';
import { addDataRoutes } from './http/data-routes.ts';
import { endGracefully } from './http/graceful-end.ts';
import { SERVER_LIMITS, type ServerLimits } from './http/limits.ts';
import { patientResponses } from './http/patient-response.ts';
import { addReadRoutes } from './http/read-routes.ts';
import { MAXIMUM_BODY_BYTES, receiveBodies } from './http/receive-body.ts';
import { answerBrokenRequests, answerUnusual, followRequests } from './http/unusual-requests.ts';
import { addMetrics } from './metrics.ts';
import type { Store } from './store/store.ts';

/** Characters of a part of the path; the longest is an `_id`, percent-encoded. */
const MAXIMUM_PATH_PART = 8_192;

export interface ServerOptions {
  readonly dataSets: readonly DataSetSettings[];
  /** Left out: there are no pages. */
  readonly dashboards?: ServedDashboards | undefined;
  /** Stays open when the server closes: whoever opened it closes it. */
  readonly store: Store;
  /** Milliseconds since 1970; left out: the clock. */
  readonly now?: () => number;
  /** Makes the `_id` of a record that comes without one; left out: random. */
  readonly newId?: () => string;
  /** Left out: nothing is logged. Tokens and the ids of records are never logged. */
  readonly logger?: FastifyBaseLogger;
  /** How many lines of the log could not be written; left out: none. */
  readonly logLinesLost?: () => number;
  /** In place of those that clients of a server are told. */
  readonly limits?: Partial<ServerLimits>;
}

/** The write API of the Performance Platform. It does not listen yet. */
export function createWriteApi(options: ServerOptions): FastifyInstance {
  const { dataSets, store, now = Date.now, newId = randomUUID, logger, logLinesLost = () => 0 } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const app: FastifyInstance = fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // Fastify would log the paths of all requests, and those of DELETE hold ids.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAXIMUM_BODY_BYTES,
    requestTimeout: limits.requestTimeout,
    connectionTimeout: limits.idleTimeout,
    // The answer while stopping is ours.
    return503OnClosing: false,
    http: {
      headersTimeout: limits.headersTimeout,
      connectionsCheckingInterval: limits.checkInterval,
      requireHostHeader: false,
      ServerResponse: patientResponses(limits),
    },
    routerOptions: { maxParamLength: MAXIMUM_PATH_PART },
    rewriteUrl: ({ url = '/' }) => url.replace(/^https?:\/\/[^/]*/i, ''),
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequests(limits),
  });
  followRequests(app);
  const stopping = endGracefully(app, limits.grace);
  answerUnusual(app);
  receiveBodies(app, limits.heldBytes);
  app.setErrorHandler(answerError);
  // Ahead of the body, which nobody would read.
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-cache');
    if (request.is404) await answerUnrouted(request, reply);
  });
  const prepared = prepareDataSets(dataSets);
  const freshness = new Freshness(prepared, store);
  app.get('/_status', async () => ({ status: 'ok', message: 'app is up' }));
  const metrics = addMetrics(app, freshness, now, logLinesLost);
  const written: ((dataSet: string) => void)[] = [];
  addDataRoutes(app, {
    dataSets: prepared,
    store,
    now,
    newId,
    metrics,
    onWritten: (dataSet) => {
      for (const tell of written) tell(dataSet);
    },
  });
  addReadRoutes(app, { dataSets: prepared, store, now, stopping });
  if (options.dashboards !== undefined) {
    written.push(serveDashboards(app, options.dashboards, { dataSets: prepared, store, now, stopping }));
  }
  return app;
}
