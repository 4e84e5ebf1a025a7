import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiError } from './refusal.ts';

/** What exists, and what may be done with it. */
const RESOURCES = [
  { path: /^\/(?:_status|metrics)$/, allow: 'GET, HEAD, OPTIONS' },
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
  'The requested URL was not found on the server.  If you entered the URL manually please check your spelling and try again.';

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
