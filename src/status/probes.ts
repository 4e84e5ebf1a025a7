import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Failure } from '../model/run.ts';
import { log } from '../observe/logger.ts';
import { MESSAGES } from '../observe/messages/catalogue.ts';
import type { DaemonView } from './daemon-view.ts';

/** Milliseconds. */
const LONGEST_CHECK = 2_000;

const TEXT = 'text/plain; charset=utf-8';

/** Open to everybody, because those who restart and route have no token. */
export const PROBES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/** /healthz: whether the process can do its work; /readyz: whether it takes part. */
export function addProbes(app: FastifyInstance, view: DaemonView, logger: Logger): void {
  const troubleOf = healthCheck(view);
  app.get('/healthz', async (_request, reply) => {
    const trouble = view.hasStateServer() ? undefined : await troubleOf();
    reply.type(TEXT);
    if (trouble === undefined) return 'ok\n';
    log(logger, MESSAGES.notHealthy, { reason: trouble instanceof Error ? trouble.message : trouble });
    return reply.code(503).send(`${reasonOf(trouble)}\n`);
  });
  app.get('/readyz', async (_request, reply) => {
    reply.type(TEXT);
    const notReady = view.notReadyBecause();
    if (notReady !== undefined) return reply.code(503).send(`not ready: ${notReady.reason}\n`);
    const trouble = view.hasStateServer() ? await troubleOf() : undefined;
    return trouble === undefined ? 'ok\n' : reply.code(503).send(`not ready: ${reasonOf(trouble)}\n`);
  });
}

/** Gives what is wrong. However many ask at a time, one check goes on: a state that hangs gathers no more of them. */
function healthCheck(view: DaemonView): () => Promise<unknown> {
  let going: Promise<unknown> | undefined;
  return async () => {
    going ??= troubleIn(view).finally(() => {
      going = undefined;
    });
    const tooLate = Promise.withResolvers<string>();
    const timer = setTimeout(tooLate.resolve, LONGEST_CHECK, 'the state does not answer within 2 s');
    try {
      return await Promise.race([going, tooLate.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function troubleIn(view: DaemonView): Promise<unknown> {
  try {
    await view.checkHealth();
    return undefined;
  } catch (error) {
    return error ?? 'unknown';
  }
}

/** What a stranger may know: messages made for people, and of other errors only that there was one. */
function reasonOf(trouble: unknown): string {
  if (typeof trouble === 'string') return trouble;
  return isFailure(trouble) ? trouble.message : 'the process cannot do its work; the log has more';
}

/** Whether a message was made for people. */
export const isFailure = (error: unknown): error is Failure => error instanceof Error && 'side' in error;
