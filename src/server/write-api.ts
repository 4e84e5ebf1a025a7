import { randomUUID } from 'node:crypto';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { DataSetSettings } from '../config/write-api-schema.ts';
import { answerBrokenRequest } from './answer-broken-request.ts';
import { answerError } from './answer-error.ts';
import { answerUnrouted } from './answer-unrouted.ts';
import { addDataRoutes } from './data-routes.ts';
import { prepareDataSets } from './data-sets.ts';
import { MAXIMUM_BODY_BYTES } from './request-body.ts';
import type { Store } from './store.ts';

/** Milliseconds from the first byte of a request to its last. */
const REQUEST_TIMEOUT = 60_000;
/** Characters of a part of the path; the longest is an `_id`, percent-encoded. */
const MAXIMUM_PATH_PART = 8_192;

export interface WriteApiOptions {
  readonly dataSets: readonly DataSetSettings[];
  /** Stays open when the server closes: whoever opened it closes it. */
  readonly store: Store;
  /** Milliseconds since 1970; left out: the clock. */
  readonly now?: () => number;
  /** Makes the `_id` of a record that comes without one; left out: random. */
  readonly newId?: () => string;
  /** Left out: nothing is logged. Tokens and the ids of records are never logged. */
  readonly logger?: FastifyBaseLogger;
}

/** The write API of the Performance Platform. It does not listen yet. */
export function createWriteApi(options: WriteApiOptions): FastifyInstance {
  const { dataSets, store, now = Date.now, newId = randomUUID, logger } = options;
  const app: FastifyInstance = fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // Fastify would log the paths of all requests, and those of DELETE hold ids.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAXIMUM_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { maxParamLength: MAXIMUM_PATH_PART },
    rewriteUrl: ({ url = '/' }) => url.replace(/^https?:\/\/[^/]*/i, ''),
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(answerError);
  // Ahead of the body, which nobody would read.
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-cache');
    if (request.is404) await answerUnrouted(request, reply);
  });
  app.get('/_status', async () => ({ status: 'ok', message: 'app is up' }));
  addDataRoutes(app, { dataSets: prepareDataSets(dataSets), store, now, newId });
  return app;
}
