import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

const ONLY_POST = /^\/api\/jobs\/[^/]+\/run$/;
const ONLY_GET = /^\/(?:(?:healthz|readyz|metrics)?|jobs\/[^/]+|api\/jobs(?:\/[^/]+(?:\/runs)?)?)$/;

/** Answers what no route takes: 404, or 405 for another method of what exists; OPTIONS lists the methods. */
export async function answerUnrouted(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  if (!ONLY_POST.test(path) && !ONLY_GET.test(path))
    throw new Refusal(404, 'There is nothing at this address.');
  const allow = ONLY_POST.test(path) ? 'POST, OPTIONS' : 'GET, HEAD, OPTIONS';
  if (request.method !== 'OPTIONS') throw new Refusal(405, `This address takes ${allow} only.`, { allow });
  await reply.code(204).header('allow', allow).send();
}
