import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { HttpError } from '../http/http-error.ts';
import { log } from '../observe/logger.ts';
import { MESSAGES } from '../observe/messages/catalogue.ts';
import { isFailure } from './probes.ts';

/** How the status page says no. */

/** Sent with what is answered before the hooks that set headers could run. */
const CAUTION = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
};

/**
 * Sends the answer to whatever was thrown: the reason when it is the client's mistake or the state is away, the name of
 * the request in the log when it is a defect. Programs get JSON, people text, or a page of `notFound`.
 */
export function answerErrors(logger: Logger, notFound: () => string) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = error instanceof HttpError ? error : clientMistake(error);
    const { status, message, headers } = answer ?? failed(logger, error, request);
    for (const [name, value] of Object.entries({ ...CAUTION, ...headers })) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    reply.code(status);
    if (isForPrograms(request.url)) reply.send({ status: 'error', message });
    else if (status === 404) reply.type('text/html; charset=utf-8').send(notFound());
    else reply.type('text/plain; charset=utf-8').send(`${message}\n`);
  };
}

const isForPrograms = (url: string): boolean => /^\/api(?:[/?]|$)/.test(url);

function failed(logger: Logger, error: Error, { id, method, routeOptions }: FastifyRequest): HttpError {
  const route = `${method} ${routeOptions.url ?? ''}`.trim();
  const told = { request: id, route, reason: error.message };
  if (isFailure(error)) {
    const { message, remedy } = error;
    log(logger, MESSAGES.statusRequestFailed, { ...told, remedy });
    return new HttpError(503, remedy === undefined ? message : `${message}. ${remedy}`);
  }
  log(logger, MESSAGES.statusRequestFailed, { ...told, err: error });
  return new HttpError(500, `The request failed; the log has more under ${id}.`);
}

/** What the framework found wrong with a request, in our words; undefined when it is not the client's mistake. */
function clientMistake({ code, statusCode }: Partial<FastifyError>): HttpError | undefined {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new HttpError(413, 'The body is too large.');
  if (code === 'FST_ERR_BAD_URL') return new HttpError(400, 'The requested URL is not UTF-8.');
  return statusCode !== undefined && statusCode < 500
    ? new HttpError(statusCode, 'The request could not be understood.')
    : undefined;
}

const ONLY_POST = /^\/api\/jobs\/[^/]+\/run$/;
const ONLY_GET = /^\/(?:(?:healthz|readyz|metrics)?|jobs\/[^/]+|api\/jobs(?:\/[^/]+(?:\/runs)?)?)$/;

/** Answers what no route takes: 404, or 405 for another method of what exists; OPTIONS lists the methods. */
export async function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  if (!ONLY_POST.test(path) && !ONLY_GET.test(path))
    throw new HttpError(404, 'There is nothing at this address.');
  const allow = ONLY_POST.test(path) ? 'POST, OPTIONS' : 'GET, HEAD, OPTIONS';
  if (request.method !== 'OPTIONS') throw new HttpError(405, `This address takes ${allow} only.`, { allow });
  await reply.code(204).header('allow', allow).send();
}
