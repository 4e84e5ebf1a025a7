import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, apiError, type ErrorBody, recordsError } from './errors.ts';

/** How the write API says no. */

/**
 * Sends the answer to whatever was thrown: the reason when it is the client's mistake, the name of the entry in the
 * log when it is the server's.
 */
export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const answer = error instanceof ApiError ? error : clientMistake(error);
  if (isRead(request)) reply.header('access-control-allow-origin', '*');
  if (answer !== undefined) {
    reply.code(answer.status).headers(answer.headers).send(bodyFor(request, answer));
    return;
  }
  request.log.error({ err: error }, 'request failed');
  reply
    .code(500)
    .send({ status: 'error', message: `Internal Server Error; the log has more under ${request.id}` });
}

/** A page of another origin may read the data sets, and is to see why it does not get them. */
function isRead({ method, url }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && !/^\/(?:_status|metrics)(?:$|\?)/.test(url);
}

/** PUT brings no records of which each could have a fault: what is wrong with it is one message. */
function bodyFor({ method }: FastifyRequest, { body }: ApiError): ErrorBody {
  if (method !== 'PUT' || !('messages' in body)) return body;
  return { status: 'error', message: body.messages.join('; ') };
}

/** What the framework found wrong with a request, in our words; undefined when it is not the client's mistake. */
function clientMistake({ code, statusCode }: Partial<FastifyError>): ApiError | undefined {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return apiError(413, 'The body is too large.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return recordsError(['Expected header: Content-type: application/json']);
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return apiError(414, 'A part of the requested URL is too long.');
  if (code === 'FST_ERR_BAD_URL') return apiError(400, 'The requested URL is not UTF-8.');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return apiError(400, 'The body is not as long as Content-Length says.');
  return statusCode !== undefined && statusCode < 500
    ? apiError(statusCode, 'The request could not be understood.')
    : undefined;
}

/** What exists, and what may be done with it. */
const RESOURCES = [
  { path: /^\/(?:_status|metrics|dashboards\/.+|assets\/.+)$/, allow: 'GET, HEAD, OPTIONS' },
  { path: /^\/data\/[^/]+\/[^/]+$/, allow: 'GET, HEAD, POST, PUT, OPTIONS' },
  { path: /^\/data\/[^/]+\/[^/]+\/[^/]+$/, allow: 'DELETE, OPTIONS' },
];

/** For pages of other origins that ask whether they may GET. */
const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'cache-control, govuk-request-id, request-id',
  'access-control-max-age': '86400',
};

const NOT_FOUND =
  'The requested URL was not found on the server.  If you entered the URL manually please check your spelling and ' +
  'try again.';

/** Answers what no route takes: 404, or 405 for another method of what exists; OPTIONS lists the methods. */
export async function answerUnrouted(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  const resource = RESOURCES.find((candidate) => candidate.path.test(path));
  if (resource === undefined) throw apiError(404, NOT_FOUND);
  const { allow } = resource;
  if (request.method !== 'OPTIONS')
    throw apiError(405, 'The method is not allowed for the requested URL.', { allow });
  await reply.headers({ ...CROSS_ORIGIN, allow }).send();
}
