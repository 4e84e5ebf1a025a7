import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { apiError } from './errors.ts';

const STOPPING = apiError(503, 'The server is stopping; send the request again later.', {
  'retry-after': '5',
});

/**
 * Ends the server right after the last answer to the requests that are under way when it is asked to close, and after
 * `grace` milliseconds at the latest. Until then new requests are answered with 503. Gives a signal that is aborted,
 * with that answer, when the server is asked to close.
 */
export function endGracefully(app: FastifyInstance, grace: number): AbortSignal {
  const underWay = new Set<ServerResponse>();
  const stop = new AbortController();
  let allAnswered = (): void => {};
  app.addHook('onRequest', async (_request, { raw }) => {
    stop.signal.throwIfAborted();
    underWay.add(raw);
    raw.once('close', () => {
      underWay.delete(raw);
      if (underWay.size === 0) allAnswered();
    });
  });
  app.addHook('onSend', async (_request, { raw }) => {
    // Makes Node say `Connection: close`, and do so.
    if (stop.signal.aborted) raw.shouldKeepAlive = false;
  });
  app.addHook('preClose', async () => {
    stop.abort(STOPPING);
    if (underWay.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      allAnswered = resolve;
      const timer = setTimeout(resolve, grace);
      await promise;
      clearTimeout(timer);
    }
    // Once the server listens no more: whoever is still connected has no answer to wait for.
    setImmediate(() => app.server.closeAllConnections());
  });
  return stop.signal;
}
