import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusal } from './refusal.ts';

/** What exists, and what may be done with it. */
const RESOURCES = [
  { path: /^\/_status$/, allow: 'GET, HEAD, OPTIONS' },
  { path: /^\/data\/[^/]+\/[^/]+$/, allow: 'POST, PUT, OPTIONS' },
  { path: /^\/data\/[^/]+\/[^/]+\/[^/]+$/, allow: 'DELETE, OPTIONS' },
];

const NOT_FOUND =
  'The requested URL was not found on the server.  If you entered the URL manually please check your spelling and try again.';

/** Answers what no route takes: 404, or 405 for another method of what exists; OPTIONS lists the methods. */
export async function answerUnrouted(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  const resource = RESOURCES.find((candidate) => candidate.path.test(path));
  if (resource === undefined) throw refusal(404, NOT_FOUND);
  const { allow } = resource;
  if (request.method !== 'OPTIONS')
    throw refusal(405, 'The method is not allowed for the requested URL.', { allow });
  await reply.header('allow', allow).send();
}
